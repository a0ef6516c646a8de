import { checkObjects, checkSeries } from '../../actions/checks/store-checks.ts';
import { createDynamoClient, createS3Client } from '../../adapters/aws/create-aws-clients.ts';
import { createDynamoStateStore } from '../../adapters/aws/dynamo-state-store.ts';
import { createS3ObjectStore } from '../../adapters/aws/s3-object-store.ts';
import { makeHandler } from '../shared/make-handler.ts';
import { readEnvironment } from '../shared/read-environment.ts';
import { withSelfCheck } from '../shared/with-self-check.ts';
import { WriteReportEnvironment } from './environment.ts';
import { handleWriteReport } from './handle.ts';

const environment = readEnvironment(WriteReportEnvironment);

const ports = {
  state: createDynamoStateStore({
    client: createDynamoClient(),
    tableName: environment.STATE_TABLE,
  }),
  objects: createS3ObjectStore({
    client: createS3Client(),
    bucket: environment.OBJECTS_BUCKET,
  }),
  watchList: { images: async () => environment.WATCHED_TAGS },
};

export const handler = withSelfCheck(makeHandler(handleWriteReport(ports)), {
  checks: [checkSeries(ports.state), checkObjects(ports.objects, { read: 'runs', write: null })],
});
