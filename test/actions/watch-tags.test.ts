import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findIndexedImage } from '../../actions/index-image.ts';
import { IndexerFailedError, type TagMove } from '../../actions/ports.ts';
import { readCurrentRun } from '../../actions/read-run.ts';
import { type Watched, watchTags } from '../../actions/watch-tags.ts';
import { isRead } from '../../core/drift/observation.ts';
import { digestOf } from '../../core/image/digest.ts';
import { RegistryUnavailableError } from '../../core/image/errors.ts';
import { handleIndexImage } from '../../lambda/index-image/handle.ts';
import { type BuiltImage, buildImage } from '../../local/world/build-image.ts';
import { PlatformSpec } from '../../local/world/platform-spec.ts';
import {
  anImageOf,
  deploy,
  type FakePorts,
  fakePorts,
  type ImageSpec,
  playNight,
} from '../support/fake-ports.ts';
import { startTestDynamo, type TestDynamo } from '../support/test-dynamo.ts';

const PYTHON = 'cgr.dev/chainguard/python:latest';
const NODE = 'other.test/node:latest';
const WEB = '123456789012.dkr.ecr.eu-west-1.amazonaws.com/web:latest';

const OLD = { packages: ['python-3.13=3.13.0-r0'] };
const NEW = { packages: ['python-3.14=3.14.0-r0'] };
const at = (day: number, hour = 2) => new Date(Date.UTC(2026, 10, day, hour)).toISOString();

let dynamo: TestDynamo;
let ports: FakePorts;
/** What the function that indexes was asked for; while it gives an error, that is all it answers. */
let asked: string[][];
let indexerFailure: Error | undefined;
beforeAll(async () => {
  dynamo = await startTestDynamo();
});
afterAll(() => dynamo.stop());
beforeEach(async () => {
  ports = await fakePorts(dynamo);
  asked = [];
  indexerFailure = undefined;
  ports.watched.push(PYTHON);
});

async function hour(now: string): Promise<Watched> {
  ports.now = now;
  ports.told.length = 0;
  ports.registry.calls.length = 0;
  return watchTags({
    ...ports,
    indexer: {
      async index(images) {
        asked.push(images.map(({ digest }) => digest));
        if (indexerFailure) throw indexerFailure;
        await handleIndexImage(ports)({ images: [...images] });
      },
    },
  });
}

async function push(spec: ImageSpec, reference = PYTHON): Promise<string> {
  const image = await anImageOf(spec);
  ports.registry.push(reference, image);
  return image.digest;
}

/** The registry keeps a history of every tag from now on. */
function keepHistory(moves: readonly TagMove[]): void {
  ports.registry.tagHistory = async (_reference, since = '') =>
    moves.filter((move) => move.at >= since);
}

/** An image with two minors, of which `python3` starts the second. */
async function imageOfTwo(first: string, second: string): Promise<BuiltImage> {
  const apk = [first, second].map((minor) => ({
    name: `python-${minor}`,
    version: `${minor}.0-r0`,
    files: [`usr/bin/python${minor}`, `usr/lib/python${minor}/os.py`],
  }));
  const platform = PlatformSpec.parse({
    layers: [
      {
        osRelease: { ID: 'wolfi', NAME: 'Wolfi', VERSION_ID: '20230201' },
        apk,
        files: { 'usr/bin/python3': { link: `python${second}` } },
      },
    ],
    config: { User: '65532', Env: ['PATH=/usr/bin'] },
  });
  return buildImage({ 'linux/amd64': platform }, () => undefined);
}

/** A tag whose series has begun. */
async function begin(spec: ImageSpec = OLD): Promise<void> {
  await push(spec);
  await playNight(ports, at(21));
  ports.told.length = 0;
}

const series = () => ports.state.observations(PYTHON);

it('asks one question of a tag that did not move', async () => {
  await begin();
  expect(await hour(at(21, 5))).toEqual({ looked: 1, delivered: 0, failed: 0 });
  expect(ports.registry.calls).toEqual([`resolve ${PYTHON}`]);
  expect(asked).toEqual([]);
});

it('leaves the beginning of a series, with the past of its tag, to the night', async () => {
  await push(OLD);
  expect(await hour(at(21, 5))).toEqual({ looked: 1, delivered: 0, failed: 0 });
  expect(await series()).toEqual([]);
});

it('tells who is behind as the night would, while the drift is new', async () => {
  await push(OLD, WEB);
  await deploy(ports, 'ecs/prod/web', WEB);
  await begin();
  const digest = await push(NEW);

  expect(await hour(at(21, 5))).toEqual({ looked: 1, delivered: 1, failed: 0 });
  expect(ports.told).toMatchObject([
    { kind: 'drift', subject: PYTHON, lineages: ['ecs/prod/web|app|linux/amd64'] },
  ]);
  expect(asked).toEqual([[digest]]);
  expect(await hour(at(21, 6))).toMatchObject({ delivered: 0 });

  await playNight(ports, at(22));
  expect(ports.told).toEqual([]);
  const run = await readCurrentRun(ports);
  expect(run?.changes).toMatchObject({ 'alert:drift': 1 });
  await playNight(ports, at(23));
  expect((await readCurrentRun(ports))?.changes).toEqual({});
});

