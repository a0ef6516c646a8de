import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DeploymentScope } from '../../../actions/ports.ts';
import { createEcsDeployments } from '../../../adapters/aws/ecs-deployments.ts';
import { aTask, digestLike, type FakeEcs, startFakeEcs } from '../../support/fake-ecs.ts';

let ecs: FakeEcs;
beforeEach(async () => {
  ecs = await startFakeEcs();
});
afterEach(() => ecs[Symbol.asyncDispose]());

const REGION: DeploymentScope = { scope: 'ecs/us-east-1', failure: null, deployments: [] };

function list(): Promise<readonly DeploymentScope[]> {
  return createEcsDeployments(ecs.client).list();
}

/** What the only cluster came to. */
async function cluster(): Promise<DeploymentScope> {
  const [, scope] = await list();
  if (!scope) throw new Error('no cluster was listed');
  return scope;
}

describe('what runs in ECS', () => {
  it('is each service’s container with its digest and platform, cluster by cluster', async () => {
    ecs.clusters.set('prod', [
      aTask(),
      aTask({ service: 'worker', architecture: 'arm64', digest: digestLike('b') }),
    ]);
    ecs.clusters.set('empty', []);

    expect(await list()).toEqual([
      REGION,
      {
        scope: 'ecs/us-east-1/prod',
        failure: null,
        deployments: [
          {
            workload: 'ecs/prod/web',
            container: 'app',
            reference: 'r.test/web:1',
            digest: digestLike('a'),
            platform: 'linux/amd64',
            count: 1,
          },
          {
            workload: 'ecs/prod/worker',
            container: 'app',
            reference: 'r.test/web:1',
            digest: digestLike('b'),
            platform: 'linux/arm64',
            count: 1,
          },
        ],
        idle: ['ecs/prod/task/*'],
      },
      {
        scope: 'ecs/us-east-1/empty',
        failure: null,
        deployments: [],
        idle: ['ecs/empty/task/*'],
      },
    ]);
  });

  it('is read over all pages, and described a hundred tasks at a time', async () => {
    for (let each = 0; each < 5; each++) ecs.clusters.set(`c${each}`, []);
    const services = Array.from({ length: 250 }, (_, each) => `s${each}`);
    ecs.clusters.set(
      'big',
      services.map((service) => aTask({ cluster: 'big', service })),
    );
    ecs.pageSize = 3;
    const scopes = await list();

    expect(scopes.map(({ failure }) => failure)).toEqual(Array(7).fill(null));
    const big = scopes.find(({ scope }) => scope === 'ecs/us-east-1/big');
    expect(big?.deployments.map(({ workload }) => workload).sort()).toEqual(
      services.map((service) => `ecs/big/${service}`).sort(),
    );
    const described = ecs.calls.filter(({ name }) => name === 'DescribeTasks');
    expect(described.map(({ input }) => (input.tasks as string[]).length)).toEqual([100, 100, 50]);
  });

  it('is one deployment for all replicas, and one for each image while a deployment is under way', async () => {
    const [older, newer] = [digestLike('0'), digestLike('f')];
    ecs.clusters.set('prod', [
      aTask({ digest: older, startedAt: 100 }),
      aTask({ digest: newer, startedAt: 300, image: 'r.test/web:2' }),
      aTask({ digest: older, startedAt: 200 }),
      aTask({ digest: newer, startedAt: 400, image: 'r.test/web:2' }),
    ]);

    const { deployments } = await cluster();

    expect(deployments.map(({ reference, digest, count }) => [reference, digest, count])).toEqual([
      ['r.test/web:2', newer, 2],
      ['r.test/web:1', older, 2],
    ]);
  });

  it('names a task that no service started after its family', async () => {
    ecs.clusters.set('prod', [aTask({ other: { group: 'family:nightly' } })]);

    const { deployments } = await cluster();

    expect(deployments.map(({ workload }) => workload)).toEqual(['ecs/prod/task/web-family']);
  });

  it.each([
    ['nginx', 'docker.io/library/nginx:latest'],
    ['grafana/grafana:11.1', 'docker.io/grafana/grafana:11.1'],
    ['r.test/web', 'r.test/web:latest'],
    [`r.test/web:1@${digestLike('a')}`, 'r.test/web:1'],
    [`r.test/web@${digestLike('a')}`, 'r.test/web'],
  ])('reads %s as %s', async (image, reference) => {
    ecs.clusters.set('prod', [aTask({ image })]);

    expect(await cluster()).toMatchObject({
      failure: null,
      deployments: [{ reference, digest: digestLike('a') }],
    });
  });

  it('takes the digest that the image was pinned to where the agent tells none', async () => {
    ecs.clusters.set('prod', [aTask({ image: `r.test/web@${digestLike('c')}`, digest: null })]);

    expect(await cluster()).toMatchObject({
      failure: null,
      deployments: [{ digest: digestLike('c') }],
    });
  });

  it('is not in doubt while a replica starts that has pulled nothing yet', async () => {
    const starting = { digest: null, other: { lastStatus: 'PENDING', startedAt: undefined } };
    ecs.clusters.set('prod', [aTask(), aTask(starting)]);
    expect(await cluster()).toMatchObject({ failure: null, deployments: [{}] });

    ecs.clusters.set('prod', [aTask(), aTask({ ...starting, service: 'next' })]);
    expect((await cluster()).failure).toBe('ecs/prod/next app (r.test/web:1): no digest');

    ecs.clusters.set('prod', [aTask(), aTask({ digest: null })]);
    expect((await cluster()).failure).toBe('ecs/prod/web app (r.test/web:1): no digest');
  });

  it('is known to be there though nothing of it runs, over all pages of services', async () => {
    ecs.clusters.set('prod', [aTask()]);
    ecs.services.set('prod', ['web', 'report', 'import']);
    ecs.pageSize = 2;

    expect((await cluster()).idle).toEqual([
      'ecs/prod/web',
      'ecs/prod/report',
      'ecs/prod/import',
      'ecs/prod/task/*',
    ]);
  });

  it('stands apart by its place’s name when it is in another account or region', async () => {
    ecs.clusters.set('prod', [aTask(), aTask({ other: { group: 'family:nightly' } })]);
    ecs.services.set('prod', ['web']);

    const scopes = await createEcsDeployments(ecs.client, 'shop').list();

    expect(scopes).toMatchObject([
      { scope: 'ecs/shop:us-east-1', failure: null },
      {
        scope: 'ecs/shop:us-east-1/prod',
        deployments: [
          { workload: 'ecs/shop:prod/task/web-family' },
          { workload: 'ecs/shop:prod/web' },
        ],
        idle: ['ecs/shop:prod/web', 'ecs/shop:prod/task/*'],
      },
    ]);
  });

  it('knows Windows', async () => {
    ecs.clusters.set('prod', [aTask({ other: { platformFamily: 'Windows_Server_2022_Core' } })]);

    expect((await cluster()).deployments[0]?.platform).toBe('windows/amd64');
  });
});

