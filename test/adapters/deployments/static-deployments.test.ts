import { expect, it } from 'vitest';
import { createStaticDeployments } from '../../../adapters/deployments/static-deployments.ts';
import { anImageOf, createFakeRegistry } from '../../support/fake-ports.ts';

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
