import { checkTags } from '../../actions/checks/registry-checks.ts';
import { checkObjects, checkSeries, WORK } from '../../actions/checks/store-checks.ts';
import { createDynamoClient, createS3Client } from '../../adapters/aws/create-aws-clients.ts';
import { createDynamoStateStore } from '../../adapters/aws/dynamo-state-store.ts';
import { createS3ObjectStore } from '../../adapters/aws/s3-object-store.ts';
import { makeHandler } from '../shared/make-handler.ts';
import { openRegistry } from '../shared/open-registry.ts';
import { readEnvironment } from '../shared/read-environment.ts';
import { clock } from '../shared/telemetry.ts';
import { withSelfCheck } from '../shared/with-self-check.ts';
import { ObserveTagsEnvironment } from './environment.ts';
import { handleObserveTags } from './handle.ts';

const environment = readEnvironment(ObserveTagsEnvironment);
const dynamo = createDynamoClient();

const ports = {
  state: createDynamoStateStore({ client: dynamo, tableName: environment.STATE_TABLE }),
  objects: createS3ObjectStore({
    client: createS3Client(),
    bucket: environment.OBJECTS_BUCKET,
  }),
  registry: openRegistry(environment),
  backfillDays: environment.BACKFILL_DAYS,
  watchList: { images: async () => environment.WATCHED_TAGS },
  clock,
};

export const handler = withSelfCheck(makeHandler(handleObserveTags(ports)), {
  checks: [
    checkSeries(ports.state),
    checkObjects(ports.objects, WORK),
    checkTags(ports.registry, environment.WATCHED_TAGS),
  ],
});
