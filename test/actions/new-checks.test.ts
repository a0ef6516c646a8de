import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { assessPush } from '../../actions/assess-push.ts';
import { deliverAlerts } from '../../actions/deliver-alerts.ts';
import { explainFinding } from '../../actions/explain-finding.ts';
import { indexImage } from '../../actions/index-image.ts';
import { RUN_FORMATS, readAllRows, readCurrentRun } from '../../actions/read-run.ts';
import { writeObject } from '../../actions/stored-objects.ts';
import { createPage } from '../../cli/print/page.ts';
import { printExplanation } from '../../cli/print/print-explanation.ts';
import { parseReference } from '../../core/image/reference.ts';
import { runKeys } from '../../core/run/run.ts';
import {
  anImageOf,
  deploy,
  type FakePorts,
  fakePorts,
  type ImageSpec,
  playNight,
} from '../support/fake-ports.ts';
import { startTestDynamo, type TestDynamo } from '../support/test-dynamo.ts';

// A check that a new version of the product brings finds what may have been so all along.

const WEB = '123456789012.dkr.ecr.eu-west-1.amazonaws.com/web:latest';
const NIGHT_1 = '2026-11-21T02:00:00.000Z';
const NIGHT_2 = '2026-11-22T02:00:00.000Z';
const NIGHT_3 = '2026-11-23T02:00:00.000Z';
const PLAIN = { packages: ['openssl=3.5.1-r0'] };
const ANOTHER = { packages: ['openssl=3.5.2-r0'] };

let dynamo: TestDynamo;
let ports: FakePorts;
beforeAll(async () => {
  dynamo = await startTestDynamo();
});
afterAll(() => dynamo.stop());
beforeEach(async () => {
  ports = await fakePorts(dynamo);
  await push({ ...PLAIN, root: true });
  await deploy(ports, 'ecs/prod/web', WEB);
  await playNight(ports, NIGHT_1);
  ports.told.length = 0;
});

async function push(spec: ImageSpec): Promise<void> {
  const image = await anImageOf(spec);
  ports.registry.push(WEB, image);
  const reference = parseReference(WEB);
  await indexImage(ports, { reference, digest: image.digest });
  const { registry, repository, tag = '' } = reference;
  const { digest } = image;
  await assessPush(ports, { registry, repository, tag, digest, pushedAt: ports.now });
}

/** As if the last night had been one of a version that had no check for a shell. */
async function sayThatItWasNotAsked(): Promise<void> {
  const run = await readCurrentRun(ports);
  const checks = run?.checks?.filter((each) => !each.startsWith('shell@'));
  ports.objects.objects.delete(runKeys.run(NIGHT_1));
  const old = { ...run, checks, engine: 'of-before' };
  await writeObject(ports.objects, RUN_FORMATS.run, runKeys.run(NIGHT_1), old);
}

/** What `explain` says of a check. */
async function toldOf(finding: string): Promise<string> {
  const lines: string[] = [];
  const page = createPage({
    print: (line) => void lines.push(line),
    printError: () => undefined,
    isTerminal: false,
    isColoured: false,
    columns: 200,
    registryEndpoints: '',
  });
  const asked = { finding, package: null, image: null, workload: null };
  printExplanation(page, await explainFinding(ports, asked), () => '');
  return lines.join(' ').replace(/\s+/g, ' ');
}

async function told(): Promise<string[]> {
  await deliverAlerts(ports);
  return ports.told.map(({ title }) => title);
}

it('tells of a shell that a push brings, where it was asked for before', async () => {
  await push({ ...ANOTHER, root: true, shell: true });
  expect(await told()).toEqual([expect.stringContaining('got worse: shell')]);
});

it('does not tell by day what it was never asked before', async () => {
  await sayThatItWasNotAsked();
  await push({ ...ANOTHER, root: true, shell: true });
  expect(await told()).toEqual([]);
});

it('does not tell it at night either, by whatever way the image came', async () => {
  await sayThatItWasNotAsked();
  const image = await anImageOf({ ...ANOTHER, root: true, shell: true });
  ports.registry.push(WEB, image);
  await deploy(ports, 'ecs/prod/web', WEB);
  await playNight(ports, NIGHT_2);
  expect(await told()).toEqual([]);
  const run = await readCurrentRun(ports);
  const rows = run ? await readAllRows(ports.objects, run) : [];
  expect(rows.flatMap(({ items }) => items.map(({ key, origin }) => `${key} ${origin}`))).toEqual(
    rows.flatMap(() => ['check|root-user baseline', 'check|shell engine']),
  );
  expect(await toldOf('shell')).toContain('Told known since Tidewatch was upgraded');
  expect(await toldOf('root-user')).toContain('Told there from the start, so only the baseline');
});

it('tells by day what a check that is no news finds, beside one that is', async () => {
  await push(PLAIN);
  await playNight(ports, NIGHT_2);
  ports.told.length = 0;
  await push({ ...ANOTHER, root: true, shell: true });
  expect(await told()).toEqual([expect.stringContaining('got worse: root-user, shell')]);
});

it('tells it once the new version has had its night', async () => {
  await sayThatItWasNotAsked();
  await push({ ...ANOTHER, root: true });
  await playNight(ports, NIGHT_2);
  await push({ ...ANOTHER, root: true, shell: true });
  await playNight(ports, NIGHT_3);
  expect(await told()).toEqual([expect.stringContaining('got worse: shell')]);
});

it('tells it of the second push after the first was judged by the new version', async () => {
  await sayThatItWasNotAsked();
  await push({ ...ANOTHER, root: true });
  await push({ ...ANOTHER, root: true, shell: true });
  expect(await told()).toEqual([expect.stringContaining('got worse: shell')]);
});