it('is told by the next hour when the topic takes nothing', async () => {
  await begin();
  await push(NEW);
  ports.topicFailure = () => new Error('throttled');
  expect(await hour(at(21, 5))).toMatchObject({ delivered: 0, failed: 1 });
  ports.topicFailure = () => undefined;
  expect(await hour(at(21, 6))).toMatchObject({ delivered: 1, failed: 0 });
});

it('looks at the other tags while one registry does not answer', async () => {
  ports.watched.push(NODE);
  await push({ packages: ['nodejs=22-r0'] }, NODE);
  await begin();
  await push(NEW);
  ports.registry.unreachable.add('other.test');
  expect(await hour(at(21, 5))).toMatchObject({ looked: 1, delivered: 1 });
  expect(ports.warnings).toContain('watched tag not looked at');
});

it('does not mind a tag that does not exist yet', async () => {
  expect(await hour(at(21, 5))).toEqual({ looked: 1, delivered: 0, failed: 0 });
});

describe('an image that cannot be read', () => {
  it('is left for the next look, which finds the same move', async () => {
    await begin();
    const digest = await push(NEW);
    indexerFailure = new IndexerFailedError('no answer');
    await expect(hour(at(21, 5))).rejects.toThrow('no answer');
    expect(await series()).toHaveLength(1);

    indexerFailure = undefined;
    expect(await hour(at(21, 6))).toMatchObject({ delivered: 1 });
    expect((await series()).at(-1)).toMatchObject({ digest, seenAt: at(21, 6) });
  });

  it('does not keep what is known already from being told', async () => {
    ports.watched.push(NODE);
    await push({ packages: ['nodejs=22-r0'] }, NODE);
    await begin();
    await push(NEW);
    ports.topicFailure = () => new Error('throttled');
    await hour(at(21, 5));
    ports.topicFailure = () => undefined;
    await push({ packages: ['nodejs=23-r0'] }, NODE);
    indexerFailure = new IndexerFailedError('no answer');

    await expect(hour(at(21, 6))).rejects.toThrow('no answer');
    expect(ports.told).toMatchObject([{ kind: 'drift', subject: PYTHON }]);
  });

  it('is noted as unread by the night, and told once somebody can read it', async () => {
    await begin();
    const image = await anImageOf(NEW);
    const { images } = ports;
    const readable = images.manifest;
    ports.registry.push(PYTHON, image);
    images.manifest = async (reference, digest) => {
      if (digest === image.digest) throw new RegistryUnavailableError('no answer');
      return readable(reference, digest);
    };
    await hour(at(21, 5));
    await playNight(ports, at(22));
    expect((await series()).map(isRead)).toEqual([true, false]);
    expect(ports.told.map(({ kind }) => kind)).not.toContain('drift');

    images.manifest = readable;
    expect(await hour(at(22, 5))).toMatchObject({ delivered: 1 });
    expect((await series()).map(isRead)).toEqual([true, true, false]);
    await playNight(ports, at(23));
    expect(ports.told).toHaveLength(1);
  });
});

it('follows each move that the registry kept, however many there were in an hour', async () => {
  const [first, second, third] = [await push(OLD), await push(NEW), await push({ shell: true })];
  const moves = [{ at: at(20), digest: first }];
  keepHistory(moves);
  await playNight(ports, at(21));
  ports.told.length = 0;
  moves.push({ at: at(21, 3), digest: second }, { at: at(21, 4), digest: third });

  expect(await hour(at(21, 5))).toMatchObject({ delivered: 1 });
  expect((await series()).map(({ digest }) => digest)).toEqual([first, second, third]);
  expect(ports.told[0]?.message).toContain(second);
});

