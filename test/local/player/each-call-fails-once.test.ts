import { beforeAll, describe, expect, it } from 'vitest';
import type { NightTraffic } from '../../../local/player/night-traffic.ts';
import { type Played, playWorld } from '../../../local/player/play-world.ts';
import { parseWorld } from '../../../local/world/parse-world.ts';
import type { WrittenEvent } from '../../../local/world/world-event.ts';
import { anAdvisory } from '../../support/fake-ports.ts';
import { newFolder } from '../../support/play-folder.ts';

const ECR = '123456789012.dkr.ecr.eu-central-1.amazonaws.com';
const BASE = 'cgr.dev/chainguard/base:latest';

/** Calls that the product makes; the tests below fail when one is missing here. */
const OF_THE_NIGHT = [
  'dynamodb:DeleteItem',
  'dynamodb:GetItem',
  'dynamodb:PutItem',
  'dynamodb:Query',
  'ecr:DescribeImages',
  'ecr:DescribeRepositories',
  'ecr:GetAuthorizationToken',
  'ecs:DescribeTasks',
  'ecs:ListClusters',
  'ecs:ListServices',
  'ecs:ListTasks',
  'eks:DescribeCluster',
  'eks:GET jobs',
  'eks:GET nodes',
  'eks:GET pods',
  'eks:GET replicasets',
  'lambda:GetFunction',
  'lambda:ListAliases',
  'lambda:ListFunctions',
  'registry:GET blob',
  'registry:GET history',
  'registry:GET manifest',
  'registry:GET referrers',
  'registry:GET token',
  'registry:HEAD manifest',
  's3:GetObject',
  's3:ListObjectsV2',
  's3:PutObject',
  'sns:GetTopicAttributes',
  'sns:Publish',
];
const OF_A_PUSH = [
  'dynamodb:DeleteItem',
  'dynamodb:GetItem',
  'dynamodb:PutItem',
  'dynamodb:Query',
  'ecr:GetAuthorizationToken',
  'registry:GET blob',
  'registry:GET manifest',
  'registry:GET referrers',
  'registry:HEAD manifest',
  's3:GetObject',
  's3:PutObject',
  'sns:GetTopicAttributes',
  'sns:Publish',
  'sqs:SendMessage',
];

const ALL = [...new Set([...OF_THE_NIGHT, ...OF_A_PUSH])];

/** In every scope one that stays, and one that ends on the last day. */
const WEB = [
  'ecs/harbour/web',
  'eks/main/shop/Deployment/web',
  'eks/main/shop/CronJob/web',
  'lambda/web',
];
const JOBS = ['ecs/harbour/task/nightly', 'eks/main/shop/CronJob/nightly', 'lambda/nightly'];

/** What is only wrong with those. */
const LAST_CVE = 'CVE-2026-9000003';

/** Where a listing call shows when it fails for good. */
const BLINDED: Readonly<Record<string, string>> = {
  'ecs:DescribeTasks': 'ecs/us-east-1/harbour',
  'ecs:ListClusters': 'ecs/us-east-1',
  'ecs:ListServices': 'ecs/us-east-1/harbour',
  'ecs:ListTasks': 'ecs/us-east-1/harbour',
  'eks:DescribeCluster': 'eks/us-east-1/main',
  'eks:GET jobs': 'eks/us-east-1/main',
  'eks:GET nodes': 'eks/us-east-1/main',
  'eks:GET pods': 'eks/us-east-1/main',
  'eks:GET replicasets': 'eks/us-east-1/main',
  'lambda:GetFunction': 'lambda/us-east-1',
  'lambda:ListAliases': 'lambda/us-east-1',
  'lambda:ListFunctions': 'lambda/us-east-1',
};

/** One a day: of the days that follow the first night. */
const ERRORS = ['throttle', 'denied', 'server'] as const;

