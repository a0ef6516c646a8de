import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DeploymentScope } from '../../../actions/ports.ts';
import { createSendKubernetes } from '../../../adapters/kubernetes/send-kubernetes.ts';
import { refusal } from '../../../local/cloud/orchestrators/kubernetes-api.ts';
import type { JsonAnswer, JsonCall } from '../../../local/cloud/start-json-server.ts';
import { digestLike } from '../../support/fake-ecs.ts';
import {
  aNode,
  anOwned,
  aPod,
  type FakeEks,
  type PodSpec,
  startFakeEks,
} from '../../support/fake-eks.ts';
import { makeTlsIdentity } from '../../support/tls-identity.ts';

let eks: FakeEks;
beforeEach(async () => {
  eks = await startFakeEks();
});
afterEach(() => eks[Symbol.asyncDispose]());

const STATEFUL = { kind: 'StatefulSet', name: 'db' };

/** What the only cluster came to. */
async function cluster(): Promise<DeploymentScope> {
  const [scope, ...more] = await eks.list();
  if (!scope || more.length > 0) throw new Error('expected one scope');
  return scope;
}

async function workloads(): Promise<string[]> {
  const { failure, deployments } = await cluster();
  expect(failure).toBeNull();
  return deployments.map(({ workload, container }) => `${workload} ${container}`);
}

