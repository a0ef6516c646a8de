import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { assessPush } from '../../actions/assess-push.ts';
import { deliverAlerts } from '../../actions/deliver-alerts.ts';
import { explainFinding } from '../../actions/explain-finding.ts';
import { indexImage } from '../../actions/index-image.ts';
import { RUN_FORMATS, readAllRows, readCurrentRun } from '../../actions/read-run.ts';
import { readStatus } from '../../actions/read-status.ts';
import { writeObject } from '../../actions/stored-objects.ts';
import { createPage } from '../../cli/print/page.ts';
import { printExplanation } from '../../cli/print/print-explanation.ts';
import { printStatus } from '../../cli/print/print-status.ts';
import { parseReference } from '../../core/image/reference.ts';
import { runKeys } from '../../core/run/run.ts';
import { anImageOf, deploy, type FakePorts, fakePorts, playNight } from '../support/fake-ports.ts';
import { startTestDynamo, type TestDynamo } from '../support/test-dynamo.ts';

// What an image is built on is supported on one day and not on another, with the same bytes.

const WEB = '123456789012.dkr.ecr.eu-west-1.amazonaws.com/web:latest';
const API = '123456789012.dkr.ecr.eu-west-1.amazonaws.com/api:latest';

/** Ends on 2027-05-01. */
const ALPINE = { ID: 'alpine', NAME: 'Alpine Linux', VERSION_ID: '3.22.1' };
const ENDED = { ID: 'alpine', NAME: 'Alpine Linux', VERSION_ID: '3.16.1' };

let dynamo: TestDynamo;
let ports: FakePorts;
beforeAll(async () => {
  dynamo = await startTestDynamo();
});
afterAll(() => dynamo.stop());
beforeEach(async () => {
  ports = await fakePorts(dynamo);
});

async function runs(
  reference: string,
  osRelease: Record<string, string>,
  packages = ['zlib=1.3-r0'],
) {
  ports.registry.push(reference, await anImageOf({ osRelease, packages }));
  await deploy(ports, `ecs/prod/${reference === WEB ? 'web' : 'api'}`, reference);
}

async function push(osRelease: Record<string, string>, version: string): Promise<void> {
  const image = await anImageOf({ osRelease, packages: [`zlib=${version}`] });
  ports.registry.push(WEB, image);
  const { registry, repository, tag = '' } = parseReference(WEB);
  await indexImage(ports, { reference: parseReference(WEB), digest: image.digest });
  const { digest } = image;
  await assessPush(ports, { registry, repository, tag, digest, pushedAt: ports.now });
}

/** What a night tells. */
async function night(day: string): Promise<string[]> {
  ports.told.length = 0;
  await playNight(ports, `${day}T02:00:00.000Z`);
  return ports.told.map(({ kind, title }) => `${kind}: ${title}`);
}

async function openItems(): Promise<string[]> {
  const run = await readCurrentRun(ports);
  const rows = run ? await readAllRows(ports.objects, run) : [];
  return rows
    .filter(({ kind }) => kind === 'workload')
    .flatMap(({ items }) => items.map(({ title, severity }) => `${severity}: ${title}`));
}

async function status(): Promise<string[]> {
  const lines: string[] = [];
  const page = { print: (line: string) => lines.push(line), width: 200 };
  printStatus(page as never, await readStatus(ports), {
    schedule: null,
    isOverdue: false,
    now: new Date(ports.now),
  });
  return lines.filter((line) => line.startsWith('Support'));
}

/** What `explain support` says. */
async function explanation(workload: string | null): Promise<string> {
  const lines: string[] = [];
  const page = createPage({
    print: (line) => void lines.push(line),
    printError: () => undefined,
    isTerminal: false,
    isColoured: false,
    columns: 200,
    registryEndpoints: '',
  });
  const asked = { finding: 'support', package: null, image: null, workload };
  printExplanation(page, await explainFinding(ports, asked), () => '');
  return lines.join(' ').replace(/\s+/g, ' ');
}

async function report(day: string): Promise<string> {
  const bytes = await ports.objects.get(runKeys.report(`${day}T02:00:00.000Z`));
  return Buffer.from(bytes ?? []).toString();
}

