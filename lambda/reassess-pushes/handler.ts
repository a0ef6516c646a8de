import { checkObjects, checkState } from '../../actions/checks/store-checks.ts';
import { makeHandler } from '../shared/make-handler.ts';
import { openStores } from '../shared/open-stores.ts';
import { readEnvironment } from '../shared/read-environment.ts';
import { withSelfCheck } from '../shared/with-self-check.ts';
import { ReassessPushesEnvironment } from './environment.ts';
import { handleReassessPushes } from './handle.ts';

const environment = readEnvironment(ReassessPushesEnvironment);

const ports = {
  ...openStores(environment),
  policy: {
    disclosed: environment.ALERT_DISCLOSED,
    regression: environment.ALERT_REGRESSION,
    imageMegabytes: environment.IMAGE_MEGABYTES,
  },
};

export const handler = withSelfCheck(
  makeHandler(handleReassessPushes(ports), ({ reassessed }) => ({ PushesReassessed: reassessed })),
  {
    checks: [
      checkState(ports.state),
      checkObjects(ports.objects, { read: 'heads', write: 'heads' }),
    ],
  },
);