describe('what runs in EKS', () => {
  it('is each pod’s container with its digest and its node’s platform', async () => {
    eks.prod.pods = [
      aPod({ owner: STATEFUL }),
      aPod({
        owner: { kind: 'DaemonSet', name: 'agent' },
        namespace: 'kube-system',
        node: 'arm',
        containers: [{ name: 'agent', image: 'r.test/agent:2', digest: digestLike('b') }],
      }),
    ];

    expect(await eks.list()).toEqual([
      {
        scope: 'eks/us-east-1/prod',
        failure: null,
        deployments: [
          {
            workload: 'eks/prod/kube-system/DaemonSet/agent',
            container: 'agent',
            reference: 'r.test/agent:2',
            digest: digestLike('b'),
            platform: 'linux/arm64',
            count: 1,
          },
          {
            workload: 'eks/prod/shop/StatefulSet/db',
            container: 'app',
            reference: 'r.test/web:1',
            digest: digestLike('a'),
            platform: 'linux/amd64',
            count: 1,
          },
        ],
        idle: [],
      },
    ]);
  });

  it('is read over all pages, whose number does not grow with the workloads', async () => {
    const names = Array.from({ length: 1203 }, (_, each) => `web-${each}`);
    eks.prod.pods = names.map((name) => aPod({ owner: { kind: 'ReplicaSet', name } }));
    eks.prod.replicasets = names.map((name) =>
      anOwned(name, { kind: 'Deployment', name: `of-${name}` }),
    );

    expect((await cluster()).deployments).toHaveLength(1203);
    const asked = eks.calls.map(({ path }) => path.slice(path.lastIndexOf('/') + 1));
    expect(asked.filter((each) => each === 'pods')).toHaveLength(3);
    expect(asked.filter((each) => each === 'replicasets')).toHaveLength(3);
    expect(asked.filter((each) => each === 'jobs')).toHaveLength(1);
  });

  it('is one deployment for all replicas, and one for each image while a rollout is under way', async () => {
    const [older, newer] = [digestLike('0'), digestLike('f')];
    eks.prod.pods = [
      aPod({ owner: STATEFUL, containers: [{ digest: older }], startTime: '2026-03-01T00:00:00Z' }),
      aPod({ owner: STATEFUL, containers: [{ digest: newer }], startTime: '2026-03-03T00:00:00Z' }),
      aPod({ owner: STATEFUL, containers: [{ digest: older }], startTime: '2026-03-02T00:00:00Z' }),
    ];

    const { deployments } = await cluster();

    expect(deployments.map(({ digest, count }) => [digest, count])).toEqual([
      [newer, 1],
      [older, 2],
    ]);
  });

  it('belongs to what somebody deployed, not to what stands between', async () => {
    eks.prod.pods = [
      aPod({ owner: { kind: 'ReplicaSet', name: 'web-7f' } }),
      aPod({ owner: { kind: 'ReplicaSet', name: 'alone' } }),
      aPod({ owner: { kind: 'ReplicaSet', name: 'canary-1' } }),
      aPod({ owner: { kind: 'Job', name: 'clean-29' } }),
      aPod({ owner: { kind: 'Job', name: 'once' } }),
      aPod({ owner: { kind: 'Kafka', name: 'events', apiVersion: 'kafka.test/v1' } }),
      aPod({ owner: { kind: 'ReplicaSet', name: 'others', apiVersion: 'x.test/v1' } }),
      aPod({ name: 'bare' }),
    ];
    eks.prod.replicasets = [
      anOwned('web-7f', { kind: 'Deployment', name: 'web' }),
      anOwned('alone'),
      anOwned('canary-1', { kind: 'Rollout', name: 'canary', apiVersion: 'argoproj.io/v1' }),
    ];
    eks.prod.jobs = [anOwned('clean-29', { kind: 'CronJob', name: 'clean' }), anOwned('once')];

    expect(await workloads()).toEqual([
      'eks/prod/shop/CronJob/clean app',
      'eks/prod/shop/Deployment/web app',
      'eks/prod/shop/Job/once app',
      'eks/prod/shop/Kafka/events app',
      'eks/prod/shop/Pod/bare app',
      'eks/prod/shop/ReplicaSet/alone app',
      'eks/prod/shop/ReplicaSet/others app',
      'eks/prod/shop/Rollout/canary app',
    ]);
  });

  it('is over when its owner was deleted since, even if another has its name', async () => {
    eks.prod.pods = [
      aPod({ owner: { kind: 'ReplicaSet', name: 'gone' } }),
      aPod({ owner: { kind: 'Job', name: 'again' } }),
    ];
    eks.prod.jobs = [anOwned('again', undefined, 'shop', 'another uid')];

    expect(await workloads()).toEqual([]);
  });

  it.each([
    ['r.test/web:1', 'r.test/web@sha256:', 'r.test/web:1'],
    ['r.test/web:1', 'docker-pullable://r.test/web@sha256:', 'r.test/web:1'],
    ['nginx', 'docker.io/library/nginx@sha256:', 'docker.io/library/nginx:latest'],
    [`r.test/web@${digestLike('b')}`, 'r.test/web@sha256:', 'r.test/web'],
    ['r.test/web:1', 'mirror.test:5000/web@sha256:', 'r.test/web:1'],
  ])('reads %s, running as %s…, as %s', async (image, prefix, reference) => {
    const imageID = `${prefix}${'a'.repeat(64)}`;
    eks.prod.pods = [aPod({ owner: STATEFUL, containers: [{ image, imageID }] })];

    expect(await cluster()).toMatchObject({
      failure: null,
      deployments: [{ reference, digest: digestLike('a') }],
    });
  });

  it('takes the digest that the image was pinned to where only an id is told', async () => {
    const image = `r.test/web:1@${digestLike('c')}`;
    eks.prod.pods = [aPod({ owner: STATEFUL, containers: [{ image, imageID: digestLike('d') }] })];

    expect(await cluster()).toMatchObject({
      failure: null,
      deployments: [{ digest: digestLike('c') }],
    });
  });

  it('counts init containers, done or not, and ephemeral ones that still run', async () => {
    const done = { terminated: { exitCode: 0 } };
    eks.prod.pods = [
      aPod({
        owner: STATEFUL,
        init: [{ name: 'migrate', state: done }, { name: 'proxy' }],
        ephemeral: [{ name: 'debug' }, { name: 'debug-before', state: done }],
      }),
    ];

    expect(await workloads()).toEqual(
      ['app', 'debug', 'migrate', 'proxy'].map((each) => `eks/prod/shop/StatefulSet/db ${each}`),
    );
  });

  it('counts what crashes again and again, and no pod that is over', async () => {
    const crashing = { waiting: { reason: 'CrashLoopBackOff' } };
    eks.prod.pods = [
      aPod({ owner: STATEFUL, containers: [{ state: crashing }] }),
      aPod({ name: 'done', phase: 'Succeeded' }),
      aPod({ name: 'evicted', phase: 'Failed' }),
    ];

    expect(await workloads()).toEqual(['eks/prod/shop/StatefulSet/db app']);
  });

  it('counts a CronJob that is not due by what it ran last', async () => {
    const run = (job: string, startTime: string, digit: string, phase = 'Succeeded') =>
      aPod({
        owner: { kind: 'Job', name: job },
        containers: [{ digest: digestLike(digit) }],
        phase,
        startTime,
      });
    eks.prod.jobs = ['clean-1', 'clean-2'].map((each) =>
      anOwned(each, { kind: 'CronJob', name: 'clean' }),
    );
    eks.prod.pods = [
      run('clean-2', '2026-03-02T00:00:00Z', 'b'),
      run('clean-1', '2026-03-01T00:00:00Z', 'a'),
    ];
    expect(await cluster()).toMatchObject({ deployments: [{ digest: digestLike('b') }] });

    eks.prod.pods.push(run('clean-2', '2026-03-01T12:00:00Z', 'c', 'Running'));
    expect(await cluster()).toMatchObject({ deployments: [{ digest: digestLike('c') }] });
  });
});