describe('a cluster is not seen whole, and keeps what was seen, when', () => {
  it.each([
    ['a container has no digest', { digest: null }, 'ecs/prod/odd app (r.test/web:1): no digest'],
    [
      'an image is only an id',
      { image: digestLike('a') },
      `ecs/prod/odd app (${digestLike('a')}): no image reference`,
    ],
    ['an image is no reference', { image: 'r.test/WEB:1' }, 'no image reference'],
    ['a digest is none', { digest: 'sha256:1' }, 'no digest'],
    ['a platform is not told', { architecture: null }, 'of ecs/prod/odd: unknown platform'],
    ['a platform is not known', { architecture: 'riscv64' }, 'unknown platform'],
    ['a task has no containers', { other: { containers: [] } }, 'of ecs/prod/odd: no containers'],
    [
      'a task belongs to nothing',
      { other: { group: undefined, taskDefinitionArn: undefined } },
      'neither service nor task definition',
    ],
  ])('%s', async (_what, spec, failure) => {
    ecs.clusters.set('prod', [aTask(), aTask({ service: 'odd', ...spec })]);

    const scope = await cluster();

    expect(scope.failure).toContain(failure);
    expect(scope.deployments.map(({ workload }) => workload)).toEqual(['ecs/prod/web']);
  });

  it('a task is answered by a failure, or not at all', async () => {
    const [web, gone, lost] = [aTask(), aTask(), aTask()];
    ecs.clusters.set('prod', [web, gone, lost]);
    ecs.refuse = ({ name }) =>
      name === 'DescribeTasks'
        ? { output: { tasks: [web], failures: [{ arn: gone.taskArn, reason: 'MISSING' }] } }
        : undefined;

    const { failure, deployments } = await cluster();

    expect(failure).toContain(`task ${gone.taskArn.split('/')[2]}: MISSING`);
    expect(failure).toContain(`task ${lost.taskArn.split('/')[2]}: not described`);
    expect(deployments).toHaveLength(1);
  });

  it('a batch of its tasks is refused', async () => {
    const services = Array.from({ length: 150 }, (_, each) => aTask({ service: `s${each}` }));
    ecs.clusters.set('prod', services);
    ecs.refuse = ({ name, input }) =>
      name === 'DescribeTasks' && (input.tasks as string[]).length === 100
        ? { error: 'AccessDeniedException' }
        : undefined;

    const { failure, deployments } = await cluster();

    expect(failure).toBe('DescribeTasks: AccessDeniedException: refused');
    expect(deployments).toHaveLength(50);
  });

  it('its list of tasks breaks off', async () => {
    ecs.clusters.set('prod', [aTask(), aTask({ service: 'next' })]);
    ecs.pageSize = 1;
    ecs.refuse = ({ name, input }) =>
      name === 'ListTasks' && input.nextToken
        ? { error: 'ServerException', status: 500 }
        : undefined;

    const { failure, deployments } = await cluster();

    expect(failure).toBe('ListTasks: ServerException: refused');
    expect(deployments.map(({ workload }) => workload)).toEqual(['ecs/prod/web']);
  });

  it('its list of services breaks off', async () => {
    ecs.clusters.set('prod', [aTask()]);
    ecs.services.set('prod', ['web', 'report']);
    ecs.pageSize = 1;
    ecs.refuse = ({ name, input }) =>
      name === 'ListServices' && input.nextToken ? { error: 'AccessDeniedException' } : undefined;

    expect(await cluster()).toMatchObject({
      failure: 'ListServices: AccessDeniedException: refused',
      deployments: [{ workload: 'ecs/prod/web' }],
    });
  });

  it('a hundred tasks have a fault: some are named, the rest counted', async () => {
    const tasks = Array.from({ length: 100 }, (_, each) =>
      aTask({ service: `s${each}`, digest: null }),
    );
    ecs.clusters.set('prod', tasks);

    expect((await cluster()).failure).toMatch(/^(.*: no digest; ){10}and 90 more$/);
  });
});

