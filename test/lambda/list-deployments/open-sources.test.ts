import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { combineDeployments } from '../../../adapters/deployments/combine-deployments.ts';
import { openSources } from '../../../lambda/list-deployments/open-sources.ts';
import { aTask, type FakeEcs, startFakeEcs } from '../../support/fake-ecs.ts';
import { type FakeSts, startFakeSts } from '../../support/fake-sts.ts';

const SHOP = {
  name: 'shop',
  region: 'eu-west-1',
  role: 'arn:aws:iam::222222222222:role/shop',
  externalId: 'tidewatch',
};
const BANK = { name: 'bank', region: 'eu-west-1', role: 'arn:aws:iam::333333333333:role/bank' };
const DR = { name: 'dr', region: 'eu-north-1' };

let ecs: FakeEcs;
let sts: FakeSts;
beforeEach(async () => {
  ecs = await startFakeEcs();
  sts = await startFakeSts();
  ecs.clusters.set('prod', [aTask()]);
  // As a function's environment says where calls go.
  vi.stubEnv('AWS_ENDPOINT_URL_ECS', ecs.options.endpoint ?? '');
  vi.stubEnv('AWS_ENDPOINT_URL_STS', sts.options.endpoint ?? '');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await ecs[Symbol.asyncDispose]();
  await sts[Symbol.asyncDispose]();
});

/** What all places come to: scope, failure, workloads. */
async function list(...elsewhere: Parameters<typeof openSources>[1]) {
  const { endpoint: _, ...options } = ecs.options;
  const sources = openSources(['ecs'], elsewhere, options);
  const scopes = await combineDeployments(sources).list();
  return scopes.map(({ scope, failure, deployments }) => [
    scope,
    failure,
    deployments.map(({ workload }) => workload).join(),
  ]);
}

const HOME = [
  ['ecs/us-east-1', null, ''],
  ['ecs/us-east-1/prod', null, 'ecs/prod/web'],
];

describe('what runs elsewhere', () => {
  it('is listed under the name of its place, with the credentials of its role or the own', async () => {
    expect(await list(SHOP, DR)).toEqual([
      ...HOME,
      ['ecs/shop:eu-west-1', null, ''],
      ['ecs/shop:eu-west-1/prod', null, 'ecs/shop:prod/web'],
      ['ecs/dr:eu-north-1', null, ''],
      ['ecs/dr:eu-north-1/prod', null, 'ecs/dr:prod/web'],
    ]);
    const signed = new Set(ecs.calls.map(({ accessKeyId }) => accessKeyId));
    expect([...signed].sort()).toEqual(['embedded', 'shop-1']);
    expect(sts.calls).toMatchObject([{ RoleArn: SHOP.role, ExternalId: SHOP.externalId }]);
  });

  it.each([
    ['AccessDenied', 403],
    ['Throttling', 400],
  ])('fails alone when STS answers %s', async (code, status) => {
    sts.refuse = (role) => (role === BANK.role ? { code, status } : undefined);

    expect(await list(BANK, SHOP)).toEqual([
      ...HOME,
      [
        'ecs/bank:eu-west-1',
        `ListClusters: RoleNotAssumedError: ${BANK.role}: ${code}: not you`,
        '',
      ],
      ['ecs/shop:eu-west-1', null, ''],
      ['ecs/shop:eu-west-1/prod', null, 'ecs/shop:prod/web'],
    ]);
  });

  it('fails alone when its role may not list', async () => {
    ecs.refuse = ({ accessKeyId }) =>
      accessKeyId.startsWith('shop') ? { error: 'AccessDeniedException' } : undefined;

    expect(await list(SHOP)).toEqual([
      ...HOME,
      ['ecs/shop:eu-west-1', 'ListClusters: AccessDeniedException: refused', ''],
    ]);
  });
});
