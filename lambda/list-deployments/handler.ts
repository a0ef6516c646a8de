import { createS3Client } from '../../adapters/aws/create-aws-clients.ts';
import { createS3ObjectStore } from '../../adapters/aws/s3-object-store.ts';
import { makeHandler } from '../shared/make-handler.ts';
import { readEnvironment } from '../shared/read-environment.ts';
import { ListDeploymentsEnvironment } from './environment.ts';
import { handleListDeployments } from './handle.ts';

const environment = readEnvironment(ListDeploymentsEnvironment);

export const handler = makeHandler(
  handleListDeployments({
    objects: createS3ObjectStore({
      client: createS3Client(),
      bucket: environment.OBJECTS_BUCKET,
    }),
    // No orchestrator is asked yet: nothing is known to run, and no scope claims otherwise.
    deployments: { list: async () => [] },
  }),
);
