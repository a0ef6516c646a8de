import { expect, it } from 'vitest';
import { listDeployments } from '../../actions/list-deployments.ts';
import { readNight } from '../../actions/night-objects.ts';
import { createMemoryObjectStore } from '../support/memory-object-store.ts';

it('calls a scope not seen whole when an image in it has no registry, and keeps the others', async () => {
  const objects = createMemoryObjectStore();
  const common = { container: 'app', digest: `sha256:${'a'.repeat(64)}`, platform: 'linux/amd64' };
  const web = { ...common, workload: 'ecs/prod/web', reference: 'r.test/web:1' };
  const bare = { ...common, workload: 'ecs/prod/proxy', reference: 'nginx' };
  const source = {
    list: async () => [{ scope: 'ecs/prod', failure: null, deployments: [web, bare] }],
  };

  const { deployments } = await listDeployments({ deployments: source, objects })({ runId: 'r' });

  expect(await readNight(objects, 'deployments', deployments)).toEqual([
    {
      scope: 'ecs/prod',
      failure: 'no image reference: ecs/prod/proxy (nginx)',
      deployments: [web],
    },
  ]);
});