describe('a workload that runs nothing now', () => {
  it('is there as long as a ReplicaSet or a Job of it is', async () => {
    eks.prod.replicasets = [
      anOwned('web-7f', { kind: 'Deployment', name: 'web' }),
      anOwned('web-6e', { kind: 'Deployment', name: 'web' }),
      anOwned('web-7f', { kind: 'Deployment', name: 'web' }, 'bank', 'another uid'),
      anOwned('alone'),
    ];
    eks.prod.jobs = [anOwned('clean-29', { kind: 'CronJob', name: 'clean' }), anOwned('once')];

    expect(await cluster()).toEqual({
      scope: 'eks/us-east-1/prod',
      failure: null,
      deployments: [],
      idle: [
        'eks/prod/bank/Deployment/web',
        'eks/prod/shop/CronJob/clean',
        'eks/prod/shop/Deployment/web',
        'eks/prod/shop/Job/once',
        'eks/prod/shop/ReplicaSet/alone',
      ],
    });
  });

  it('is there while a pod of it waits for a node, and gone when its last is over', async () => {
    const conditions = [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable' }];
    eks.prod.pods = [
      aPod({
        owner: STATEFUL,
        phase: 'Pending',
        node: null,
        containers: [],
        status: { conditions },
      }),
      aPod({ name: 'done', phase: 'Succeeded' }),
      aPod({ owner: { kind: 'DaemonSet', name: 'agent' }, phase: 'Failed' }),
    ];

    expect(await cluster()).toMatchObject({
      failure: null,
      deployments: [],
      idle: ['eks/prod/shop/StatefulSet/db'],
    });
  });

  it('is not known where the list of its ReplicaSets fails: nothing is over then', async () => {
    eks.refuse = ({ path }) =>
      path.endsWith('/replicasets') ? refusal(403, 'Forbidden', 'not you') : undefined;

    expect(await cluster()).toMatchObject({ failure: 'GET replicasets: 403 not you' });
  });
});

describe('a pod that has not started', () => {
  const waiting = (reason: string) => ({ imageID: '', state: { waiting: { reason } } });
  const starting: PodSpec = { owner: STATEFUL, containers: [waiting('ContainerCreating')] };

  it('leaves no doubt beside one that runs', async () => {
    eks.prod.pods = [
      aPod({ owner: STATEFUL }),
      aPod(starting),
      aPod({ owner: STATEFUL, phase: 'Pending', node: null, status: { containerStatuses: [] } }),
    ];

    expect(await workloads()).toEqual(['eks/prod/shop/StatefulSet/db app']);
  });

  it.each([
    ['is created', starting, 'eks/prod/shop/StatefulSet/db app (r.test/web:1): no digest'],
    [
      'says nothing yet',
      { ...starting, status: { containerStatuses: null } },
      'eks/prod/shop/StatefulSet/db app (r.test/web:1): not started yet',
    ],
    [
      'is on no node yet',
      { ...starting, node: null, status: { containerStatuses: [] } },
      'eks/prod/shop/StatefulSet/db: unknown platform',
    ],
  ])('leaves its cluster in doubt when it is the only one and %s', async (_how, spec, failure) => {
    eks.prod.pods = [aPod({ phase: 'Pending', ...spec })];

    expect(await cluster()).toMatchObject({ failure, deployments: [] });
  });

  it.each<[string, PodSpec]>([
    ['its image is not to be had', { containers: [waiting('ImagePullBackOff')] }],
    ['it is not configured', { containers: [waiting('CreateContainerConfigError')] }],
    [
      'no node takes it',
      {
        node: null,
        containers: [{}],
        status: {
          containerStatuses: null,
          conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable' }],
        },
      },
    ],
  ])('runs nothing when %s', async (_why, spec) => {
    eks.prod.pods = [aPod({ owner: STATEFUL, phase: 'Pending', ...spec })];

    expect(await workloads()).toEqual([]);
  });
});

describe('a platform', () => {
  const DENIED = 'nodes is forbidden: User "tidewatch" cannot list resource "nodes"';
  const denyNodes = ({ path }: JsonCall) =>
    path.endsWith('/nodes') ? refusal(403, 'Forbidden', DENIED) : undefined;
  const terms = (...values: string[][]) => ({
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: values.map((each) => ({
            matchExpressions: [{ key: 'kubernetes.io/arch', operator: 'In', values: each }],
          })),
        },
      },
    },
  });

  it('is Windows’ too', async () => {
    eks.prod.nodes = [aNode('amd', 'amd64', 'windows')];
    eks.prod.pods = [aPod()];

    expect((await cluster()).deployments).toMatchObject([{ platform: 'windows/amd64' }]);
  });

  it.each([
    ['a selector', { nodeSelector: { 'kubernetes.io/arch': 'arm64' } }, 'linux/arm64'],
    [
      'a selector of its system',
      { nodeSelector: { 'kubernetes.io/arch': 'amd64', 'kubernetes.io/os': 'windows' } },
      'windows/amd64',
    ],
    ['an affinity', terms(['arm64']), 'linux/arm64'],
    ['affinities that agree', terms(['arm64'], ['arm64']), 'linux/arm64'],
  ])('is what %s asks for where nodes may not be listed', async (_what, spec, platform) => {
    eks.refuse = denyNodes;
    eks.prod.pods = [
      aPod({ spec: { containers: [{ name: 'app', image: 'r.test/web:1' }], ...spec } }),
    ];

    expect(await cluster()).toMatchObject({ failure: null, deployments: [{ platform }] });
  });

  it.each([
    ['nothing', {}],
    ['two', terms(['arm64', 'amd64'])],
    ['one or the other', terms(['arm64'], ['amd64'])],
  ])('is not known where nodes may not be listed and %s is asked for', async (_what, spec) => {
    eks.refuse = denyNodes;
    eks.prod.pods = [aPod({ owner: STATEFUL, spec: { containers: [], ...spec } })];

    const { failure, deployments } = await cluster();

    expect(failure).toBe(
      `GET nodes: 403 ${DENIED}; eks/prod/shop/StatefulSet/db: unknown platform`,
    );
    expect(deployments).toEqual([]);
  });
});

