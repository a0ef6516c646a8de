import { checkDeployments } from '../../actions/checks/deployment-checks.ts';
import { checkObjects, checkPointer, WORK } from '../../actions/checks/store-checks.ts';
import type { DeploymentSource } from '../../actions/ports.ts';
import { combineDeployments } from '../../adapters/deployments/combine-deployments.ts';
import { createStaticDeployments } from '../../adapters/deployments/static-deployments.ts';
import { makeHandler } from '../shared/make-handler.ts';
import { openRegistry } from '../shared/open-registry.ts';
import { openStores } from '../shared/open-stores.ts';
import { readEnvironment } from '../shared/read-environment.ts';
import { withSelfCheck } from '../shared/with-self-check.ts';
import { ListDeploymentsEnvironment } from './environment.ts';
import { handleListDeployments } from './handle.ts';
import { openSources } from './open-sources.ts';

const environment = readEnvironment(ListDeploymentsEnvironment);

const ports = {
  ...openStores(environment),
  rememberDays: environment.REMEMBER_DAYS,
  deployments: combineDeployments({
    ...openSources({
      sources: environment.DEPLOYMENT_SOURCES,
      eks: environment.EKS_CLUSTERS,
      elsewhere: environment.ELSEWHERE,
    }),
    ...staticList(),
  }),
};

const runs = checkDeployments(ports.deployments);

export const handler = withSelfCheck(makeHandler(handleListDeployments(ports)), {
  checks: [checkPointer(ports.state), checkObjects(ports.objects, WORK), runs.check],
  sampleImages: async () => runs.sampleImages(),
});

function staticList(): Record<string, DeploymentSource> {
  const deployments = environment.STATIC_DEPLOYMENTS;
  if (deployments.length === 0) return {};
  return { static: createStaticDeployments({ registry: openRegistry(environment), deployments }) };
}