describe('a base that comes to its end while it runs', () => {
  beforeEach(async () => {
    await runs(WEB, ALPINE);
    await runs(API, ALPINE, ['zlib=1.3-r1']);
    await night('2027-01-29');
  });

  it('is told once for all that runs on it 90 days ahead, and once when it is over', async () => {
    expect(await night('2027-01-30')).toEqual([]);
    expect(await night('2027-01-31')).toEqual([
      'support: Support of Alpine 3.22 ends on 2027-05-01',
    ]);
    expect(ports.told[0]).toMatchObject({ count: 2 });
    expect(await night('2027-02-01')).toEqual([]);
    expect(await night('2027-05-01')).toEqual([]);
    expect(await night('2027-05-02')).toEqual([
      'support: Support of Alpine 3.22 ended on 2027-05-01',
    ]);
    expect(await night('2027-05-03')).toEqual([]);
  });

  it('is shown on each workload, in status and in the report', async () => {
    expect(await openItems()).toEqual([]);
    await night('2027-01-31');
    expect(await openItems()).toEqual(
      Array(2).fill('low: Support of Alpine 3.22 ends on 2027-05-01, in 90 days.'),
    );
    expect(await status()).toEqual([
      expect.stringContaining('Support of Alpine 3.22 ends on 2027-05-01: 2 images'),
    ]);
    expect(await report('2027-01-31')).toContain('2027-05-01: 90 days left');
    await night('2027-05-02');
    expect(await openItems()).toEqual(
      Array(2).fill('medium: Support of Alpine 3.22 ended on 2027-05-01.'),
    );
    expect(await report('2027-05-02')).toContain('2027-05-01: out of support');
  });

  it('is explained as the night has judged it', async () => {
    await night('2027-01-31');
    const { outcome } = await explainFinding(ports, {
      finding: 'support',
      package: null,
      image: null,
      workload: null,
    });
    expect(outcome).toMatchObject({
      kind: 'check',
      failing: 2,
      places: Array(2).fill({
        message: 'Support of Alpine 3.22 ends on 2027-05-01, in 90 days.',
      }),
    });
  });

  it('is not called passed by what nobody knows', async () => {
    await runs(API, { ...ALPINE, VERSION_ID: '3.99.0' });
    await night('2027-01-30');
    expect(await explanation('ecs/prod/api')).toMatch(
      /no vulnerability: of 1 image it is not known whether it fails\. .*Unknown It is not known until when: Alpine 3\.99 is newer than the table of dates\./,
    );
    expect(await explanation('ecs/prod/web')).toContain('none of 1 image is known to fail it.');
    expect(await explanation(null)).toContain('none of 2 images is known to fail it, of 1 it is');
    await night('2027-05-02');
    expect(await explanation(null)).toContain('1 of 2 images fails it, of 1 it is not known.');
  });

  it('is resolved when the last workload has left it', async () => {
    await night('2027-01-31');
    await runs(WEB, { ...ALPINE, VERSION_ID: '3.24.0' });
    expect(await night('2027-02-01')).toEqual([]);
    await runs(API, { ...ALPINE, VERSION_ID: '3.24.0' });
    expect(await night('2027-02-02')).toEqual([
      'resolved: Resolved: nothing runs on Alpine 3.22 any more',
    ]);
    expect(await openItems()).toEqual([]);
    expect(await status()).toEqual([]);
  });
});

describe('a base that is over already', () => {
  it('is the baseline of the first night, which says so', async () => {
    await runs(WEB, ENDED);
    await playNight(ports, '2027-01-29T02:00:00.000Z');
    expect(ports.told).toMatchObject([
      { kind: 'baseline', title: expect.stringContaining('1 failed check') },
    ]);
    expect(ports.told[0]?.message).toContain('Support of Alpine 3.16 ended on 2024-05-23');
    expect(await night('2027-01-30')).toEqual([]);
  });

  it('is told of a push that brings it, by day and not again at night', async () => {
    await push(ALPINE, '1');
    await deploy(ports, 'ecs/prod/web', WEB);
    await night('2026-11-21');
    ports.told.length = 0;
    await push(ENDED, '2');
    await deliverAlerts(ports);
    expect(ports.told).toMatchObject([
      {
        kind: 'regression',
        cause: 'image',
        severity: 'medium',
        title: expect.stringContaining('got worse: Alpine 3.16 (out of support)'),
        remedy: expect.stringContaining('Take a base and runtimes that are still supported'),
      },
    ]);
    await deploy(ports, 'ecs/prod/web', WEB);
    expect(await night('2026-11-22')).toEqual([]);
  });

  it('is not told of a push of what only ends soon: the whole fleet hears of that at night', async () => {
    await push({ ...ALPINE, VERSION_ID: '3.24.0' }, '1');
    await deploy(ports, 'ecs/prod/web', WEB);
    await night('2027-03-01');
    ports.told.length = 0;
    await push(ALPINE, '2');
    await deliverAlerts(ports);
    expect(ports.told).toEqual([]);
  });

  it('is no news where the version before did not ask, by day or at night', async () => {
    // A row of that version has no such item.
    await push({ ...ALPINE, VERSION_ID: '3.24.0' }, '1');
    await deploy(ports, 'ecs/prod/web', WEB);
    await night('2026-11-20');
    const run = await readCurrentRun(ports);
    const checks = run?.checks?.filter((each) => !each.startsWith('support@'));
    const id = run?.runId ?? '';
    ports.objects.objects.delete(runKeys.run(id));
    const old = { ...run, checks, support: undefined, engine: 'of-before' };
    await writeObject(ports.objects, RUN_FORMATS.run, runKeys.run(id), old);
    ports.told.length = 0;
    await push(ENDED, '2');
    await deliverAlerts(ports);
    expect(ports.told).toEqual([]);
    await deploy(ports, 'ecs/prod/web', WEB);
    expect(await night('2026-11-21')).toEqual([]);
    expect(await status()).toEqual([expect.stringContaining('Support of Alpine 3.16 ended on')]);
  });
});
