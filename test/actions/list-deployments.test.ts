import { expect, it } from 'vitest';
import { listDeployments } from '../../actions/list-deployments.ts';
import { readNight } from '../../actions/night-objects.ts';
import { createMemoryObjectStore } from '../support/memory-object-store.ts';
import { aRunPointer } from '../support/state-builders.ts';

const AT = '2026-11-21T02:00:00.000Z';
const NO_NIGHT = { runPointer: async () => undefined };

it('calls a scope not seen whole when an image in it has no registry, and keeps the others', async () => {
  const objects = createMemoryObjectStore();
  const common = { container: 'app', digest: `sha256:${'a'.repeat(64)}`, platform: 'linux/amd64' };
  const web = { ...common, workload: 'ecs/prod/web', reference: 'r.test/web:1' };
  const bare = { ...common, workload: 'ecs/prod/proxy', reference: 'nginx' };
  const source = {
    list: async () => [{ scope: 'ecs/prod', failure: null, deployments: [web, bare] }],
  };

  const ports = { deployments: source, objects, state: NO_NIGHT, rememberDays: 14 };

  const { deployments } = await listDeployments(ports)({ runId: AT });

  expect(await readNight(objects, 'deployments', deployments)).toMatchObject([
    {
      scope: 'ecs/prod',
      failure: 'no image reference: ecs/prod/proxy (nginx)',
      deployments: [web],
    },
  ]);
});

it('remembers by the last committed night alone, however often a night is lost or repeated', async () => {
  const objects = createMemoryObjectStore();
  const web = {
    workload: 'ecs/prod/web',
    container: 'app',
    reference: 'r.test/web:1',
    digest: `sha256:${'a'.repeat(64)}`,
    platform: 'linux/amd64',
  };
  let isRunning = true;
  let committed: string | undefined;
  const list = listDeployments({
    objects,
    rememberDays: 14,
    deployments: {
      list: async () => [
        {
          scope: 'ecs/prod',
          failure: null,
          deployments: isRunning ? [web] : [],
          idle: ['ecs/prod/web'],
        },
      ],
    },
    state: {
      runPointer: async () =>
        committed === undefined ? undefined : aRunPointer({ runId: committed }),
    },
  });
  const night = async (day: number) => {
    const runId = `2026-11-${day}T02:00:00.000Z`;
    const { deployments } = await list({ runId });
    const [scope] = await readNight(objects, 'deployments', deployments);
    return { runId, last: scope?.deployments.map(({ seen }) => seen.last.slice(0, 10)) };
  };

  committed = (await night(10)).runId;
  expect((await night(11)).last, 'seen, and never committed').toEqual(['2026-11-11']);
  isRunning = false;
  expect((await night(12)).last).toEqual(['2026-11-10']);
  isRunning = true;
  expect((await night(12)).last, 'what it has written stands').toEqual(['2026-11-10']);
});
