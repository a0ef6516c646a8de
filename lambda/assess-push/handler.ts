import { checkPulls } from '../../actions/checks/registry-checks.ts';
import { checkObjects, checkState } from '../../actions/checks/store-checks.ts';
import { createSnsClient } from '../../adapters/aws/create-aws-clients.ts';
import { createSnsAlertTopic } from '../../adapters/aws/sns-alert-topic.ts';
import { createSnsPeopleTopic } from '../../adapters/aws/sns-people-topic.ts';
import { makeHandler } from '../shared/make-handler.ts';
import { openRegistry } from '../shared/open-registry.ts';
import { openStores } from '../shared/open-stores.ts';
import { readEnvironment } from '../shared/read-environment.ts';
import { clock, log } from '../shared/telemetry.ts';
import { withSelfCheck } from '../shared/with-self-check.ts';
import { AssessPushEnvironment } from './environment.ts';
import { handleAssessPush } from './handle.ts';

const environment = readEnvironment(AssessPushEnvironment);
const sns = createSnsClient();

const ports = {
  ...openStores(environment),
  topic: createSnsAlertTopic({ client: sns, topicArn: environment.ALERTS_TOPIC_ARN }),
  people: createSnsPeopleTopic({
    client: sns,
    topicArn: environment.PEOPLE_TOPIC_ARN,
    stack: environment.STACK_NAME,
  }),
  registry: openRegistry(environment),
  policy: {
    disclosed: environment.ALERT_DISCLOSED,
    regression: environment.ALERT_REGRESSION,
    imageMegabytes: environment.IMAGE_MEGABYTES,
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
