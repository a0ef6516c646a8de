import type { IncomingHttpHeaders } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { combineDeployments } from '../../../adapters/deployments/combine-deployments.ts';
import {
  type AskedSources,
  type Elsewhere,
  openSources,
} from '../../../lambda/list-deployments/open-sources.ts';
import { aTask, type FakeEcs, startFakeEcs } from '../../support/fake-ecs.ts';
import { aPod, type FakeEks, startFakeEks } from '../../support/fake-eks.ts';
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
let eks: FakeEks;
let sts: FakeSts;
beforeEach(async () => {
  ecs = await startFakeEcs();
  eks = await startFakeEks();
  sts = await startFakeSts();
  ecs.clusters.set('prod', [aTask()]);
  // As a function's environment says where calls go.
  vi.stubEnv('AWS_ENDPOINT_URL_ECS', ecs.options.endpoint ?? '');
  vi.stubEnv('AWS_ENDPOINT_URL_EKS', eks.endpoint);
  vi.stubEnv('AWS_ENDPOINT_URL_STS', sts.options.endpoint ?? '');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await ecs[Symbol.asyncDispose]();
  await eks[Symbol.asyncDispose]();
  await sts[Symbol.asyncDispose]();
});

type Place = Omit<Elsewhere, 'eks'> & Partial<Elsewhere>;

/** What ECS comes to in all places: scope, failure, workloads. */
function list(...elsewhere: Place[]) {
  return listAll({ sources: ['ecs'], eks: [], elsewhere });
}

async function listAll(
  asked: Omit<AskedSources, 'elsewhere'> & { readonly elsewhere: readonly Place[] },
) {
  const { endpoint: _, ...options } = ecs.options;
  const elsewhere = asked.elsewhere.map((each) => ({ eks: [], ...each }));
  const sources = openSources({ ...asked, elsewhere }, options);
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

describe('what runs in clusters of EKS elsewhere', () => {
  beforeEach(() => {
    eks.prod.pods = [aPod({ owner: { kind: 'StatefulSet', name: 'db' } })];
  });

  it('is listed under the name of its place, for whom its role lets in', async () => {
    const asked = { sources: [], eks: ['prod'], elsewhere: [{ ...SHOP, eks: ['prod'] }, DR] };

    expect(await listAll(asked)).toEqual([
      ['eks/us-east-1/prod', null, 'eks/prod/shop/StatefulSet/db'],
      ['eks/shop:eu-west-1/prod', null, 'eks/shop:prod/shop/StatefulSet/db'],
    ]);
    const described = eks.calls.filter(({ name }) => name === 'GET /clusters/prod');
    expect(described.map(({ accessKeyId }) => accessKeyId).sort()).toEqual(['embedded', 'shop-1']);
    const identities = new Set(eks.calls.flatMap(({ headers }) => identityOf(headers) ?? []));
    expect([...identities].sort()).toEqual(['embedded us-east-1', 'shop-1 eu-west-1']);
  });

  it('fails alone when its role may not be assumed', async () => {
    sts.refuse = (role) => (role === BANK.role ? { code: 'AccessDenied', status: 403 } : undefined);
    const elsewhere = [
      { ...BANK, eks: ['prod'] },
      { ...SHOP, eks: ['lost', 'prod'] },
    ];

    expect(await listAll({ sources: [], eks: [], elsewhere })).toEqual([
      [
        'eks/bank:eu-west-1/prod',
        `DescribeCluster: RoleNotAssumedError: ${BANK.role}: AccessDenied: not you`,
        '',
      ],
      [
        'eks/shop:eu-west-1/lost',
        'DescribeCluster: ResourceNotFoundException: No cluster found for name: lost.',
        '',
      ],
      ['eks/shop:eu-west-1/prod', null, 'eks/shop:prod/shop/StatefulSet/db'],
    ]);
  });
});

/** Whom a cluster takes a token's bearer for: who signed it, and of which region STS is asked. */
function identityOf({ authorization = '' }: IncomingHttpHeaders): string | undefined {
  const token = /^Bearer k8s-aws-v1\.(.+)$/.exec(authorization)?.[1];
  if (token === undefined) return undefined;
  const { searchParams } = new URL(Buffer.from(token, 'base64url').toString('utf8'));
  const [key, , region] = searchParams.get('X-Amz-Credential')?.split('/') ?? [];
  return `${key} ${region}`;
}