let undisturbed: Played;
/** What each night called, and all that was called outside of them. */
const nights: ReadonlySet<string>[] = [];
const outside = new Set<string>();
beforeAll(async () => {
  const counts = new Map<string, number>();
  undisturbed = await play(undefined, ({ calls }) => {
    nights.push(new Set(Object.keys(calls)));
    for (const [call, count] of Object.entries(calls)) {
      counts.set(call, (counts.get(call) ?? 0) + count);
    }
  });
  for (const [call, count] of undisturbed.calls) {
    if (count > (counts.get(call) ?? 0)) outside.add(call);
  }
});

describe('a call that fails for good, each day in another way, in its pushes and its night,', () => {
  it('may be any that is made', () => {
    expect([...new Set(nights.slice(1).flatMap((each) => [...each]))].sort()).toEqual(OF_THE_NIGHT);
    expect([...outside].sort()).toEqual(OF_A_PUSH);
  });

  it('would have something to spoil', () => {
    const kinds = new Set(undisturbed.alerts.map(({ kind }) => kind));
    expect([...kinds].sort()).toEqual([
      'baseline',
      'disclosed',
      'new-workload',
      'regression',
      'resolved',
    ]);
    expect(undisturbed.runs.map(({ status }) => status)).toEqual(Array(5).fill('complete'));
  });

  it.each(ALL)('leaves no trace a night later when it is %s', async (call) => {
    const played = await play(call);

    expectSameEnd(played);
    const scope = BLINDED[call];
    if (!scope) return;
    const problems = played.alerts.filter(({ kind }) => kind === 'problem');
    expect(problems.map(({ subject }) => subject)).toEqual([scope]);
    expect(problems[0]?.message).toContain(call.slice(call.indexOf(':') + 1));
    expect(played.runs.map(({ status }) => status)).toEqual([
      'complete',
      ...ERRORS.map(() => 'partial'),
      'complete',
    ]);
    // On the last day it ended everywhere: nobody could see that here.
    expect(endOf(undisturbed, LAST_CVE)).toBe('2026-03-06T02:00:00.000Z');
    expect(endOf(played, LAST_CVE)).toBe('2026-03-07T02:00:00.000Z');
  });
});

function expectSameEnd(played: Played): void {
  expect(told(played)).toEqual(told(undisturbed));
  expect(ending(played)).toEqual(ending(undisturbed));
}

/** What was told, but for what could not be seen for some nights. */
function told({ alerts }: Played): string[] {
  const problems = alerts.filter(({ kind }) => kind === 'problem');
  const blind = new Set(problems.map(({ threadId }) => threadId));
  const rest = alerts.filter(({ threadId }) => !blind.has(threadId));
  return [
    ...new Set(rest.map(({ alertId, kind, subject }) => `${kind} ${subject} ${alertId}`)),
  ].sort();
}

/** When it was told that a matter is over. */
function endOf({ alerts }: Played, of: string): string | undefined {
  return alerts.find(({ kind, subject }) => kind === 'resolved' && subject === of)?.at;
}

function ending({ findings, runs, observations, deadLetters }: Played) {
  const last = runs.at(-1)?.runId;
  return {
    run: runs.at(-1)?.status,
    findings: findings.filter(({ runId }) => runId === last),
    // When a move was seen, not which: a night that could not ask sees it the next time.
    moves: observations.map(({ seenAt: _seenAt, ...move }) => move),
    deadLetters,
  };
}

async function play(
  failing: string | undefined,
  onNight?: (traffic: NightTraffic) => void,
): Promise<Played> {
  const text = world(failing)
    .map((event) => `${JSON.stringify(event)}\n`)
    .join('');
  return playWorld(parseWorld(Buffer.from(text)), newFolder(), {
    ...(onNight && { onNight: (_runId, _run, traffic) => onNight(traffic) }),
  });
}

