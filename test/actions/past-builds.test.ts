import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { explainFinding } from '../../actions/explain-finding.ts';
import { planPastBuilds } from '../../actions/plan-past-builds.ts';
import { RUN_FORMATS, readCurrentRun } from '../../actions/read-run.ts';
import { readStatus } from '../../actions/read-status.ts';
import { writeObject } from '../../actions/stored-objects.ts';
import { readOrigins, writeOrigins } from '../../actions/stored-origins.ts';
import { describePlace } from '../../cli/print/describe-place.ts';
import { baseText } from '../../core/base/describe-base.ts';
import type { Origins } from '../../core/base/origin.ts';
import { type Run, runKeys } from '../../core/run/run.ts';
import { type BuiltImage, buildImage } from '../../local/world/build-image.ts';
import { PlatformSpec } from '../../local/world/platform-spec.ts';
import { aRow, aRun } from '../support/builders.ts';
import { anAdvisory, deploy, type FakePorts, fakePorts, playNight } from '../support/fake-ports.ts';
import { anObservation } from '../support/state-builders.ts';
import { startTestDynamo, type TestDynamo } from '../support/test-dynamo.ts';

// Builds that a watched tag has left, after an upgrade whose extractors are others.

const BASE = 'cgr.dev/chainguard/python:latest';
const WEB = '123456789012.dkr.ecr.eu-west-1.amazonaws.com/web:latest';
const ID = 'CVE-2026-9000078';
const BEHIND = `${BASE}, of 2026-11-01, 4 days and 2 builds behind`;

let dynamo: TestDynamo;
let ports: FakePorts;
let day = 0;

beforeAll(async () => {
  dynamo = await startTestDynamo();
});
afterAll(() => dynamo.stop());

beforeEach(async () => {
  ports = await fakePorts(dynamo);
  day = 0;
  ports.watched.push(BASE);
  ports.feed.byId.set(ID, anAdvisory(ID, { name: 'openssl', fixed: '3.5.9-r0' }));
  const first = ['openssl=3.5.0-r0'];
  ports.registry.push(BASE, await built(first));
  ports.registry.push(WEB, await built(first, { files: { 'app/main.py': 'print()' } }));
  await deploy(ports, 'ecs/prod/web', WEB);
  for (const version of ['3.5.0-r0', '3.5.1-r0', '3.5.2-r0']) {
    ports.registry.push(BASE, await built([`openssl=${version}`]));
    await night();
    day += 1;
  }
  ports.registry.calls.length = 0;
});

/** An image of one layer, or of one more that was built on it. */
function built(packages: readonly unknown[], own?: object): Promise<BuiltImage> {
  const osRelease = { ID: 'wolfi', NAME: 'Wolfi', VERSION_ID: '20230201' };
  const layers = [
    { osRelease, apk: packages, compression: 'none' },
    ...(own ? [{ ...own, compression: 'none' }] : []),
  ];
  const platform = PlatformSpec.parse({ layers, config: { User: '65532' } });
  return buildImage({ 'linux/amd64': platform }, () => undefined);
}

async function night(): Promise<void> {
  day += 1;
  await playNight(ports, `2026-11-${String(day).padStart(2, '0')}T02:00:00.000Z`);
}

async function lastRun(): Promise<Run> {
  const run = await readCurrentRun(ports);
  if (!run) throw new Error('no night');
  return run;
}

/**
 * Leaves what earlier code would have left: nothing of today's extractors, and of the last night's
 * knowledge of bases what `origins` makes of it.
 */
