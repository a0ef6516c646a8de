import { checkObjects, checkPointer, WORK } from '../../actions/checks/store-checks.ts';
import { makeHandler } from '../shared/make-handler.ts';
import { openStores } from '../shared/open-stores.ts';
import { readEnvironment } from '../shared/read-environment.ts';
import { withSelfCheck } from '../shared/with-self-check.ts';
import { CompareLineagesEnvironment } from './environment.ts';
import { handleCompareLineages } from './handle.ts';

const environment = readEnvironment(CompareLineagesEnvironment);

const ports = {
  ...openStores(environment),
  policy: {
    disclosed: environment.ALERT_DISCLOSED,
    regression: environment.ALERT_REGRESSION,
    imageMegabytes: environment.IMAGE_MEGABYTES,
  },
  quietNights: {
    areTold: environment.QUIET_NIGHTS,
    schedule: { at: environment.NIGHT_AT, timeZone: environment.NIGHT_TIME_ZONE },
  },
};

export const handler = withSelfCheck(makeHandler(handleCompareLineages(ports)), {
  checks: [checkPointer(ports.state), checkObjects(ports.objects, WORK)],
});
