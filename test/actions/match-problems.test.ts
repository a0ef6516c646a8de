import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { matchProblems } from '../../actions/match-problems.ts';
import { RUN_FORMATS, readCurrentRun } from '../../actions/read-run.ts';
import { writeObject } from '../../actions/stored-objects.ts';
import { ENGINE } from '../../core/engine.ts';
import type { MatchProblem } from '../../core/match/fleet-problems.ts';
import { runKeys } from '../../core/run/run.ts';
import { aRow, aRun, aWorkload, of } from '../support/builders.ts';
import {
  anAdvisory,
  anImageOf,
  deploy,
  type FakePorts,
  fakePorts,
  playNight,
} from '../support/fake-ports.ts';
import { anIndexedInventory, anIndexOf } from '../support/fleet-builders.ts';
import { startTestDynamo, type TestDynamo } from '../support/test-dynamo.ts';

const WEB = 'r.test/web:1';
const JOB = 'r.test/job:1';
const ODD = 'zlib=1.2.3-r0-r0';
const nightOf = (day: number) => new Date(Date.UTC(2026, 10, day, 2)).toISOString();

let dynamo: TestDynamo;
let ports: FakePorts;
beforeAll(async () => {
  dynamo = await startTestDynamo();
});
afterAll(() => dynamo.stop());
beforeEach(async () => {
  ports = await fakePorts(dynamo);
  ports.feed.byId.set('A', anAdvisory('CVE-2026-9000001', { name: 'zlib', fixed: '1.0-r0' }));
});

async function run(reference: string, ...packages: string[]): Promise<void> {
  ports.registry.push(reference, await anImageOf({ packages }));
  await deploy(ports, `ecs/prod/${reference === WEB ? 'web' : 'job'}`, reference);
}

/** What machines were told that night. */
async function tellOf(day: number): Promise<string[]> {
  ports.told.length = 0;
  ports.toldPeople.length = 0;
  await playNight(ports, nightOf(day));
  return ports.told.map(({ kind, title }) => `${kind}: ${title}`);
}

async function reportOf(day: number): Promise<string> {
  const page = await ports.objects.get(runKeys.report(nightOf(day)));
  return Buffer.from(page ?? Buffer.alloc(0)).toString();
}

const GAP =
  '1 package in 1 image with a version that apk can read in part (compared as far as it goes)';

it('is said in the first message and in each report, and makes no noise any more', async () => {
  await run(WEB, ODD);

  expect(await tellOf(1)).toEqual([expect.stringMatching(/^baseline: Watching 1 workload/)]);
  expect(ports.told[0]?.message).toContain(`- not sure: ${GAP}: zlib 1.2.3-r0-r0 in ecs/prod/web`);

  expect(await tellOf(2)).toEqual([]);
  expect(ports.toldPeople.map(({ message }) => message)).toEqual([
    `Quiet night: 1 digest scanned, 1 feed fresh, not sure: ${GAP}.`,
  ]);
  const page = await reportOf(2);
  expect(page).toContain('<li>1 package in 1 image with a version that apk can read in part');
  expect(page).not.toContain('<strong>Complete:');
});

it('is told once when it is new, whatever else comes to have it, and ends when nothing has it', async () => {
  await run(WEB, 'zlib=1.2.3-r0');
  await tellOf(1);
  await run(WEB, ODD);

  expect(await tellOf(2)).toEqual([`problem: Cannot be matched as they should be: ${GAP}`]);
  const [told] = ports.told;
  expect(told?.message).toContain('- zlib 1.2.3-r0-r0 in ecs/prod/web');

  await run(JOB, ODD, 'openssl=3.5.0-r0-r0');
  expect(await tellOf(3)).not.toContainEqual(expect.stringMatching(/^problem/));

  await run(WEB, 'zlib=1.2.3-r0');
  await run(JOB, 'zlib=1.2.3-r0');
  expect(await tellOf(4)).toEqual([
    `resolved: Resolved: Cannot be matched as they should be: ${GAP}`,
  ]);
  expect(ports.told[0]?.threadId).toBe(told?.threadId);

  await run(WEB, ODD);
  await tellOf(5);
  expect(ports.told.map(({ kind }) => kind)).toEqual(['problem']);
  expect(ports.told[0]?.alertId, 'another episode').not.toBe(told?.alertId);
});

it('is not over while nobody sees what runs', async () => {
  await run(WEB, 'zlib=1.2.3-r0');
  await tellOf(1);
  await run(WEB, ODD);
  await tellOf(2);
  const scope = ports.scopes.get('ecs/prod');
  if (scope) scope.failure = 'denied';

  const told = await tellOf(3);

  expect(told).toEqual([expect.stringContaining('Could not see ecs/prod')]);
  expect((await readCurrentRun(ports))?.problems).toMatchObject([{ kind: 'odd-version' }]);
});

it.each([
  ['did not ask for it', { problems: undefined }],
  ['was judged by other code', { engine: `${ENGINE}-before`, problems: [] }],
])('is not called new after a night that %s', async (_why, overrides) => {
  await run(WEB, ODD);
  await tellOf(1);
  const pointer = await ports.state.runPointer();
  if (!pointer) throw new Error('no night');
  const older = { ...(await readCurrentRun(ports)), ...overrides };
  const key = 'runs/older/run.json';
  await writeObject(ports.objects, RUN_FORMATS.run, key, older);
  await ports.state.commitRunPointer({ ...pointer, revision: pointer.revision + 1, run: key });

  expect(await tellOf(2)).toEqual([]);
});

it('keeps what it knows of an image that is assumed to run and was not read by tonight’s code', () => {
  const index = anIndexOf([anIndexedInventory('read')]);
  const target = (digest: string) => ({ ...aRow(aWorkload({ digest })), stale: null });
  const known: MatchProblem = {
    kind: 'no-version',
    of: 'pep440',
    packages: 1,
    digests: 1,
    examples: [],
  };
  const run = aRun({ problems: [known] });
  const running = { images: [0], units: [0] };
  const problemsOf = (...names: string[]) =>
    matchProblems(index, running, { targets: names.map((name) => target(of(name))), run });

  expect(problemsOf('read', 'not read')).toEqual([known]);
  expect(problemsOf('read')).toEqual([]);
});
