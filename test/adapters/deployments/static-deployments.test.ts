import { describe, expect, it } from 'vitest';
import { createStaticDeployments } from '../../../adapters/deployments/static-deployments.ts';
import { anImageOf, createFakeRegistry, type FakeRegistry } from '../../support/fake-ports.ts';

const WEB = { workload: 'vm/web', container: 'web', platform: 'linux/amd64' };

it('runs what each tag points at when it is asked, or what it is pinned to', async () => {
  const registry = createFakeRegistry();
  const [first, second] = [await anImageOf(), await anImageOf({ root: true })];
  registry.push('r.test/web:1', first);
  const source = createStaticDeployments({
    registry,
    deployments: [
      { ...WEB, image: 'r.test/web:1' },
      { ...WEB, workload: 'vm/pinned', image: `r.test/web:1@${first.digest}` },
      { ...WEB, workload: 'vm/bare', image: `r.test/web@${first.digest}` },
    ],
  });
  registry.push('r.test/web:1', second);

  expect(await source.list()).toEqual([
    {
      scope: 'static',
      failure: null,
      deployments: [
        { ...WEB, reference: 'r.test/web:1', digest: second.digest },
        { ...WEB, workload: 'vm/pinned', reference: 'r.test/web:1', digest: first.digest },
        { ...WEB, workload: 'vm/bare', reference: 'r.test/web', digest: first.digest },
      ],
    },
  ]);
});

it('is not seen whole when an image cannot be resolved, and keeps the others', async () => {
  const registry = createFakeRegistry();
  registry.push('r.test/web:1', await anImageOf());
  registry.unreachable.add('down.test');
  const source = createStaticDeployments({
    registry,
    deployments: [
      { ...WEB, image: 'r.test/web:1' },
      { ...WEB, workload: 'vm/gone', image: 'r.test/gone:1' },
      { ...WEB, workload: 'vm/down', image: 'down.test/web:1' },
    ],
  });

  expect(await source.list()).toMatchObject([
    {
      failure: expect.stringMatching(
        /vm\/down web \(down\.test\/web:1\): RegistryUnavailableError.*vm\/gone web \(r\.test\/gone:1\): ImageNotFoundError/,
      ),
      deployments: [{ workload: 'vm/web' }],
    },
  ]);
});

describe('a pattern of tags', () => {
  const APP = { workload: 'vm/app', container: 'app', platform: 'linux/amd64' };
  const SCOPE = 'static/vm/app/app/linux/amd64';
  const signature = `sha256-${'a'.repeat(64)}.sig`;

  async function list(image: string, prepare: (registry: FakeRegistry) => void = () => {}) {
    const registry = createFakeRegistry();
    registry.push('r.test/app:prod-eu', await anImageOf());
    registry.push('r.test/app:prod-us', await anImageOf({ root: true }));
    registry.push('r.test/app:dev', await anImageOf());
    registry.push(`r.test/app:${signature}`, await anImageOf());
    registry.push('r.test/web:1', await anImageOf());
    prepare(registry);
    const deployments = [
      { ...APP, image },
      { ...WEB, image: 'r.test/web:1' },
    ];
    return createStaticDeployments({ registry, deployments }).list();
  }

  it('is a workload for each tag that it matches, running what the tag points at', async () => {
    const [eu, us] = [await anImageOf(), await anImageOf({ root: true })];
    expect(await list('r.test/app:prod*')).toMatchObject([
      { scope: 'static', failure: null, deployments: [{ workload: 'vm/web' }] },
      {
        scope: SCOPE,
        failure: null,
        deployments: [
          {
            ...APP,
            workload: 'vm/app:prod-eu',
            reference: 'r.test/app:prod-eu',
            digest: eu.digest,
          },
          {
            ...APP,
            workload: 'vm/app:prod-us',
            reference: 'r.test/app:prod-us',
            digest: us.digest,
          },
        ],
      },
    ]);
  });

  it('does not take signatures for what runs', async () => {
    const [, scope] = await list('r.test/app:*');
    expect(scope?.deployments.map(({ workload }) => workload)).toEqual([
      'vm/app:dev',
      'vm/app:prod-eu',
      'vm/app:prod-us',
    ]);
  });

  it('that matches nothing is said, and alone in that', async () => {
    expect(await list('r.test/app:live*')).toMatchObject([
      { scope: 'static', failure: null },
      {
        scope: SCOPE,
        failure: 'no tag matches r.test/app:live*: push one, or correct the entry of vm/app',
        deployments: [],
      },
    ]);
  });

  it('that matches a whole history is said', async () => {
    const image = await anImageOf();
    const [, scope] = await list('r.test/app:v*', (registry) => {
      for (let each = 0; each < 501; each++) registry.push(`r.test/app:v${each}`, image);
    });
    expect(scope).toMatchObject({
      failure: '501 tags match r.test/app:v*, more than 500: narrow it',
      deployments: [],
    });
  });

  it('whose repository cannot be read is not seen', async () => {
    const [, scope] = await list('down.test/app:prod*', ({ unreachable }) =>
      unreachable.add('down.test'),
    );
    expect(scope?.failure).toContain('vm/app (down.test/app:prod*): RegistryUnavailableError');
  });

  it('keeps the tags that can be asked when one cannot', async () => {
    const [, scope] = await list('r.test/app:prod*', (registry) => {
      registry.beforeResolve = async (name) => {
        if (name.endsWith('prod-us')) throw new Error('429');
      };
    });
    expect(scope).toMatchObject({
      failure: 'vm/app:prod-us (r.test/app:prod*): Error: 429',
      deployments: [{ workload: 'vm/app:prod-eu' }],
    });
  });
});
