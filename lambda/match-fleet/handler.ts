import { checkObjects, checkPointer, WORK } from '../../actions/checks/store-checks.ts';
import { makeHandler } from '../shared/make-handler.ts';
import { openStores } from '../shared/open-stores.ts';
import { readEnvironment } from '../shared/read-environment.ts';
import { withSelfCheck } from '../shared/with-self-check.ts';
import { MatchFleetEnvironment } from './environment.ts';
import { handleMatchFleet } from './handle.ts';

const environment = readEnvironment(MatchFleetEnvironment);

const ports = {
  ...openStores(environment),
};

export const handler = withSelfCheck(makeHandler(handleMatchFleet(ports)), {
  checks: [checkPointer(ports.state), checkObjects(ports.objects, WORK)],
});
