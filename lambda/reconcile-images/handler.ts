import { checkRegistries } from '../../actions/checks/registry-checks.ts';
import { checkObjects, checkPointer, WORK } from '../../actions/checks/store-checks.ts';
import type { RegistryLister } from '../../actions/ports.ts';
import { createEcrClient, createEcrLister } from '../../adapters/aws/ecr-lister.ts';
import { makeHandler } from '../shared/make-handler.ts';
import { openRegistry } from '../shared/open-registry.ts';
import { openStores } from '../shared/open-stores.ts';
import { readEnvironment } from '../shared/read-environment.ts';
import { withSelfCheck } from '../shared/with-self-check.ts';
import { ReconcileImagesEnvironment } from './environment.ts';
import { handleReconcileImages } from './handle.ts';

const environment = readEnvironment(ReconcileImagesEnvironment);

const ports = {
  ...openStores(environment),
  registry: openRegistry(environment),
  lister: openLister(environment.ECR_REPOSITORIES),
  reread: {
    images: environment.REREAD_IMAGES,
    bytes: environment.REREAD_GIGABYTES * 1e9,
  },
};

export const handler = withSelfCheck(
  makeHandler(handleReconcileImages(ports), ({ batches }) => ({ IndexBatches: batches })),
  {
    checks: [
      checkPointer(ports.state),
      checkObjects(ports.objects, WORK),
      checkRegistries(ports.lister),
    ],
  },
);

function openLister(patterns: readonly string[]): RegistryLister {
  // Who lists nothing has no right to.
  if (patterns.length === 0) return { list: async () => [] };
  return createEcrLister({ client: createEcrClient(), patterns });
}
