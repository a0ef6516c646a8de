import { createDynamoClient, createS3Client } from '../../adapters/aws/create-aws-clients.ts';
import { createDynamoStateStore } from '../../adapters/aws/dynamo-state-store.ts';
import { createS3ObjectStore } from '../../adapters/aws/s3-object-store.ts';
import { makeHandler } from '../shared/make-handler.ts';
import { openFeeds } from '../shared/open-feeds.ts';
import { readEnvironment } from '../shared/read-environment.ts';
import { log } from '../shared/telemetry.ts';
import { RefreshFeedsEnvironment } from './environment.ts';
import { handleRefreshFeeds } from './handle.ts';

const environment = readEnvironment(RefreshFeedsEnvironment);
const s3 = createS3Client();

export const handler = makeHandler(
  handleRefreshFeeds({
    state: createDynamoStateStore({
      client: createDynamoClient(),
      tableName: environment.STATE_TABLE,
    }),
    objects: createS3ObjectStore({
      client: s3,
      bucket: environment.OBJECTS_BUCKET,
    }),
    feeds: openFeeds(environment.FEEDS, s3),
    log,
  }),
);
