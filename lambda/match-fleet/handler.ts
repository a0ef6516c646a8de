import { checkObjects, checkPointer, WORK } from '../../actions/checks/store-checks.ts';
import { checkSuppressions } from '../../actions/checks/suppression-checks.ts';
import type { SuppressionSource } from '../../actions/ports.ts';
import { createStoredSuppressions } from '../../actions/stored-suppressions.ts';
import { createS3Client } from '../../adapters/aws/create-aws-clients.ts';
import { createS3ObjectStore } from '../../adapters/aws/s3-object-store.ts';
import { makeHandler } from '../shared/make-handler.ts';
import { openStores } from '../shared/open-stores.ts';
import { readEnvironment } from '../shared/read-environment.ts';
import { withSelfCheck } from '../shared/with-self-check.ts';
import { MatchFleetEnvironment, type MatchFleetVariables } from './environment.ts';
import { handleMatchFleet } from './handle.ts';

const environment = readEnvironment(MatchFleetEnvironment);

const ports = {
  ...openStores(environment),
  suppressions: openSuppressions(environment.SUPPRESSIONS),
};

export const handler = withSelfCheck(makeHandler(handleMatchFleet(ports)), {
  checks: [
    checkPointer(ports.state),
    checkObjects(ports.objects, WORK),
    checkSuppressions(ports.suppressions),
  ],
});

/** They lie where CDK has put them: this function may read exactly that object. */
function openSuppressions(at: MatchFleetVariables['SUPPRESSIONS']): SuppressionSource {
  if (!at) return { read: async () => undefined };
  const objects = createS3ObjectStore({ client: createS3Client(), bucket: at.bucket });
  return createStoredSuppressions(objects, at.key);
}