describe('a cluster is not seen whole, and keeps what was seen, when', () => {
  it.each<[string, PodSpec, string]>([
    [
      'an image is only an id',
      { containers: [{ imageID: digestLike('d') }] },
      `app (r.test/web:1): ${digestLike('d')} is an image's id, no digest of its registry`,
    ],
    ['an image is no reference', { containers: [{ image: 'r.test/WEB:1' }] }, 'no image reference'],
    ['a running container has no digest', { containers: [{ imageID: '' }] }, 'no digest'],
    ['a node is not there', { node: 'lost' }, 'unknown platform'],
    ['a phase is new', { phase: 'Odd' }, 'GET pods: shop/odd: status.phase: '],
    ['a name would break a key', { owner: { kind: 'A|b', name: 'c' } }, 'no name of Kubernetes'],
  ])('%s', async (_what, odd, failure) => {
    eks.prod.pods = [aPod({ owner: STATEFUL }), aPod({ name: 'odd', ...odd })];

    const scope = await cluster();

    expect(scope.failure).toContain(failure);
    expect(scope.deployments.map(({ workload }) => workload)).toEqual([
      'eks/prod/shop/StatefulSet/db',
    ]);
  });

  it('the owners of its pods are not told', async () => {
    eks.prod.pods = [aPod({ owner: STATEFUL }), aPod({ owner: { kind: 'ReplicaSet', name: 'a' } })];
    eks.refuse = ({ path }) =>
      path.endsWith('/replicasets') ? refusal(403, 'Forbidden', 'not you') : undefined;

    expect(await cluster()).toMatchObject({
      failure: 'GET replicasets: 403 not you',
      deployments: [{ workload: 'eks/prod/shop/StatefulSet/db' }],
    });
  });

  it('its list of pods breaks off', async () => {
    eks.prod.pods = [aPod({ owner: STATEFUL }), aPod()];
    eks.pageSize = 1;
    eks.refuse = ({ path, query }) =>
      path.endsWith('/pods') && query.has('continue')
        ? refusal(500, 'InternalError', 'etcd is away')
        : undefined;

    expect(await cluster()).toMatchObject({
      failure: 'GET pods: 500 etcd is away, 5 times',
      deployments: [{ workload: 'eks/prod/shop/StatefulSet/db' }],
    });
  });
});

