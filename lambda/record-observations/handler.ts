import { checkObjects, checkSeries, WORK } from '../../actions/checks/store-checks.ts';
import { createDynamoClient, createS3Client } from '../../adapters/aws/create-aws-clients.ts';
import { createDynamoStateStore } from '../../adapters/aws/dynamo-state-store.ts';
import { createS3ObjectStore } from '../../adapters/aws/s3-object-store.ts';
import { makeHandler } from '../shared/make-handler.ts';
import { readEnvironment } from '../shared/read-environment.ts';
import { log } from '../shared/telemetry.ts';
import { withSelfCheck } from '../shared/with-self-check.ts';
import { RecordObservationsEnvironment } from './environment.ts';
import { handleRecordObservations } from './handle.ts';

const environment = readEnvironment(RecordObservationsEnvironment);

const ports = {
  state: createDynamoStateStore({
    client: createDynamoClient(),
    tableName: environment.STATE_TABLE,
  }),
  objects: createS3ObjectStore({
    client: createS3Client(),
    bucket: environment.OBJECTS_BUCKET,
  }),
  log,
};

export const handler = withSelfCheck(makeHandler(handleRecordObservations(ports)), {
  checks: [checkSeries(ports.state), checkObjects(ports.objects, WORK)],
});
