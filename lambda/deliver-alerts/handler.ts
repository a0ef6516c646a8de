import { checkObjects, checkState } from '../../actions/checks/store-checks.ts';
import { checkTopics } from '../../actions/checks/telling-checks.ts';
import { createSnsClient } from '../../adapters/aws/create-aws-clients.ts';
import { createS3Reports } from '../../adapters/aws/s3-reports.ts';
import { createSnsAlertTopic } from '../../adapters/aws/sns-alert-topic.ts';
import { createSnsPeopleTopic } from '../../adapters/aws/sns-people-topic.ts';
import { createSnsSubscriptions } from '../../adapters/aws/sns-subscriptions.ts';
import { makeHandler } from '../shared/make-handler.ts';
import { openStores } from '../shared/open-stores.ts';
import { readEnvironment } from '../shared/read-environment.ts';
import { clock, log } from '../shared/telemetry.ts';
import { withSelfCheck } from '../shared/with-self-check.ts';
import { DeliverAlertsEnvironment } from './environment.ts';
import { handleDeliverAlerts } from './handle.ts';

const environment = readEnvironment(DeliverAlertsEnvironment);
const sns = createSnsClient();

const ports = {
  ...openStores(environment),
  topic: createSnsAlertTopic({ client: sns, topicArn: environment.ALERTS_TOPIC_ARN }),
  people: createSnsPeopleTopic({
    client: sns,
    topicArn: environment.PEOPLE_TOPIC_ARN,
    stack: environment.STACK_NAME,
  }),
  reports: createS3Reports({
    bucket: environment.OBJECTS_BUCKET,
    topicArn: environment.PEOPLE_TOPIC_ARN,
  }),
  subscriptions: createSnsSubscriptions(sns, environment.SUBSCRIBED_TOPICS),
  clock,
  log,
};

export const handler = withSelfCheck(
  makeHandler(handleDeliverAlerts(ports), ({ delivered, failed, unsubscribed }) => ({
    AlertsDelivered: delivered,
    AlertsUndelivered: failed,
    ...(unsubscribed !== null && { TopicsUnsubscribed: unsubscribed }),
  })),
  {
    checks: [
      checkState(ports.state),
      checkObjects(ports.objects, { read: 'runs', write: null }),
      checkTopics(ports),
    ],
  },
);
