import { checkObjects, checkPointer, WORK } from '../../actions/checks/store-checks.ts';
import { createDynamoClient, createS3Client } from '../../adapters/aws/create-aws-clients.ts';
import { createDynamoStateStore } from '../../adapters/aws/dynamo-state-store.ts';
import { createS3ObjectStore } from '../../adapters/aws/s3-object-store.ts';
import { makeHandler } from '../shared/make-handler.ts';
import { readEnvironment } from '../shared/read-environment.ts';
import { withSelfCheck } from '../shared/with-self-check.ts';
import { CompareLineagesEnvironment } from './environment.ts';
import { handleCompareLineages } from './handle.ts';

const environment = readEnvironment(CompareLineagesEnvironment);

const ports = {
  state: createDynamoStateStore({
    client: createDynamoClient(),
    tableName: environment.STATE_TABLE,
  }),
  objects: createS3ObjectStore({
    client: createS3Client(),
    bucket: environment.OBJECTS_BUCKET,
  }),
  policy: {
    disclosed: environment.ALERT_DISCLOSED,
    regression: environment.ALERT_REGRESSION,
  },
  quietNights: {
    areTold: environment.QUIET_NIGHTS,
    schedule: { at: environment.NIGHT_AT, timeZone: environment.NIGHT_TIME_ZONE },
  },
};

export const handler = withSelfCheck(makeHandler(handleCompareLineages(ports)), {
  checks: [checkPointer(ports.state), checkObjects(ports.objects, WORK)],
});
