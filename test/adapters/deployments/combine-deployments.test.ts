import { expect, it } from 'vitest';
import type { DeploymentScope } from '../../../actions/ports.ts';
import { createEcsDeployments } from '../../../adapters/aws/ecs-deployments.ts';
import { combineDeployments } from '../../../adapters/deployments/combine-deployments.ts';
import { aTask, startFakeEcs } from '../../support/fake-ecs.ts';

const STATIC: DeploymentScope = { scope: 'static', failure: null, deployments: [] };

it('lists every source’s scopes, though one of them is refused', async () => {
  await using ecs = await startFakeEcs();
  ecs.clusters.set('prod', [aTask()]);
  ecs.refuse = () => ({ error: 'AccessDeniedException' });
  const source = combineDeployments({
    ecs: createEcsDeployments(ecs.client),
    static: { list: async () => [STATIC] },
  });

  expect(await source.list()).toEqual([
    {
      scope: 'ecs/us-east-1',
      failure: 'ListClusters: AccessDeniedException: refused',
      deployments: [],
    },
    STATIC,
  ]);
});

it('calls all that a source stands for not seen when it breaks', async () => {
  const broken = { list: () => Promise.reject(new Error('no region')) };
  const source = combineDeployments({ ecs: broken, static: { list: async () => [STATIC] } });

  expect(await source.list()).toEqual([
    { scope: 'ecs', failure: 'Error: no region', deployments: [] },
    STATIC,
  ]);
});
