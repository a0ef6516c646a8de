import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { assessPush } from '../../actions/assess-push.ts';
import { indexImage } from '../../actions/index-image.ts';
import { readStatus } from '../../actions/read-status.ts';
import type { Alert } from '../../core/alert/alert.ts';
import { baseText } from '../../core/base/describe-base.ts';
import { parseReference } from '../../core/image/reference.ts';
import { runKeys } from '../../core/run/run.ts';
import { type BuiltImage, buildImage } from '../../local/world/build-image.ts';
import { PlatformSpec } from '../../local/world/platform-spec.ts';
import { buildArtifact } from '../support/build-artifact.ts';
import { anAdvisory, deploy, type FakePorts, fakePorts, playNight } from '../support/fake-ports.ts';
import { startTestDynamo, type TestDynamo } from '../support/test-dynamo.ts';

const BASE = 'cgr.dev/chainguard/python:latest';
const HOST = '123456789012.dkr.ecr.eu-west-1.amazonaws.com';
const WEB = `${HOST}/web:latest`;
const ID = 'CVE-2026-9000077';
const OLD = ['openssl=3.5.0-r0', 'zlib=1.3-r0'];
const NEW = ['openssl=3.5.1-r0', 'zlib=1.3-r0'];
const night = (day: number) => new Date(Date.UTC(2026, 10, day, 2)).toISOString();

let dynamo: TestDynamo;
let ports: FakePorts;
beforeAll(async () => {
  dynamo = await startTestDynamo();
});
afterAll(() => dynamo.stop());
beforeEach(async () => {
  ports = await fakePorts(dynamo);
  ports.watched.push(BASE);
});

/** An image of one layer, or of one more that was built on it. */
function built(packages: readonly unknown[], own?: object): Promise<BuiltImage> {
  const osRelease = { ID: 'wolfi', NAME: 'Wolfi', VERSION_ID: '20230201' };
  const layers = [{ osRelease, apk: packages, compression: 'none' }, ...(own ? [own] : [])];
  const platform = PlatformSpec.parse({ layers, config: { User: '65532' } });
  return buildImage({ 'linux/amd64': platform }, () => undefined);
}

async function release(packages: readonly unknown[]): Promise<void> {
  ports.registry.push(BASE, await built(packages));
}

const APP = { files: { 'app/main.py': 'print()' }, compression: 'none' };

async function run(workload: string, packages: readonly unknown[], own: object = APP) {
  const reference = `${HOST}/${workload}:latest`;
  ports.registry.push(reference, await built(packages, own));
  await deploy(ports, `ecs/prod/${workload}`, reference);
}

function disclose(name: string, fixed?: string, id = ID): void {
  ports.feed.byId.set(id, anAdvisory(id, { name, ...(fixed && { fixed }) }));
}

/** Plays a night and gives what it told of the vulnerability. */
async function toldBy(day: number, id = ID): Promise<Alert> {
  ports.told.length = 0;
  await playNight(ports, night(day));
  const found = ports.told.find(({ subject, title }) => subject === id || title.includes(id));
  if (!found) throw new Error(`told: ${JSON.stringify(ports.told.map(({ title }) => title))}`);
  return found;
}

async function reportOf(day: number): Promise<string> {
  const page = await ports.objects.get(runKeys.report(night(day)));
  return new TextDecoder().decode(page);
}

/** The base is released anew on the second night; what runs was built on the first. */
async function fallBehind(newer: readonly unknown[] = NEW, own?: object): Promise<void> {
  await release(OLD);
  await run('web', OLD, own);
  await playNight(ports, night(1));
  await release(newer);
  await playNight(ports, night(3));
}