it('sees the other clusters when one refuses', async () => {
  ecs.clusters.set('prod', [aTask()]);
  ecs.clusters.set('secret', [aTask({ cluster: 'secret' })]);
  ecs.refuse = ({ name, input }) =>
    name === 'ListTasks' && String(input.cluster).endsWith('/secret')
      ? { error: 'AccessDeniedException', message: 'not you' }
      : undefined;

  expect((await list()).map(({ scope, failure }) => [scope, failure])).toEqual([
    ['ecs/us-east-1', null],
    ['ecs/us-east-1/prod', null],
    ['ecs/us-east-1/secret', 'ListTasks: AccessDeniedException: not you'],
  ]);
});

it('calls the region not seen when its clusters are not all listed', async () => {
  ecs.clusters.set('prod', [aTask()]);
  ecs.clusters.set('next', []);
  ecs.pageSize = 1;
  ecs.refuse = ({ name, input }) =>
    name === 'ListClusters' && input.nextToken ? { error: 'AccessDeniedException' } : undefined;

  expect((await list()).map(({ scope, failure }) => [scope, failure])).toEqual([
    ['ecs/us-east-1', 'ListClusters: AccessDeniedException: refused'],
    ['ecs/us-east-1/prod', null],
  ]);
});

it.each([
  ['once', 1, null],
  ['for good', Number.POSITIVE_INFINITY, 'DescribeTasks: ThrottlingException: Rate exceeded'],
])('tries again when it is throttled %s', async (_how, times, failure) => {
  ecs.clusters.set('prod', [aTask()]);
  let left = times;
  ecs.refuse = ({ name }) =>
    name === 'DescribeTasks' && left-- > 0
      ? { error: 'ThrottlingException', message: 'Rate exceeded' }
      : undefined;

  const scope = await cluster();

  expect(scope.failure).toBe(failure);
  expect(scope.deployments).toHaveLength(failure ? 0 : 1);
  expect(ecs.calls.filter(({ name }) => name === 'DescribeTasks').length).toBeGreaterThan(1);
});