async function upgrade(origins: (known: Origins) => Origins | undefined): Promise<void> {
  const { objects } = ports.objects;
  for (const key of [...objects.keys()]) {
    if (/^(inventories|fleet|images\/[0-9a-f]{12})\//.test(key)) objects.delete(key);
  }
  const { origins: _, ...run } = await lastRun();
  const known = origins(await readOrigins(ports.objects, await lastRun()));
  const key = runKeys.work(run.runId, 'origins-of-before');
  const before = known && { origins: await writeOrigins(ports.objects, key, known) };
  objects.delete(runKeys.run(run.runId));
  const old = { ...run, ...before, engine: 'of-before.1' };
  await writeObject(ports.objects, RUN_FORMATS.run, runKeys.run(run.runId), old);
}

const OF_BEFORE = (known: Origins): Origins => ({
  ...known,
  reading: { extractors: 'of-before', left: [], lost: [] },
});
const NOT_ASKED = () => undefined;

async function basesShown(): Promise<string[]> {
  const { origins, running } = await readStatus(ports);
  return running.map(({ digest }) => baseText(origins.standingOf(digest)));
}

/** What the explanation says of the layer of what runs. */
async function layerSaid(): Promise<string> {
  const everywhere = { package: null, image: null, workload: null };
  const { outcome } = await explainFinding(ports, { finding: ID, ...everywhere });
  const cases = outcome.kind === 'explained' ? outcome.cases : [];
  const places = cases.flatMap((each) => each.places).filter(({ layers }) => layers === 2);
  const rows = places.flatMap((place) => describePlace(place, 'openssl'));
  return rows.flatMap(([name, text]) => (name === 'Layer' ? text : [])).join();
}

/** What was asked of registries that has bytes of images. */
function contentCalls(): string[] {
  return ports.registry.calls.filter((call) => /^(manifest|blob|capture|referrers)/.test(call));
}

/** Keys of inventories and of what was kept of images that a night reads. */
async function readBy(play: () => Promise<void>): Promise<string[]> {
  ports.objects.reads.length = 0;
  await play();
  const keys = ports.objects.reads.map(({ key }) => key);
  return keys.filter((key) => /^(inventories|images\/documents|captures)\//.test(key));
}

it.each([
  ['knew of bases', OF_BEFORE],
  ['did not ask for bases', NOT_ASKED],
])(
  'knows past builds again, and asks no registry for it, where the version before %s',
  async (_, origins) => {
    await upgrade(origins);

    await night();

    expect(contentCalls()).toEqual([]);
    expect(await basesShown()).toEqual([BEHIND]);
    expect(await layerSaid()).toMatch(/brought by the base \S+ \(.*; 2 builds behind\)/);
    expect(await lastRun()).toMatchObject({ status: 'complete' });
    expect(await readBy(night)).toEqual([]);
  },
);

it('leaves a build of which too little is kept, looks for it once, and does not say that no image is below', async () => {
  await upgrade(NOT_ASKED);
  const { objects } = ports.objects;
  const oldest = (await ports.state.observations(BASE)).at(0);
  objects.delete(`images/documents/${oldest?.digest.slice('sha256:'.length)}.json`);

  await night();

  expect(contentCalls()).toEqual([]);
  expect(await basesShown()).toEqual(['none known']);
  expect(await layerSaid()).toMatch(
    /not known: 1 build of watched tags that this version has not read may be below it$/,
  );
  expect(await lastRun()).toMatchObject({ status: 'complete' });
  expect(await readBy(night)).toEqual([]);
});

it('looks for the base again when a build is read in a later night than the image', async () => {
  await upgrade(NOT_ASKED);
  const watched = ports.watched.splice(0);
  await night();
  expect(await basesShown()).toEqual(['none known']);
  ports.watched.push(...watched);
  await night();
  await night();

  expect(contentCalls()).toEqual([]);
  expect(await basesShown()).toEqual([expect.stringContaining('2 builds behind')]);
});

it('makes 200 of them a night, the newest first, and none that is seen to anyway', async () => {
  // Four tags of sixty builds each, a build an hour.
  const hours = Array.from({ length: 240 }, (_, hour) => {
    const digest = `sha256:${hour.toString(16).padStart(64, '0')}`;
    const at = new Date(Date.UTC(2026, 9, 1, hour)).toISOString();
    return anObservation({ image: `r.test/${hour % 4}:1`, at, digest, platformDigest: digest });
  });
  const state = {
    observations: async (image: string) => hours.filter((each) => each.image === image),
  };
  const tags = [...new Set(hours.map(({ image }) => image))];
  const wanted = hours.slice(-1).map(({ image, digest }) => ({ reference: image, digest }));
  const known = { run: aRun(), runRows: [aRow()], tags, wanted };

  const planned = await planPastBuilds({ state, objects: ports.objects }, known);

  const expected = hours.slice(39, 239).reverse();
  expect(planned).toEqual(expected.map(({ image, digest }) => ({ reference: image, digest })));
});