describe('the remedy of a vulnerability in a package of the base', () => {
  it('says that the newest build is without it, and how far behind the image is', async () => {
    await fallBehind();
    disclose('openssl', '3.5.1-r0');
    const { remedy, message } = await toldBy(4);
    const said = `CVE-2026-9000077 comes with the base ${BASE} (2 days and 1 build behind): its newest build is without it, rebuild on that.`;
    expect(remedy).toBe(`Rebuild with openssl ≥ 3.5.1-r0, then deploy. ${said}`);
    expect(message).toContain(said);
  });

  it('says that the newest build has it too', async () => {
    await fallBehind(['openssl=3.5.0-r1', 'zlib=1.3-r0']);
    disclose('openssl');
    expect((await toldBy(4)).remedy).toMatch(
      /\(2 days and 1 build behind\): its newest build has it too, so a rebuild on it does not help yet\.$/,
    );
  });

  it('says nothing of a newest build that nobody could read', async () => {
    await fallBehind();
    ports.registry.push(BASE, {
      ...(await built(['openssl=3.5.2-r0'])),
      blobs: new Map(),
    });
    disclose('openssl', '3.5.1-r0');
    expect((await toldBy(4)).remedy).toMatch(
      /CVE-2026-9000077 comes with the base \S+ \(3 days and 2 builds behind\)\.$/,
    );
  });

  it('says which runtime the newest build moves', async () => {
    const python = (minor: string) => ({
      name: `python-${minor}`,
      version: `${minor}.1-r0`,
      files: [`usr/bin/python${minor}`],
    });
    await release([...OLD, python('3.13')]);
    await run('web', [...OLD, python('3.13')]);
    await playNight(ports, night(1));
    await release([...NEW, python('3.14')]);
    await playNight(ports, night(2));
    disclose('openssl', '3.5.1-r0');
    expect((await toldBy(3)).remedy).toMatch(
      /rebuild on that, which moves Python 3\.13 to 3\.14\.$/,
    );
  });

  it('is not the base’s where what was built on it brought the package, or another version of it', async () => {
    const apk = [...OLD.slice(0, 1), 'zlib=1.2-r0', 'curl=8-r0'];
    await fallBehind(NEW, { apk, compression: 'none' });
    disclose('curl');
    expect((await toldBy(4)).remedy).not.toContain('base');
    disclose('zlib', undefined, 'CVE-2026-9000078');
    expect((await toldBy(5, 'CVE-2026-9000078')).remedy).not.toContain('base');
  });

  it('says how the base was found where its layers do not prove it', async () => {
    const five = ['a=1', 'b=1', 'c=1', 'd=1', 'openssl=3.5.0-r0'];
    await release(five);
    await run('web', [...five, 'curl=8-r0']);
    await playNight(ports, night(1));
    await release([...five.slice(0, 4), 'openssl=3.5.1-r0']);
    await playNight(ports, night(2));
    disclose('openssl', '3.5.1-r0');
    expect((await toldBy(3)).remedy).toContain(
      '(1 day and 1 build behind; by its packages, medium confidence): its newest build is without it',
    );
  });

  it('is to deploy the newest build where nothing was built on it', async () => {
    await release(OLD);
    ports.registry.push(WEB, await built(OLD));
    await deploy(ports, 'ecs/prod/web', WEB);
    await playNight(ports, night(1));
    await release(NEW);
    await playNight(ports, night(2));
    disclose('openssl', '3.5.1-r0');
    expect((await toldBy(3)).remedy).toMatch(/its newest build is without it, deploy that\.$/);
  });

  it('is said of a push as well', async () => {
    await fallBehind();
    ports.registry.push(WEB, await built(['zlib=1.3-r0'], APP));
    disclose('openssl', '3.5.1-r0');
    await playNight(ports, night(4));
    ports.told.length = 0;
    const image = await built(OLD, { ...APP, files: { 'app/main.py': 'print(2)' } });
    ports.registry.push(WEB, image);
    const reference = parseReference(WEB);
    await indexImage(ports, { reference, digest: image.digest });
    const { registry, repository, tag = '' } = reference;
    const pushedAt = night(5);
    await assessPush(ports, { registry, repository, tag, digest: image.digest, pushedAt });
    const [head] = await ports.state.pendingHeads();
    expect(head?.pending.map(({ remedy }) => remedy)).toEqual([
      `Rebuild with openssl ≥ 3.5.1-r0, or roll back to the digest before. CVE-2026-9000077 comes with the base ${BASE} (2 days and 1 build behind): its newest build is without it, rebuild on that.`,
    ]);
  });
});

