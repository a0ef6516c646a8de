import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { assessPush } from '../../actions/assess-push.ts';
import type { Explained, Place } from '../../actions/explain/explained.ts';
import { explainFinding } from '../../actions/explain-finding.ts';
import { indexImage } from '../../actions/index-image.ts';
import { describePlace } from '../../cli/print/describe-place.ts';
import { parseReference } from '../../core/image/reference.ts';
import { buildArtifact } from '../support/build-artifact.ts';
import { aKevEntry } from '../support/details-builders.ts';
import {
  anAdvisory,
  anImageOf,
  createFakeFeed,
  deploy,
  type FakePorts,
  fakePorts,
  type ImageSpec,
  playNight,
} from '../support/fake-ports.ts';
import { startTestDynamo, type TestDynamo } from '../support/test-dynamo.ts';

const HOST = '123456789012.dkr.ecr.eu-west-1.amazonaws.com';
const WEB = `${HOST}/web:latest`;
const ID = 'CVE-2026-9000050';
const NIGHTS = [1, 2, 3, 4].map((day) => `2026-11-2${day}T02:00:00.000Z`) as [
  string,
  string,
  string,
  string,
];

let dynamo: TestDynamo;
let ports: FakePorts;
beforeAll(async () => {
  dynamo = await startTestDynamo();
});
afterAll(() => dynamo.stop());
beforeEach(async () => {
  ports = await fakePorts(dynamo);
});

async function run(spec: ImageSpec, workload = 'ecs/prod/web'): Promise<void> {
  ports.registry.push(WEB, await anImageOf(spec));
  await deploy(ports, workload, WEB);
}

function disclose(fixed?: string): void {
  ports.feed.byId.set(ID, anAdvisory(ID, { name: 'zlib', ...(fixed && { fixed }) }));
}

async function push(spec: ImageSpec, pushedAt: string): Promise<void> {
  const image = await anImageOf(spec);
  ports.registry.push(WEB, image);
  const reference = parseReference(WEB);
  const { registry, repository, tag = '' } = reference;
  await indexImage(ports, { reference, digest: image.digest });
  await assessPush(ports, { registry, repository, tag, digest: image.digest, pushedAt });
}

function ask(words: Partial<Parameters<typeof explainFinding>[1]> = {}) {
  return explainFinding(ports, {
    finding: ID,
    package: null,
    image: null,
    workload: null,
    ...words,
  });
}

async function explained(words: Parameters<typeof ask>[0] = {}): Promise<Explained> {
  const { outcome } = await ask(words);
  if (outcome.kind !== 'explained') throw new Error(`expected an explanation: ${outcome.kind}`);
  return outcome;
}

async function places(words: Parameters<typeof ask>[0] = {}): Promise<readonly Place[]> {
  return (await explained(words)).cases.flatMap((each) => each.places);
}

async function since(): Promise<unknown> {
  return (await places({ workload: 'ecs/prod/web' })).flatMap(({ lineages }) =>
    lineages.map((each) => each.since),
  );
}

it('judges nothing before the first night', async () => {
  expect((await ask()).outcome).toEqual({ kind: 'no-night' });
});

