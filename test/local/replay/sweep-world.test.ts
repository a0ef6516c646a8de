import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { findLocks } from '../../../bench/reference-data.ts';
import { type Played, playWorld } from '../../../local/player/play-world.ts';
import { type Disturbance, firstDays, outcomeOf } from '../../../local/replay/disturb-world.ts';
import { parseLocks } from '../../../local/replay/lock.ts';
import { nameOf, playDisturbed } from '../../../local/replay/sweep-world.ts';
import { worldFromLocks } from '../../../local/replay/world-from-locks.ts';
import { WorldEvent } from '../../../local/world/world-event.ts';
import { newFolder } from '../../support/play-folder.ts';

const path = findLocks();

const FAULTS = (['lose', 'duplicate', 'late'] as const).map(
  (fault): Disturbance => ({ kind: 'events', fault }),
);

/** Every call that the product makes; the test below fails when one is missing here. */
const CALLS = [
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
  'sqs:SendMessage',
];

describe.skipIf(!path)('eight days of python and its application', () => {
  const options = { images: ['chainguard/python'], withApp: true };
  const world = path ? worldFromLocks(parseLocks(readFileSync(path)), options) : [];
  const events = firstDays(
    world.map((event) => WorldEvent.parse(event)),
    8,
  );
  let undisturbed: Played;

  beforeAll(async () => {
    undisturbed = await playWorld(events, newFolder());
  });

  it('tells of advisories and of nothing else', () => {
    const { alerts } = undisturbed;
    const [first, ...rest] = alerts;

    expect(first?.kind).toBe('baseline');
    expect(rest.length).toBeGreaterThan(0);
    expect(rest.filter(({ kind }) => kind !== 'disclosed' && kind !== 'resolved')).toEqual([]);
  });

  it('makes no call whose crash is not tried', () => {
    expect([...undisturbed.calls.keys()].sort()).toEqual(CALLS);
  });

  const folder = newFolder();
  const crashes = CALLS.map((after): Disturbance => ({ kind: 'crash', after }));
  it.each([...FAULTS, ...crashes].map((each) => [nameOf(each), each] as const))(
    'come out the same with %s',
    async (_name, disturbance) => {
      const expected = outcomeOf(undisturbed);
      const { differences } = await playDisturbed(events, disturbance, expected, folder);

      expect(differences).toEqual([]);
    },
  );
});
