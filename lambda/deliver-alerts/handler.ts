import {
  createDynamoClient,
  createS3Client,
  createSnsClient,
} from '../../adapters/aws/create-aws-clients.ts';
import { createDynamoStateStore } from '../../adapters/aws/dynamo-state-store.ts';
import { createS3ObjectStore } from '../../adapters/aws/s3-object-store.ts';
import { createSnsAlertTopic } from '../../adapters/aws/sns-alert-topic.ts';
import { makeHandler } from '../shared/make-handler.ts';
import { readEnvironment } from '../shared/read-environment.ts';
import { clock, log } from '../shared/telemetry.ts';
import { DeliverAlertsEnvironment } from './environment.ts';
import { handleDeliverAlerts } from './handle.ts';

const environment = readEnvironment(DeliverAlertsEnvironment);

export const handler = makeHandler(
  handleDeliverAlerts({
    state: createDynamoStateStore({
      client: createDynamoClient(),
      tableName: environment.STATE_TABLE,
    }),
    objects: createS3ObjectStore({
      client: createS3Client(),
      bucket: environment.OBJECTS_BUCKET,
    }),
    topic: createSnsAlertTopic({
      client: createSnsClient(),
      topicArn: environment.ALERTS_TOPIC_ARN,
    }),
    clock,
    log,
  }),
  ({ delivered, failed }) => ({ AlertsDelivered: delivered, AlertsUndelivered: failed }),
);
