import { checkObjects, checkSeries, WORK } from '../../actions/checks/store-checks.ts';
import { makeHandler } from '../shared/make-handler.ts';
import { openStores } from '../shared/open-stores.ts';
import { readEnvironment } from '../shared/read-environment.ts';
import { log } from '../shared/telemetry.ts';
import { withSelfCheck } from '../shared/with-self-check.ts';
import { RecordObservationsEnvironment } from './environment.ts';
import { handleRecordObservations } from './handle.ts';

const environment = readEnvironment(RecordObservationsEnvironment);

const ports = {
  ...openStores(environment),
  log,
};

export const handler = withSelfCheck(makeHandler(handleRecordObservations(ports)), {
  checks: [checkSeries(ports.state), checkObjects(ports.objects, WORK)],
});
