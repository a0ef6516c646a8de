import { expect, it } from 'vitest';
import { checkDeployments } from '../../actions/checks/deployment-checks.ts';
import { checkTags } from '../../actions/checks/registry-checks.ts';
import { runSelfChecks, type SelfCheck } from '../../actions/self-check.ts';
import { passed } from '../../core/diagnosis/check-line.ts';
import { AccessDeniedError } from '../../core/image/errors.ts';

const request = { images: [] };
const fine: SelfCheck = {
  subject: 'fine',
  remedy: '',
  attempt: async () => [passed('fine', 'is')],
};

it('gives each check its line, whatever becomes of the others', async () => {
  const throwing: SelfCheck = {
    subject: 'throwing',
    remedy: 'do this',
    attempt: async () => {
      throw new Error('no');
    },
  };
  const hanging: SelfCheck = {
    subject: 'hanging',
    remedy: '',
    attempt: () => new Promise(() => {}),
  };

  expect(await runSelfChecks([throwing, fine, hanging], request, 10)).toEqual([
    { subject: 'throwing', ok: false, detail: 'Error: no', remedy: 'do this' },
    passed('fine', 'is'),
    {
      subject: 'hanging',
      ok: false,
      detail: 'CheckTimedOutError: no answer within 0.01 seconds',
      remedy: expect.stringContaining('firewall'),
    },
  ]);
});

it('says by the name of an error what to do', async () => {
  const registry = {
    resolve: async ({ tag = '' }) => {
      if (tag === 'private') throw new AccessDeniedError('401');
      return { digest: `sha256:${'a'.repeat(64)}`, mediaType: '' };
    },
  };

  const lines = await runSelfChecks(
    [checkTags(registry, ['r.example/a:private', 'r.example/a:public', 'nonsense'])],
    request,
  );

  expect(lines).toEqual([
    expect.objectContaining({ ok: false, remedy: expect.stringContaining('credentials') }),
    passed('tag r.example/a:public', `points at sha256:${'a'.repeat(64)}`),
    expect.objectContaining({
      ok: false,
      detail: expect.stringContaining('invalid image reference'),
    }),
  ]);
});

it('has a line for each scope, and samples one image a registry', async () => {
  const digest = `sha256:${'b'.repeat(64)}`;
  const deployment = { workload: 'w', container: 'c', digest, platform: 'linux/amd64' };
  let listed = 0;
  const source = {
    list: async () => {
      listed++;
      return [
        {
          scope: 'ecs/r/a',
          failure: null,
          deployments: [
            { ...deployment, reference: 'r.example/a:1' },
            { ...deployment, reference: 'r.example/b:1' },
            { ...deployment, reference: 's.example/c:1' },
          ],
        },
        { scope: 'lambda/r', failure: 'AccessDenied', deployments: [] },
      ];
    },
  };
  const { check, sampleImages } = checkDeployments(source);

  const lines = await runSelfChecks([check], request);

  expect(lines).toEqual([
    passed('ecs/r/a', '3 containers'),
    expect.objectContaining({ subject: 'lambda/r', ok: false, detail: 'AccessDenied' }),
  ]);
  expect(sampleImages()).toEqual([`r.example/a:1@${digest}`, `s.example/c:1@${digest}`]);
  expect(listed, 'one listing serves both').toBe(1);
});

it('is no calm answer when nobody is asked what runs', async () => {
  const { check } = checkDeployments({ list: async () => [] });
  const [line] = await runSelfChecks([check], request);
  expect(line).toMatchObject({ ok: false, detail: 'nobody is asked' });
});
