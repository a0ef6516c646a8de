import { checkObjects, checkState } from '../../actions/checks/store-checks.ts';
import { createDynamoClient, createS3Client } from '../../adapters/aws/create-aws-clients.ts';
import { createDynamoStateStore } from '../../adapters/aws/dynamo-state-store.ts';
import { createS3ObjectStore } from '../../adapters/aws/s3-object-store.ts';
import { makeHandler } from '../shared/make-handler.ts';
import { readEnvironment } from '../shared/read-environment.ts';
import { withSelfCheck } from '../shared/with-self-check.ts';
import { ReassessPushesEnvironment } from './environment.ts';
import { handleReassessPushes } from './handle.ts';

const environment = readEnvironment(ReassessPushesEnvironment);

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
};

export const handler = withSelfCheck(
  makeHandler(handleReassessPushes(ports), ({ reassessed }) => ({ PushesReassessed: reassessed })),
  {
    checks: [
      checkState(ports.state),
      checkObjects(ports.objects, { read: 'heads', write: 'heads' }),
    ],
  },
);
