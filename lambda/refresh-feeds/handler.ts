import { checkFeeds } from '../../actions/checks/feed-checks.ts';
import { checkObjects, checkPointer } from '../../actions/checks/store-checks.ts';
import { createDynamoClient, createS3Client } from '../../adapters/aws/create-aws-clients.ts';
import { createDynamoStateStore } from '../../adapters/aws/dynamo-state-store.ts';
import { createS3ObjectStore } from '../../adapters/aws/s3-object-store.ts';
import { makeHandler } from '../shared/make-handler.ts';
import { openFeeds } from '../shared/open-feeds.ts';
import { readEnvironment } from '../shared/read-environment.ts';
import { log } from '../shared/telemetry.ts';
import { withSelfCheck } from '../shared/with-self-check.ts';
import { RefreshFeedsEnvironment } from './environment.ts';
import { handleRefreshFeeds } from './handle.ts';

const environment = readEnvironment(RefreshFeedsEnvironment);
const s3 = createS3Client();

const ports = {
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
};

export const handler = withSelfCheck(makeHandler(handleRefreshFeeds(ports)), {
  checks: [
    checkPointer(ports.state),
    checkObjects(ports.objects, { read: 'snapshots', write: 'snapshots' }),
    checkFeeds(ports.feeds),
  ],
});