describe('what the report and the status show', () => {
  it('is the base of each image, and what to rebuild on which base', async () => {
    await release(OLD);
    await run('web', OLD);
    await run('api', OLD, { files: { 'app/api.py': '' }, compression: 'none' });
    disclose('openssl', '3.5.1-r0');
    await playNight(ports, night(1));
    expect(await reportOf(1)).not.toContain('Rebuilds that help');
    await release(NEW);
    await playNight(ports, night(10));

    const page = await reportOf(10);
    expect(page).toContain('Rebuilds that help');
    expect(page).toMatch(/2 services: ecs\/prod\/api \(app, linux\/amd64\), ecs\/prod\/web/);
    expect(page).toContain('1 finding, the worst high');
    expect(page).toContain(`${BASE}, of 2026-11-01, 9 days and 1 build behind`);
    expect(page).toMatch(
      /Rebuild with openssl ≥ 3\.5\.1-r0, then deploy\. It comes with the base \S+ \(9 days and 1 build behind\)/,
    );
    const { origins, running } = await readStatus(ports);
    expect(origins.rebuilds).toMatchObject([{ image: BASE, gone: 1, brought: 0, worst: 'high' }]);
    expect(running.map(({ digest }) => baseText(origins.standingOf(digest)))).toEqual(
      running.map(() => `${BASE}, of 2026-11-01, 9 days and 1 build behind`),
    );
  });

  it('is no rebuild where the newest build has it too', async () => {
    await release(OLD);
    await run('web', OLD);
    disclose('openssl');
    await playNight(ports, night(1));
    await release(['openssl=3.5.1-r0']);
    await playNight(ports, night(2));
    expect((await readStatus(ports)).origins.rebuilds).toEqual([]);
  });

  it('is which bill of materials says something else than the layers', async () => {
    await release(OLD);
    await run('web', OLD);
    const reference = parseReference(`${HOST}/web:latest`);
    const { digest } = await ports.registry.resolve(reference);
    const purls = ['pkg:apk/wolfi/zlib@1.2-r0', 'pkg:apk/wolfi/curl@8-r0'];
    const content = {
      spdxVersion: 'SPDX-2.3',
      packages: purls.map((referenceLocator) => ({
        externalRefs: [{ referenceType: 'purl', referenceLocator }],
      })),
    };
    const mediaType = 'application/spdx+json';
    const subject = { digest, size: 1 };
    ports.registry.attach(
      buildArtifact({ artifactType: mediaType, subject, layers: [{ mediaType, content }] }),
    );
    await playNight(ports, night(1));
    const page = await reportOf(1);
    expect(page).toContain('Bills of materials that say something else than the layers');
    expect(page).toContain('1: apk curl 8-r0');
    expect(page).toContain('1: apk openssl 3.5.0-r0');
    expect(page).toContain('1: apk zlib: 1.2-r0, in the layers 1.3-r0');
  });
});

describe('a quiet night', () => {
  it('reads no image again to know what it is built on', async () => {
    await fallBehind();
    await playNight(ports, night(4));
    const asked: string[] = [];
    const { get } = ports.objects;
    ports.objects.get = (key) => {
      asked.push(key);
      return get(key);
    };
    await playNight(ports, night(5));
    const read = asked.filter((key) => key.startsWith('inventories/') || key.endsWith('.blocks'));
    expect(read).toEqual([]);
  });

  it('looks again for a base that came to be known late', async () => {
    ports.watched.length = 0;
    await release(OLD);
    await run('web', OLD);
    await playNight(ports, night(2));
    expect(await baseOfWeb()).toEqual([undefined]);

    const { digest } = await ports.registry.resolve(parseReference(BASE));
    ports.registry.tagHistory = async () => [{ at: night(1), digest }];
    ports.watched.push(BASE);
    await playNight(ports, night(3));
    expect(await baseOfWeb()).toEqual([BASE]);
  });
});

async function baseOfWeb(): Promise<unknown[]> {
  const { origins, running } = await readStatus(ports);
  return running.map(({ digest }) => origins.standingOf(digest)?.base.name);
}
