import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DeploymentScope } from '../../../actions/ports.ts';
import { createLambdaClient } from '../../../adapters/aws/create-aws-clients.ts';
import { createLambdaDeployments } from '../../../adapters/aws/lambda-deployments.ts';
import {
  answerLambda,
  type EmbeddedFunction,
  FUNCTIONS,
} from '../../../local/cloud/orchestrators/lambda-api.ts';
import {
  type AwsAnswer,
  type AwsCall,
  type AwsServer,
  startAwsServer,
} from '../../support/aws-server.ts';
import { digestLike } from '../../support/fake-ecs.ts';

const REPOSITORY = '123456789012.dkr.ecr.us-east-1.amazonaws.com/jobs';

type Fn = EmbeddedFunction;

let functions: Map<string, Fn>;
let pageSize: number;
let refuse: (call: AwsCall) => AwsAnswer | undefined;
let server: AwsServer;
beforeEach(async () => {
  functions = new Map();
  pageSize = 50;
  refuse = () => undefined;
  server = await startAwsServer(
    (call) => refuse(call) ?? answerLambda({ functions }, call, pageSize),
  );
});
afterEach(() => server[Symbol.asyncDispose]());

function codeOf(digit: string, reference = `${REPOSITORY}:1`) {
  const [repository = ''] = reference.split(/[:@]/);
  return {
    RepositoryType: 'ECR',
    ImageUri: reference,
    ResolvedImageUri: `${repository}@${digestLike(digit)}`,
  };
}

async function scope(place?: string): Promise<DeploymentScope> {
  const client = createLambdaClient(server.options);
  const [only, ...more] = await createLambdaDeployments(client, place).list();
  client.destroy();
  if (!only || more.length > 0) throw new Error('expected one scope');
  return only;
}

describe('what runs in Lambda', () => {
  it('is each function that is an image, with its digest and platform', async () => {
    functions.set('zip', { PackageType: 'Zip' });
    functions.set('jobs', { Architectures: ['arm64'], Code: codeOf('a') });
    functions.set('old', { Code: codeOf('b', `${REPOSITORY}@${digestLike('b')}`) });

    expect(await scope()).toEqual({
      scope: 'lambda/us-east-1',
      failure: null,
      deployments: [
        {
          workload: 'lambda/jobs',
          container: 'function',
          reference: `${REPOSITORY}:1`,
          digest: digestLike('a'),
          platform: 'linux/arm64',
        },
        {
          workload: 'lambda/old',
          container: 'function',
          reference: REPOSITORY,
          digest: digestLike('b'),
          platform: 'linux/amd64',
        },
      ],
    });
    expect(server.calls.map(({ name }) => name)).not.toContain(`GET ${FUNCTIONS}/zip`);
  });

  it('is what aliases point to as well, each image once, the newest first', async () => {
    functions.set('jobs', {
      Code: codeOf('a'),
      versions: {
        1: { Code: codeOf('d') },
        2: { Code: codeOf('b') },
        9: { Code: codeOf('a') },
        10: { Code: codeOf('c'), Architectures: ['x86_64'] },
      },
      aliases: [
        { Name: 'blue', FunctionVersion: '2' },
        {
          Name: 'live',
          FunctionVersion: '9',
          RoutingConfig: { AdditionalVersionWeights: { 10: 0.1 } },
        },
        { Name: 'newest', FunctionVersion: '$LATEST' },
      ],
    });
    pageSize = 2;

    const { failure, deployments } = await scope();

    expect(failure).toBeNull();
    expect(deployments.map(({ workload, digest }) => [workload, digest])).toEqual(
      ['a', 'c', 'b'].map((digit) => ['lambda/jobs', digestLike(digit)]),
    );
  });

  it('may be of another platform behind an alias', async () => {
    functions.set('jobs', {
      Code: codeOf('a'),
      versions: { 1: { Code: codeOf('b'), Architectures: ['arm64'] } },
      aliases: [{ Name: 'live', FunctionVersion: '1' }],
    });

    expect((await scope()).deployments).toMatchObject([
      { digest: digestLike('a'), platform: 'linux/amd64' },
      { digest: digestLike('b'), platform: 'linux/arm64' },
    ]);
  });

  it('is read over all pages', async () => {
    for (let each = 0; each < 7; each++) functions.set(`f${each}`, { Code: codeOf('a') });
    pageSize = 3;

    expect((await scope()).deployments).toHaveLength(7);
  });

  it('stands apart by its place’s name when it is in another account or region', async () => {
    functions.set('jobs', { Code: codeOf('a') });

    expect(await scope('shop')).toMatchObject({
      scope: 'lambda/shop:us-east-1',
      deployments: [{ workload: 'lambda/shop:jobs' }],
    });
  });

  it('does not miss a function that was deleted meanwhile', async () => {
    functions.set('jobs', { Code: codeOf('a') });
    functions.set('gone', {});
    refuse = ({ name }) =>
      name.includes('/gone') ? { error: 'ResourceNotFoundException', status: 404 } : undefined;

    expect(await scope()).toMatchObject({ failure: null, deployments: [{}] });
  });
});

