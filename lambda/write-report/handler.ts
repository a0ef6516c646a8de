import { checkObjects, checkSeries } from '../../actions/checks/store-checks.ts';
import { makeHandler } from '../shared/make-handler.ts';
import { openStores } from '../shared/open-stores.ts';
import { readEnvironment } from '../shared/read-environment.ts';
import { withSelfCheck } from '../shared/with-self-check.ts';
import { WriteReportEnvironment } from './environment.ts';
import { handleWriteReport } from './handle.ts';

const environment = readEnvironment(WriteReportEnvironment);

const ports = {
  ...openStores(environment),
  watchList: { images: async () => environment.WATCHED_TAGS },
};

export const handler = withSelfCheck(makeHandler(handleWriteReport(ports)), {
  checks: [checkSeries(ports.state), checkObjects(ports.objects, { read: 'runs', write: null })],
});