describe('since when a finding is open', () => {
  it('is the night that found it first, however many came after', async () => {
    await run({ packages: ['zlib=1.2-r0'] });
    await playNight(ports, NIGHTS[0]);
    disclose('1.3-r0');
    for (const night of NIGHTS.slice(1)) await playNight(ports, night);
    expect(await since()).toEqual([{ at: NIGHTS[1], by: 'night' }]);
  });

  it('begins anew after it was gone', async () => {
    await run({ packages: ['zlib=1.2-r0'] });
    disclose('1.3-r0');
    await playNight(ports, NIGHTS[0]);
    await run({ packages: ['zlib=1.3-r0'] });
    await playNight(ports, NIGHTS[1]);
    await run({ packages: ['zlib=1.2-r0'] });
    await playNight(ports, NIGHTS[2]);
    expect(await since()).toEqual([{ at: NIGHTS[2], by: 'night' }]);
  });

  it('goes on when another image has it too', async () => {
    await run({ packages: ['zlib=1.2-r0'] });
    await playNight(ports, NIGHTS[0]);
    disclose('1.3-r0');
    await playNight(ports, NIGHTS[1]);
    await run({ packages: ['zlib=1.2-r0', 'curl=8-r0'] });
    await playNight(ports, NIGHTS[2]);
    expect(await since()).toEqual([{ at: NIGHTS[1], by: 'night' }]);
  });

  it('is the first night where it was there by then', async () => {
    await run({ packages: ['zlib=1.2-r0'] });
    disclose();
    await playNight(ports, NIGHTS[0]);
    await playNight(ports, NIGHTS[1]);
    expect(await since()).toEqual([{ at: NIGHTS[0], by: 'first-night' }]);
  });

  it('says so where earlier nights are not kept any more', async () => {
    await run({ packages: ['zlib=1.2-r0'] });
    disclose();
    await playNight(ports, NIGHTS[0]);
    await playNight(ports, NIGHTS[1]);
    const { objects } = ports;
    const kept = {
      ...objects,
      get: async (key: string) =>
        key.startsWith(`runs/${NIGHTS[0]}/`) ? undefined : objects.get(key),
    };
    ports = { ...ports, objects: kept };
    expect(await since()).toEqual([{ at: NIGHTS[1], by: 'at-least' }]);
  });

  it('is the push that brought it by day', async () => {
    await push({ packages: ['zlib=1.3-r0'] }, '2026-11-20T10:00:00.000Z');
    disclose('1.3-r0');
    await playNight(ports, NIGHTS[0]);
    await push({ packages: ['zlib=1.2-r0'] }, '2026-11-21T10:00:00.000Z');
    const [place] = await places();
    expect(place?.lineages).toMatchObject([
      { kind: 'repository', since: { at: '2026-11-21T10:00:00.000Z', by: 'push' } },
    ]);
  });
});

it('adds what feeds of details and scores say', async () => {
  await run({ packages: ['zlib=1.2-r0'] });
  const record = anAdvisory(ID, { name: 'zlib', severity: 'not yet assigned' });
  ports.feed.byId.set(ID, record);
  const kev = Object.assign(createFakeFeed('kev'), { kind: 'details' as const });
  kev.byId.set(ID, { ...aKevEntry(ID, '2026-11-03', 'Known'), dateReleased: NIGHTS[0] });
  const epss = Object.assign(createFakeFeed('epss'), { kind: 'scores' as const });
  epss.byId.set(ID, { cve: ID, epss: '0.5', percentile: '0.9', scoreDate: '2026-11-20' });
  ports = { ...ports, feeds: [ports.feed, kev, epss] };
  await playNight(ports, NIGHTS[0]);
  const [found] = (await explained()).cases;
  expect(found?.explanation.finding?.exploited).toMatchObject({ since: '2026-11-03', feed: 'kev' });
  expect(found?.likelihood).toMatchObject({ score: 0.5, percentile: 0.9 });
});

describe('what is without it', () => {
  it('is the newer digest of its channel', async () => {
    await push({ packages: ['zlib=1.2-r0'] }, '2026-11-20T10:00:00.000Z');
    await deploy(ports, 'ecs/prod/web', WEB);
    disclose('1.3-r0');
    await playNight(ports, NIGHTS[0]);
    await push({ packages: ['zlib=1.3-r0'] }, '2026-11-21T10:00:00.000Z');
    const [place] = await places();
    expect(place?.fixed).toMatchObject([{ image: WEB, version: '1.3-r0', how: 'channel' }]);
  });
});

