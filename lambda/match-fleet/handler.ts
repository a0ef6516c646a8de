import { checkObjects, checkPointer, WORK } from '../../actions/checks/store-checks.ts';
import { createDynamoClient, createS3Client } from '../../adapters/aws/create-aws-clients.ts';
import { createDynamoStateStore } from '../../adapters/aws/dynamo-state-store.ts';
import { createS3ObjectStore } from '../../adapters/aws/s3-object-store.ts';
import { makeHandler } from '../shared/make-handler.ts';
import { readEnvironment } from '../shared/read-environment.ts';
import { withSelfCheck } from '../shared/with-self-check.ts';
import { MatchFleetEnvironment } from './environment.ts';
import { handleMatchFleet } from './handle.ts';

const environment = readEnvironment(MatchFleetEnvironment);

const ports = {
  state: createDynamoStateStore({
    client: createDynamoClient(),
    tableName: environment.STATE_TABLE,
  }),
  objects: createS3ObjectStore({
    client: createS3Client(),
    bucket: environment.OBJECTS_BUCKET,
  }),
};

export const handler = withSelfCheck(makeHandler(handleMatchFleet(ports)), {
  checks: [checkPointer(ports.state), checkObjects(ports.objects, WORK)],
});