describe('a first look', () => {
  it('reads the images of the last days, and the newest; of the others it keeps the dates', async () => {
    const digests = ['a', 'b', 'c'].map(digestOf);
    const now = await push(OLD);
    const old = [at(-400), at(-100), at(-31)];
    keepHistory([
      ...old.map((time, index) => ({ at: time, digest: digests[index] ?? '' })),
      { at: at(10), digest: now },
    ]);
    await playNight(ports, at(21));

    expect(ports.registry.calls.filter((call) => call.startsWith('manifest'))).toEqual([
      `manifest ${now}`,
    ]);
    expect(ports.warnings).not.toContain('watched digest could not be read');
    expect((await series()).map((each) => [each.at, isRead(each)])).toEqual([
      ...old.map((time) => [time, false]),
      [at(10), true],
    ]);
    expect((await readCurrentRun(ports))?.failed).toEqual([]);
  });

  it('reads the newest however old it is', async () => {
    const digest = await push(OLD);
    keepHistory([{ at: at(-400), digest }]);
    await playNight(ports, at(21));
    expect(await findIndexedImage(ports.objects, digest)).toBeDefined();
    expect((await series()).map(isRead)).toEqual([true]);
  });

  it('that broke off is gone on with, and its past is no news', async () => {
    const [first, second] = [await push(OLD), await push(NEW)];
    keepHistory([
      { at: at(1), digest: first },
      { at: at(2), digest: second },
    ]);
    const { putObservation } = ports.state;
    ports.state.putObservation = async (observation) => {
      if (observation.digest === second) throw new Error('the store is down');
      await putObservation(observation);
    };
    await expect(playNight(ports, at(21))).rejects.toThrow('down');
    ports.state.putObservation = putObservation;

    await playNight(ports, at(22));
    expect(await series()).toHaveLength(2);
    expect(ports.told.map(({ kind }) => kind)).toEqual(['baseline']);
  });
});

it('completes a move of which one platform was written when the night broke off', async () => {
  await push({ ...OLD, platforms: ['linux/amd64', 'linux/arm64'] });
  const { putObservation } = ports.state;
  ports.state.putObservation = async (observation) => {
    if (observation.platform === 'linux/arm64') throw new Error('the store is down');
    await putObservation(observation);
  };
  await expect(playNight(ports, at(21))).rejects.toThrow('down');
  ports.state.putObservation = putObservation;
  await playNight(ports, at(22));
  expect((await series()).map(({ platform }) => platform)).toEqual(['linux/amd64', 'linux/arm64']);
});

it('dates a move once that the hour and the night saw at once', async () => {
  await begin();
  const digest = await push(NEW);
  const { observations } = ports.state;
  const before = await series();
  // The night looked before the hour wrote, and comes to write after it.
  await hour(at(21, 5));
  let reads = 0;
  ports.state.observations = async (image) => (reads++ === 0 ? before : observations(image));
  await playNight(ports, at(22));
  ports.state.observations = observations;
  expect((await series()).filter((each) => each.digest === digest)).toHaveLength(1);
});

it('takes a tag of two minors for the one that python starts: one that joins is no move', async () => {
  await begin(NEW);
  ports.registry.push(PYTHON, await imageOfTwo('3.13', '3.14'));
  await hour(at(21, 12));
  expect(ports.told).toEqual([]);
  const series = await ports.state.observations(PYTHON);
  expect(series.map(({ python }) => python?.minor)).toEqual(['3.14', '3.14']);

  ports.registry.push(PYTHON, await imageOfTwo('3.14', '3.13'));
  await hour(at(21, 13));
  expect(ports.told.map(({ title }) => title)).toEqual([
    `${PYTHON} moved from Python 3.14 to 3.13`,
  ]);
});

it('takes what an earlier version read otherwise for no move, by day and by night', async () => {
  const { putObservation } = ports.state;
  // It took the lowest of several minors.
  ports.state.putObservation = async (observation) => {
    const { python } = observation;
    await putObservation({ ...observation, python: python && { ...python, minor: '3.13' } });
  };
  ports.registry.push(PYTHON, await imageOfTwo('3.13', '3.14'));
  await playNight(ports, at(21));
  ports.state.putObservation = putObservation;
  ports.told.length = 0;

  ports.registry.push(PYTHON, await imageOfTwo('3.12', '3.14'));
  await hour(at(21, 12));
  await playNight(ports, at(22));
  expect(ports.told.map(({ kind }) => kind)).not.toContain('drift');
  expect((await series()).map(({ python, reread }) => [python?.minor, reread])).toEqual([
    ['3.13', undefined],
    ['3.14', { python: '3.14' }],
  ]);

  ports.registry.push(PYTHON, await imageOfTwo('3.12', '3.15'));
  await hour(at(22, 12));
  expect(ports.told.map(({ title }) => title)).toEqual([
    `${PYTHON} moved from Python 3.14 to 3.15`,
  ]);
});

it('tells within the hour that Node moved to another major, and nothing of its minors', async () => {
  await begin({ packages: ['nodejs-22=22.11.0-r0'] });
  await push({ packages: ['nodejs-22=22.12.0-r0'] });
  await hour(at(21, 12));
  expect(ports.told).toEqual([]);
  await push({ packages: ['nodejs-24=24.1.0-r0'] });
  await hour(at(21, 13));
  expect(ports.told.map(({ title }) => title)).toEqual([`${PYTHON} moved from Node 22 to 24`]);
});