describe('bills of materials', () => {
  it('are named where they do not list the package, or in another version', async () => {
    await run({ packages: ['zlib=1.2-r0'] });
    const { digest } = await ports.registry.resolve(parseReference(WEB));
    const attach = (...purls: readonly string[]) => {
      const mediaType = 'application/spdx+json';
      const packages = purls.map((referenceLocator) => ({
        externalRefs: [{ referenceType: 'purl', referenceLocator }],
      }));
      const content = { spdxVersion: 'SPDX-2.3', packages };
      const subject = { digest, size: 1 };
      const layers = [{ mediaType, content }];
      ports.registry.attach(buildArtifact({ artifactType: mediaType, subject, layers }));
    };
    attach('pkg:apk/wolfi/zlib@1.1-r0');
    attach('pkg:apk/wolfi/other@1-r0');
    attach('pkg:apk/wolfi/zlib@1.2-r0');
    disclose();
    await playNight(ports, NIGHTS[0]);
    const [place] = await places();
    expect(place?.sboms).toMatchObject([
      { source: { where: 'referrer' }, format: 'spdx', version: '1.1-r0' },
      { source: { where: 'referrer' }, format: 'spdx', version: null },
    ]);
    expect(place && describePlace(place, 'zlib').filter(([label]) => label === 'SBOM')).toEqual([
      [
        'SBOM',
        expect.stringMatching(/^spdx, attached as a referrer \(sha256:.*\): lists it as 1\.1-r0$/),
      ],
      ['SBOM', expect.stringMatching(/: does not list it$/)],
    ]);
  });
});

describe('which one is meant', () => {
  it('is one answer where several images have the same version', async () => {
    await run({ packages: ['zlib=1.2-r0'] });
    await run({ packages: ['zlib=1.2-r0', 'curl=8-r0'] }, 'ecs/prod/api');
    disclose();
    await playNight(ports, NIGHTS[0]);
    const { cases } = await explained();
    expect(cases).toHaveLength(1);
    expect(cases[0]?.places).toHaveLength(2);
  });

  it('is asked where they have several', async () => {
    await run({ packages: ['zlib=1.2-r0'] });
    await run({ packages: ['zlib=1.1-r0'] }, 'ecs/prod/api');
    disclose();
    await playNight(ports, NIGHTS[0]);
    const { outcome } = await ask();
    expect(outcome).toMatchObject({
      kind: 'several',
      choices: [{ version: '1.1-r0' }, { version: '1.2-r0' }],
    });
    expect((await explained({ workload: 'api' })).purl).toContain('zlib@1.1-r0');
  });

  it('explains a version that is clean where somebody asks about it', async () => {
    await run({ packages: ['zlib=1.2-r0'] });
    await run({ packages: ['zlib=1.4-r0'] }, 'ecs/prod/api');
    disclose('1.3-r0');
    await playNight(ports, NIGHTS[0]);
    const { cases } = await explained({ workload: 'api' });
    expect(cases[0]?.explanation.verdict).toBe('not-affected');
  });
});

it('names what is over with the night that told its end', async () => {
  await run({ packages: ['zlib=1.2-r0'] });
  await playNight(ports, NIGHTS[0]);
  disclose('1.3-r0');
  await playNight(ports, NIGHTS[1]);
  ports.feed.byId.delete(ID);
  await run({ packages: ['curl=8-r0'] });
  await playNight(ports, NIGHTS[2]);
  await playNight(ports, NIGHTS[3]);
  expect((await ask()).outcome).toMatchObject({
    kind: 'not-known',
    resolved: { night: NIGHTS[2] },
  });
});