describe('a cluster cannot be asked when', () => {
  const describing = (output: unknown) => (call: JsonCall) =>
    call.path.startsWith('/clusters/') ? { output } : undefined;

  it.each<[string, (call: JsonCall) => JsonAnswer | undefined, RegExp]>([
    [
      'its description is refused',
      ({ path }) =>
        path.startsWith('/clusters/')
          ? { error: 'AccessDeniedException', status: 403, message: 'not you' }
          : undefined,
      /^DescribeCluster: AccessDeniedException: not you$/,
    ],
    ['it is being made', describing({ cluster: { status: 'CREATING' } }), /no endpoint.*CREATING/],
    [
      'its API is private',
      describing({
        cluster: {
          endpoint: 'https://127.0.0.1:1',
          certificateAuthority: { data: 'YQ==' },
          resourcesVpcConfig: { endpointPublicAccess: false },
        },
      }),
      /^its API is private.*open the public endpoint, or list what runs there under deployments$/,
    ],
    [
      'its API has no TLS, and is not on this machine',
      describing({
        cluster: { endpoint: 'http://192.0.2.1', certificateAuthority: { data: 'YQ==' } },
      }),
      /^GET pods: expected an https endpoint, got http:\/\/192\.0\.2\.1$/,
    ],
  ])('%s', async (_what, refuse, failure) => {
    eks.refuse = refuse;

    expect(await eks.list()).toMatchObject([
      { scope: 'eks/us-east-1/prod', failure: expect.stringMatching(failure), deployments: [] },
    ]);
  });

  it('it is not there, and the others are seen', async () => {
    eks.prod.pods = [aPod({ owner: STATEFUL })];

    expect(await eks.list(['lost', 'prod'])).toMatchObject([
      {
        scope: 'eks/us-east-1/lost',
        failure: 'DescribeCluster: ResourceNotFoundException: No cluster found for name: lost.',
      },
      { scope: 'eks/us-east-1/prod', failure: null, deployments: [{}] },
    ]);
  });
});

describe('over TLS', () => {
  const identity = makeTlsIdentity('tidewatch test');
  const other = makeTlsIdentity('tidewatch other');

  it.each([
    ['the cluster’s own authority is believed', identity.cert, null],
    ['another is not', other.cert, /^GET pods: .*self-signed certificate.*, 5 times$/],
    ['none at all is not', 'nonsense', /^GET pods: /],
  ])('%s', async (_what, authority, failure) => {
    await using secure = await startFakeEks({ tls: { ...identity, authority } });
    secure.prod.pods = [aPod({ owner: STATEFUL })];

    const [scope] = await secure.list();

    expect(scope?.deployments).toHaveLength(failure ? 0 : 1);
    if (failure) expect(scope?.failure).toMatch(failure);
    else expect(scope?.failure).toBeNull();
    const arrived = secure.calls.filter(({ path }) => path.includes('/api/'));
    expect(arrived.length > 0, 'a token was sent').toBe(failure === null);
  });
});

