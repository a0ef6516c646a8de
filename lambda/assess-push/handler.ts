import { checkPulls } from '../../actions/checks/registry-checks.ts';
import { checkObjects, checkState } from '../../actions/checks/store-checks.ts';
import {
  createDynamoClient,
  createS3Client,
  createSnsClient,
} from '../../adapters/aws/create-aws-clients.ts';
import { createDynamoStateStore } from '../../adapters/aws/dynamo-state-store.ts';
import { createS3ObjectStore } from '../../adapters/aws/s3-object-store.ts';
import { createSnsAlertTopic } from '../../adapters/aws/sns-alert-topic.ts';
import { createSnsPeopleTopic } from '../../adapters/aws/sns-people-topic.ts';
import { makeHandler } from '../shared/make-handler.ts';
import { openRegistry } from '../shared/open-registry.ts';
import { readEnvironment } from '../shared/read-environment.ts';
import { clock, log } from '../shared/telemetry.ts';
import { withSelfCheck } from '../shared/with-self-check.ts';
import { AssessPushEnvironment } from './environment.ts';
import { handleAssessPush } from './handle.ts';

const environment = readEnvironment(AssessPushEnvironment);
const dynamo = createDynamoClient();
const sns = createSnsClient();

const ports = {
  state: createDynamoStateStore({ client: dynamo, tableName: environment.STATE_TABLE }),
  objects: createS3ObjectStore({
    client: createS3Client(),
    bucket: environment.OBJECTS_BUCKET,
  }),
  topic: createSnsAlertTopic({ client: sns, topicArn: environment.ALERTS_TOPIC_ARN }),
  people: createSnsPeopleTopic({ client: sns, topicArn: environment.PEOPLE_TOPIC_ARN }),
  registry: openRegistry(environment),
  policy: {
    disclosed: environment.ALERT_DISCLOSED,
    regression: environment.ALERT_REGRESSION,
  },
  clock,
  log,
};

export const handler = withSelfCheck(
  makeHandler(handleAssessPush(ports), ({ batchItemFailures }) => ({
    RecordsFailed: batchItemFailures.length,
  })),
  {
    checks: [
      checkState(ports.state),
      checkObjects(ports.objects, { read: 'heads', write: 'heads' }),
      checkPulls(ports.registry),
    ],
  },
);
