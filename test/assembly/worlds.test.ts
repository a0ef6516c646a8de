import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type PlayedAssembly, playAssembly } from '../../assembly/play-assembly.ts';
import { mutate, resourceOf } from '../../assembly/template/mutate.ts';
import { readAssembly, type Template } from '../../assembly/template/read-assembly.ts';
import { playWorld } from '../../local/player/play-world.ts';
import { parseWorld } from '../../local/world/parse-world.ts';
import { mutationsOf, withoutRight } from '../support/assembly-mutations.ts';
import { readBusyWorld } from '../support/busy-world.ts';

/** Rights that no call of these worlds needs, and why they are granted. */
const UNNEEDED: readonly (readonly [right: RegExp, reason: string])[] = [
  [
    /^PushesIndexImage\S+ \d+: Allow (s3:PutObject \S+\/failures\/\*|sqs:SendMessage \S+PushedImagesQueue\w+)$/,
    'an image that cannot be read is written down, one that a registry withholds is put off: none is in these worlds',
  ],
  [
    /^NightWorkersReconcileImages\S+ \d+: Allow ecr:ListImages /,
    'of repositories that ECR is not asked to list, here none, the tags are asked one by one',
  ],
  [
    /^(PushesIndexImage|NightWorkersReconcileImages)\S+ \d+: Allow ecr:\S+ arn:aws:ecr:eu-west-1:/,
    'what runs in another account may be an image of its registry: nothing runs there in these worlds',
  ],
  [
    /^NightWorkersReassessPushes\S+ \d+: Allow s3:GetObject \S+\/images\/\*$/,
    'what an image carries is read where a repository is trusted with it: none is in these worlds',
  ],
  [
    /Allow sqs:(ChangeMessageVisibility|GetQueueUrl) /,
    'CDK grants it to whom a mapping feeds, together with what the mapping calls',
  ],
  [
    /^PushesPushedImagesQueuePolicy\S+ \d+: Allow sqs:(GetQueueAttributes|GetQueueUrl) /,
    'CDK grants it to a rule together with SendMessage',
  ],
  [
    /^SchedulerRole\S+ \d+: Allow lambda:InvokeFunction \S+:\*$/,
    'CDK grants all versions of a function together with the function',
  ],
];

const place = { account: '123456789012', region: 'eu-central-1' };
const week = parseWorld(readFileSync('worlds/week.ndjson'));
const busy = readBusyWorld();
const assembly = readAssembly(inject('assemblyFolder'));
const folder = mkdtempSync(join(tmpdir(), 'tidewatch-played-'));
const secrets = new Map([['tidewatch/cgr', JSON.stringify({ token: 'a token' })]]);
let played: { readonly week: PlayedAssembly; readonly busy: PlayedAssembly };

beforeAll(async () => {
  const common = { assembly, place, secrets };
  played = {
    week: await playAssembly({ ...common, events: week }),
    busy: await playAssembly({ ...common, ...busy }),
  };
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the synthesized assembly', () => {
  it('tells over the bundled week what `npm start` tells', async () => {
    const { alerts } = await playWorld(week, join(folder, 'week'));

    expect(played.week.told.map(({ alertId }) => alertId).sort()).toEqual(
      alerts.map(({ alertId }) => alertId).sort(),
    );
  });

  it('tells it when the player does that has the deployed hours', async () => {
    const { alerts } = await playWorld(week, join(folder, 'hours'), { runsHour: () => true });

    expect(played.week.told.toSorted(byId)).toEqual(
      alerts.map(({ at, alertId }) => ({ at, alertId })).sort(byId),
    );
  });

  it.each(['week', 'busy'] as const)('is never refused, and loses nothing: %s', (world) => {
    expect(played[world].problems).toEqual([]);
    expect(played[world].told.length).toBeGreaterThan(0);
  });

  it('is granted nothing without use or reason', () => {
    const unneeded = played.week.atoms.filter(
      (atom) => !played.week.needed.has(atom) && !played.busy.needed.has(atom),
    );

    expect(unneeded.filter((atom) => !UNNEEDED.some(([right]) => right.test(atom)))).toEqual([]);
    expect(UNNEEDED.filter(([right]) => !unneeded.some((atom) => right.test(atom)))).toEqual([]);
  });
});

/** Whether a run of the busy world would tell somebody that something is missing. */
async function failsWith(change: (template: Template) => void): Promise<readonly string[]> {
  try {
    const { problems } = await playAssembly({
      ...busy,
      assembly: mutate(assembly, change),
      place,
      secrets,
      expected: played.busy.told,
      stopAtProblem: true,
    });
    return problems;
  } catch (error) {
    return [String(error)];
  }
}

describe('the run fails without', () => {
  it.each(mutationsOf(assembly.template))('%s', async (_what, change) => {
    expect(await failsWith(change)).not.toEqual([]);
  });

  // Which right a call needs was recorded for all of them; these are taken away for real.
  it.each([
    ['PushesIndexImage', 'sqs:SendMessage'],
    ['PushesIndexImage', 's3:GetObject'],
    ['NightWorkersListDeployments', 'ecs:ListTasks'],
  ])('the right of %s to %s', async (name, action) => {
    const problems = await failsWith((template) => {
      withoutRight(template, resourceOf(template, 'AWS::IAM::Policy', name), action);
    });

    expect(problems.join()).toContain(`denied: ${action}`);
  });
});

function byId(a: { readonly alertId: string }, b: { readonly alertId: string }): number {
  return a.alertId < b.alertId ? -1 : 1;
}
