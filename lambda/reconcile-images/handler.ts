import type { RegistryLister } from '../../actions/ports.ts';
import { createDynamoClient, createS3Client } from '../../adapters/aws/create-aws-clients.ts';
import { createDynamoStateStore } from '../../adapters/aws/dynamo-state-store.ts';
import { createEcrClient, createEcrLister } from '../../adapters/aws/ecr-lister.ts';
import { createS3ObjectStore } from '../../adapters/aws/s3-object-store.ts';
import { makeHandler } from '../shared/make-handler.ts';
import { openRegistry } from '../shared/open-registry.ts';
import { readEnvironment } from '../shared/read-environment.ts';
import { ReconcileImagesEnvironment } from './environment.ts';
import { handleReconcileImages } from './handle.ts';

const environment = readEnvironment(ReconcileImagesEnvironment);
const dynamo = createDynamoClient();

export const handler = makeHandler(
  handleReconcileImages({
    state: createDynamoStateStore({ client: dynamo, tableName: environment.STATE_TABLE }),
    objects: createS3ObjectStore({
      client: createS3Client(),
      bucket: environment.OBJECTS_BUCKET,
    }),
    registry: openRegistry(environment),
    lister: openLister(environment.ECR_REPOSITORIES),
  }),
  ({ batches }) => ({ IndexBatches: batches }),
);

function openLister(patterns: readonly string[]): RegistryLister {
  // Who lists nothing has no right to.
  if (patterns.length === 0) return { list: async () => [] };
  return createEcrLister({ client: createEcrClient(), patterns });
}