describe('the API of a cluster', () => {
  const pods = (answer: (call: JsonCall, times: number) => JsonAnswer | undefined) => {
    let times = 0;
    eks.prod.pods = [aPod({ owner: STATEFUL }), aPod({ name: 'bare' })];
    eks.pageSize = 1;
    eks.refuse = (call) => (call.path.endsWith('/pods') ? answer(call, ++times) : undefined);
  };
  const listed = () => eks.calls.filter(({ path }) => path.endsWith('/pods'));

  it.each([429, 500, 503, 504])('is asked again after a %s', async (code) => {
    const asked = { 'retry-after': '1' };
    pods((_call, times) => (times <= 3 ? refusal(code, 'Busy', 'busy', asked) : undefined));

    expect(await cluster()).toMatchObject({ failure: null, deployments: [{}, {}] });
  });

  it('is asked with a new token after a 401, and once only', async () => {
    pods((_call, times) =>
      times === 1 ? refusal(401, 'Unauthorized', 'Unauthorized') : undefined,
    );
    expect((await cluster()).failure).toBeNull();

    pods(() => refusal(401, 'Unauthorized', 'Unauthorized'));
    eks.calls.length = 0;
    expect((await cluster()).failure).toBe('GET pods: 401 Unauthorized');
    expect(listed()).toHaveLength(2);
  });

  it('is asked once for what it forbids', async () => {
    pods(() => refusal(403, 'Forbidden', 'pods is forbidden'));

    expect((await cluster()).failure).toBe('GET pods: 403 pods is forbidden');
    expect(listed()).toHaveLength(1);
  });

  it('is begun anew with when a page is too old, and no pod counts twice', async () => {
    pods(({ query }, times) =>
      query.has('continue') && times === 2 ? refusal(410, 'Expired', 'too old') : undefined,
    );
    expect(await cluster()).toMatchObject({ failure: null, deployments: [{}, {}] });
    expect(listed().map(({ query }) => query.has('continue'))).toEqual([false, true, false, true]);

    pods(({ query }) => (query.has('continue') ? refusal(410, 'Expired', 'too old') : undefined));
    expect(await cluster()).toMatchObject({
      failure: 'GET pods: 410 too old',
      deployments: [{ workload: 'eks/prod/shop/StatefulSet/db' }],
    });
  });

  const page = (items: unknown, next = ''): JsonAnswer => ({
    output: { kind: 'PodList', metadata: { continue: next }, items },
  });
  it.each<[string, (call: JsonCall, times: number) => JsonAnswer, RegExp]>([
    [
      'a page in HTML',
      () => ({ output: '<html>\n sign in', headers: { 'content-type': 'text/html' } }),
      /^GET pods: an answer that is no list \(text\/html\): <html> sign in$/,
    ],
    ['something else', () => ({ output: { items: [] } }), /no list/],
    ['a redirect', () => ({ output: '', status: 302 }), /^GET pods: 302 without a message$/],
    ['pages in circles', () => page([], 'again'), /^GET pods: its pages go round in circles$/],
    ['pages without end', (_call, n) => page([], String(n)), /^GET pods: more than 400 pages$/],
    ['pods that are none', () => page([7]), /^GET pods: an item without a name: /],
  ])('is not believed when it gives %s', async (_what, answer, failure) => {
    pods(answer);

    expect(await cluster()).toMatchObject({
      failure: expect.stringMatching(failure),
      deployments: [],
    });
  });

  it('may say that nothing runs by null', async () => {
    pods(() => page(null));

    expect(await cluster()).toMatchObject({ failure: null, deployments: [] });
  });

  it('is cut short when it gives more than any page holds', async () => {
    pods(() => page(['x'.repeat(5000)]));

    const [scope] = await eks.list(['prod'], () => createSendKubernetes('', 1000));
    expect(scope?.failure).toBe('GET pods: an answer of more than 1000 bytes');
    expect(listed()).toHaveLength(1);
  });

  it('shows its messages on one line, and not to their end', async () => {
    pods(() => refusal(403, 'Forbidden', `a\u001b[31m\nb${'c'.repeat(1000)}`));

    expect((await cluster()).failure).toMatch(/^GET pods: 403 a \[31m bc{150,200}…$/);
  });
});