describe('Lambda is not seen whole, and keeps what was seen, when', () => {
  const refused = 'lambda/odd: GetFunction: AccessDeniedException: refused';
  it.each<[string, Fn, AwsAnswer | undefined, string]>([
    ['a function is refused', {}, { error: 'AccessDeniedException', status: 403 }, refused],
    ['a function has no digest', { Code: { ImageUri: `${REPOSITORY}:1` } }, undefined, 'no digest'],
    ['a function has no image', {}, undefined, 'lambda/odd (undefined): no image reference'],
    [
      'an architecture is not known',
      { Architectures: ['riscv64'], Code: codeOf('a') },
      undefined,
      'lambda/odd: unknown architecture',
    ],
  ])('%s', async (_what, odd, answer, failure) => {
    functions.set('jobs', { Code: codeOf('a') });
    functions.set('odd', odd);
    refuse = ({ name }) => (name.endsWith('/odd') ? answer : undefined);

    const { failure: told, deployments } = await scope();

    expect(told).toContain(failure);
    expect(deployments.map(({ workload }) => workload)).toEqual(['lambda/jobs']);
  });

  it.each([
    ['ListAliases', '/jobs/aliases', 'lambda/jobs: ListAliases: AccessDeniedException: refused'],
    ['a version', '?1', 'version 1 of lambda/jobs: GetFunction: AccessDeniedException: refused'],
  ])('%s is refused', async (_what, refused, failure) => {
    functions.set('jobs', {
      Code: codeOf('a'),
      versions: { 1: { Code: codeOf('b') } },
      aliases: [{ Name: 'live', FunctionVersion: '1' }],
    });
    refuse = ({ name, query }) =>
      name.endsWith(refused) || `?${query.get('Qualifier')}` === refused
        ? { error: 'AccessDeniedException', status: 403 }
        : undefined;

    expect(await scope()).toMatchObject({ failure, deployments: [{ digest: digestLike('a') }] });
  });

  it('the list of aliases breaks off, or a version has no digest', async () => {
    functions.set('jobs', {
      Code: codeOf('a'),
      versions: { 1: { Code: { ImageUri: `${REPOSITORY}:1` } }, 2: { Code: codeOf('b') } },
      aliases: [
        { Name: 'live', FunctionVersion: '1' },
        { Name: 'next', FunctionVersion: '2' },
      ],
    });
    pageSize = 1;
    refuse = ({ query }) =>
      query.get('Marker') ? { error: 'ServiceException', status: 500 } : undefined;

    expect(await scope()).toMatchObject({
      failure: `lambda/jobs: ListAliases: ServiceException: refused; version 1 of lambda/jobs (${REPOSITORY}:1): no digest`,
      deployments: [{ digest: digestLike('a') }],
    });
  });

  it('the list breaks off', async () => {
    functions.set('jobs', { Code: codeOf('a') });
    functions.set('next', { Code: codeOf('a') });
    pageSize = 1;
    refuse = ({ query }) =>
      query.get('Marker') ? { error: 'ServiceException', status: 500 } : undefined;

    expect(await scope()).toMatchObject({
      failure: 'ListFunctions: ServiceException: refused',
      deployments: [{ workload: 'lambda/jobs' }],
    });
  });
});

it('tries again when it is throttled', async () => {
  functions.set('jobs', { Code: codeOf('a') });
  let left = 2;
  refuse = () => (left-- > 0 ? { error: 'TooManyRequestsException', status: 429 } : undefined);

  expect(await scope()).toMatchObject({ failure: null, deployments: [{}] });
});
