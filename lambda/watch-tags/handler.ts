import { checkHistories, checkTags } from '../../actions/checks/registry-checks.ts';
import { checkObjects, checkState } from '../../actions/checks/store-checks.ts';
import { createInvokeClient, createSnsClient } from '../../adapters/aws/create-aws-clients.ts';
import { createLambdaIndexer } from '../../adapters/aws/lambda-indexer.ts';
import { createSnsAlertTopic } from '../../adapters/aws/sns-alert-topic.ts';
import { createSnsPeopleTopic } from '../../adapters/aws/sns-people-topic.ts';
import { makeHandler } from '../shared/make-handler.ts';
import { openRegistry } from '../shared/open-registry.ts';
import { openStores } from '../shared/open-stores.ts';
import { readEnvironment } from '../shared/read-environment.ts';
import { clock, log } from '../shared/telemetry.ts';
import { withSelfCheck } from '../shared/with-self-check.ts';
import { WatchTagsEnvironment } from './environment.ts';
import { handleWatchTags } from './handle.ts';

/** Milliseconds: one registry that hangs must not use up the time of the other tags. */
const DEADLINES = { deadline: 20_000 };

const environment = readEnvironment(WatchTagsEnvironment);
const sns = createSnsClient();

const ports = {
  watchList: { images: async () => environment.WATCHED_TAGS },
  backfillDays: environment.BACKFILL_DAYS,
  registry: openRegistry(environment, DEADLINES),
  ...openStores(environment),
  indexer: createLambdaIndexer({
    client: createInvokeClient(),
    functionName: environment.INDEX_IMAGE_ARN,
  }),
  topic: createSnsAlertTopic({ client: sns, topicArn: environment.ALERTS_TOPIC_ARN }),
  people: createSnsPeopleTopic({
    client: sns,
    topicArn: environment.PEOPLE_TOPIC_ARN,
    stack: environment.STACK_NAME,
  }),
  clock,
  log,
};

export const handler = withSelfCheck(
  makeHandler(handleWatchTags(ports), ({ looked, delivered, failed }) => ({
    TagsWatched: looked,
    AlertsDelivered: delivered,
    AlertsUndelivered: failed,
  })),
  {
    checks: [
      checkState(ports.state),
      checkObjects(ports.objects, { read: 'runs', write: null }),
      checkTags(ports.registry, environment.WATCHED_TAGS),
      checkHistories(ports.registry, environment.WATCHED_TAGS, clock),
    ],
  },
);