describe('what is no vulnerability', () => {
  it('is a thread: what was told under it, and what of it is open', async () => {
    await run({ packages: ['zlib=1.2-r0'] });
    await playNight(ports, NIGHTS[0]);
    disclose('1.3-r0');
    await playNight(ports, NIGHTS[1]);
    await playNight(ports, NIGHTS[2]);
    const { outcome: found } = await ask({ workload: 'ecs/prod/web' });
    const [place] = found.kind === 'explained' ? (found.cases[0]?.places ?? []) : [];
    const origin = place?.lineages[0]?.origin;
    if (typeof origin !== 'object' || origin === null) throw new Error('expected a thread');
    const { outcome } = await ask({ finding: origin.thread.slice(0, 8) });
    expect(outcome).toMatchObject({
      kind: 'thread',
      thread: origin.thread,
      isOpen: true,
      told: [{ at: NIGHTS[1], kind: 'disclosed' }],
      items: [{ id: ID, package: 'pkg:apk/wolfi/zlib', fixedIn: '1.3-r0' }],
    });

    await run({ packages: ['zlib=1.3-r0'] });
    await playNight(ports, NIGHTS[3]);
    expect((await ask({ finding: origin.thread })).outcome).toMatchObject({
      kind: 'thread',
      isOpen: false,
      told: [{ kind: 'disclosed' }, { at: NIGHTS[3], kind: 'resolved' }],
      items: [],
    });
  });

  it('is a check: which images fail it, by what, and where they run', async () => {
    await run({ packages: ['zlib=1.2-r0'], root: true });
    await run({ packages: ['curl=8-r0'] }, 'ecs/prod/api');
    await playNight(ports, NIGHTS[0]);
    expect((await ask({ finding: 'root-user' })).outcome).toMatchObject({
      kind: 'check',
      images: 2,
      failing: 1,
      places: [
        {
          message: expect.stringContaining('Runs as root'),
          evidence: 'config.User',
          lineages: expect.arrayContaining([
            expect.objectContaining({ lineage: 'ecs/prod/web|app|linux/amd64' }),
          ]),
        },
      ],
    });
    const elsewhere = await ask({ finding: 'root-user', workload: 'api' });
    expect(elsewhere.outcome).toMatchObject({ images: 1, failing: 0, places: [] });
  });
});

describe('a fleet', () => {
  it('is asked by its index: of its images only those are read that are told', async () => {
    for (let n = 0; n < 12; n++) {
      await run({ packages: ['zlib=1.2-r0', `app-${n}=1-r0`] }, `ecs/prod/web-${n}`);
    }
    disclose('1.3-r0');
    await playNight(ports, NIGHTS[0]);
    const read: string[] = [];
    const { objects } = ports;
    const get = (key: string) => {
      read.push(key);
      return objects.get(key);
    };
    ports = { ...ports, objects: { ...objects, get } };
    const [found, ...others] = (await explained()).cases;
    expect(others).toEqual([]);
    expect({ places: found?.places.length, more: found?.more }).toEqual({ places: 5, more: 7 });
    const inventories = new Set(read.filter((key) => key.startsWith('inventories/')));
    expect(inventories.size).toBe(5);
    expect(read.filter((key) => key.startsWith('fleet/'))).toEqual([
      expect.stringMatching(/\/base\/\w+\.segment$/),
    ]);

    read.length = 0;
    expect((await ask({ finding: 'CVE-2026-9000099' })).outcome).toMatchObject({
      kind: 'not-known',
      images: 12,
      left: 0,
    });
    expect(read.filter((key) => key.startsWith('inventories/'))).toEqual([]);
  });

  it('is told too of what came after its index', async () => {
    await run({ packages: ['zlib=1.3-r0'] });
    disclose('1.3-r0');
    await playNight(ports, NIGHTS[0]);
    await push({ packages: ['zlib=1.2-r0'] }, '2026-11-21T10:00:00.000Z');
    expect((await explained()).purl).toContain('zlib@1.2-r0');
  });

  it('is found where no index is left', async () => {
    await run({ packages: ['zlib=1.2-r0'] });
    disclose('1.3-r0');
    await playNight(ports, NIGHTS[0]);
    const { objects } = ports;
    const get = async (key: string) => (key.startsWith('fleet/') ? undefined : objects.get(key));
    ports = { ...ports, objects: { ...objects, get } };
    expect((await explained()).cases).toHaveLength(1);
  });
});
