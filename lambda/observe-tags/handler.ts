import { checkTags } from '../../actions/checks/registry-checks.ts';
import { checkObjects, checkSeries, WORK } from '../../actions/checks/store-checks.ts';
import { makeHandler } from '../shared/make-handler.ts';
import { openRegistry } from '../shared/open-registry.ts';
import { openStores } from '../shared/open-stores.ts';
import { readEnvironment } from '../shared/read-environment.ts';
import { clock } from '../shared/telemetry.ts';
import { withSelfCheck } from '../shared/with-self-check.ts';
import { ObserveTagsEnvironment } from './environment.ts';
import { handleObserveTags } from './handle.ts';

const environment = readEnvironment(ObserveTagsEnvironment);

const ports = {
  ...openStores(environment),
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