/** A first day, three on which something changes, and one on which nothing does; a night after each. */
function world(failing: string | undefined): WrittenEvent[] {
  const days = [dayOf(2, firstDay), dayOf(3, secondDay), dayOf(4, thirdDay), dayOf(5, fourthDay)];
  return days.flatMap(([before, events, after], day): WrittenEvent[] => {
    const error = ERRORS[day - 1];
    const fail = (at: string, isCalled: boolean | undefined): WrittenEvent[] =>
      failing && error && isCalled
        ? [{ at, do: 'fault', call: failing, times: 1, error, attempts: 'all' }]
        : [];
    return [
      ...fail(before, OF_A_PUSH.includes(failing ?? '')),
      ...events,
      ...fail(after, nights[day]?.has(failing ?? '')),
      { at: after, do: 'night' },
      ...(day === 3 ? [{ at: '2026-03-07T02:00:00Z', do: 'night' as const }] : []),
    ];
  });
}

type Day = (at: string) => WrittenEvent[];

/** A day's morning, its events, and its night. */
function dayOf(day: number, events: Day): [string, WrittenEvent[], string] {
  const morning = `2026-03-0${day}T07:00:00Z`;
  return [morning, events(morning), `2026-03-0${day + 1}T02:00:00Z`];
}

const firstDay: Day = (at) => [
  { at, do: 'watch', image: BASE },
  advise(at, 'CGA-1', 'zlib'),
  advise(at, 'CGA-2', 'curl'),
  pushOf(at, BASE, 'zlib'),
  pushOf(at, `${ECR}/web:1.0.0`, 'zlib'),
  pushOf(at, `${ECR}/jobs:1.0.0`, 'openssl'),
  ...WEB.map((workload) => deploy(at, workload, 'web:1.0.0')),
  ...JOBS.map((workload) => deploy(at, workload, 'jobs:1.0.0')),
];

const secondDay: Day = (at) => [
  // A regression by day.
  pushOf(at, `${ECR}/web:1.1.0`, 'zlib', 'curl'),
  deploy(at, 'ecs/harbour/web', 'web:1.1.0'),
  pushOf(at, BASE, 'zlib', 'glibc'),
  ...unheardOf(at, 'ecs/harbour/tool', 'tool:1.0.0', 'curl'),
];

const thirdDay: Day = (at) => [
  advise(at, 'CGA-3', 'openssl'),
  ...unheardOf(at, 'eks/main/shop/StatefulSet/store', 'store:1.0.0', 'curl', 'zlib'),
];

const fourthDay: Day = (at) => [
  pushOf(at, `${ECR}/web:1.2.0`, 'zlib'),
  deploy(at, 'ecs/harbour/web', 'web:1.2.0'),
  pushOf(at, `${ECR}/jobs:1.1.0`, 'glibc'),
  ...JOBS.map((workload): WrittenEvent => ({ at, do: 'undeploy', workload })),
  ...unheardOf(at, 'lambda/mail', 'mail:1.0.0', 'glibc'),
];

/** A push that no event tells of: the night has to find it, and reads it. */
function unheardOf(at: string, workload: string, image: string, ...apk: string[]): WrittenEvent[] {
  return [
    { at, do: 'event', fault: 'lose' },
    pushOf(at, `${ECR}/${image}`, ...apk),
    deploy(at, workload, image),
  ];
}

function deploy(at: string, workload: string, image: string): WrittenEvent {
  return { at, do: 'deploy', workload, container: 'app', image: `${ECR}/${image}` };
}

function pushOf(at: string, image: string, ...apk: string[]): WrittenEvent {
  const osRelease = { ID: 'wolfi', NAME: 'Wolfi', VERSION_ID: '20230201' };
  const layers = [{ osRelease, apk: apk.map((name) => `${name}=1.0.0-r0`) }];
  const platforms = { 'linux/amd64': { layers, config: { User: '65532' } } };
  return { at, do: 'push', image, platforms };
}

function advise(at: string, id: string, name: string): WrittenEvent {
  const upstream = [`CVE-2026-900000${id.slice(-1)}`];
  const record = { ...anAdvisory(id, { name, fixed: '1.0.0-r1' }), upstream };
  return { at, do: 'advise', feed: 'wolfi', record };
}
