import { checkPulls } from '../../actions/checks/registry-checks.ts';
import { checkObjects } from '../../actions/checks/store-checks.ts';
import {
  createDynamoClient,
  createS3Client,
  createSqsClient,
} from '../../adapters/aws/create-aws-clients.ts';
import { createDynamoLayerLeases } from '../../adapters/aws/dynamo-layer-leases.ts';
import { createS3ObjectStore } from '../../adapters/aws/s3-object-store.ts';
import { createSqsAssessQueue } from '../../adapters/aws/sqs-assess-queue.ts';
import { createSqsPushQueue } from '../../adapters/aws/sqs-push-queue.ts';
import { type Counts, makeHandler } from '../shared/make-handler.ts';
import { openRegistry } from '../shared/open-registry.ts';
import { readEnvironment } from '../shared/read-environment.ts';
import { clock, log } from '../shared/telemetry.ts';
import { withSelfCheck } from '../shared/with-self-check.ts';
import { IndexImageEnvironment } from './environment.ts';
import { handleIndexImage } from './handle.ts';

/** Milliseconds: one registry that hangs must not use up the time of the batch's other images. */
const DEADLINES = { deadline: 20_000, captureDeadline: 120_000 };

const environment = readEnvironment(IndexImageEnvironment);
const sqs = createSqsClient();

const ports = {
  images: openRegistry(environment, DEADLINES),
  objects: createS3ObjectStore({
    client: createS3Client(),
    bucket: environment.OBJECTS_BUCKET,
  }),
  leases: createDynamoLayerLeases({
    client: createDynamoClient(),
    tableName: environment.STATE_TABLE,
    clock,
  }),
  assessQueue: createSqsAssessQueue({ client: sqs, queueUrl: environment.ASSESS_QUEUE_URL }),
  pushQueue: createSqsPushQueue({ client: sqs, queueUrl: environment.PUSH_QUEUE_URL }),
  log,
};

export const handler = withSelfCheck(
  makeHandler(
    handleIndexImage(ports),
    (result): Counts =>
      'batchItemFailures' in result
        ? { RecordsFailed: result.batchItemFailures.length }
        : 'failures' in result
          ? { ImagesUnread: result.failures.length }
          : { BatchesIndexed: 1 },
  ),
  {
    checks: [
      checkObjects(ports.objects, { read: 'captures', write: 'captures' }),
      checkPulls(ports.images),
    ],
  },
);
