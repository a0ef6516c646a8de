import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { runCommandLine } from '../../support/command-line.ts';
import { auditedProgram } from '../../support/compiled-programs.ts';
import { program } from '../../support/inventory-of.ts';
import { type TestEntry, tarOf } from '../../support/layers.ts';
import { anOsvRecord, type MadeUpAffected } from '../../support/osv-records.ts';
import { hasProgram, writeLayout } from '../../support/umoci.ts';
import { zipOf } from '../../support/zip-archive.ts';

const root = mkdtempSync(join(tmpdir(), 'tidewatch-languages-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** What `scan` finds in an image of one layer by one record: `vulnerability package version`. */
async function findingsOf(
  entries: readonly TestEntry[],
  ...affected: readonly MadeUpAffected[]
): Promise<string[]> {
  const folder = mkdtempSync(join(root, 'image-'));
  writeLayout(folder, [await tarOf(entries)]);
  const advisories = join(folder, 'advisories.ndjson');
  writeFileSync(advisories, JSON.stringify(anOsvRecord('MADE-UP-1', affected)));
  const words = ['scan', `oci:${folder}`, '--advisories', advisories, '--format', 'json'];
  const { out } = await runCommandLine(words);
  const { findings } = JSON.parse(out.join('\n')) as {
    readonly findings: readonly { readonly id: string; readonly package: string }[];
  };
  return findings.map((each) => `${each.id} ${each.package}`);
}

it('finds what advisories say of a Go program: its modules and the standard library', async () => {
  const tsc = readFileSync(`node_modules/@typescript/typescript-linux-${process.arch}/lib/tsc`);
  const events = [{ fixed: '99.0.0' }];
  const found = await findingsOf(
    [program('usr/bin/tsc', tsc)],
    { ecosystem: 'Go', name: 'golang.org/x/sys', events },
    { ecosystem: 'Go', name: 'stdlib', events },
    { ecosystem: 'Go', name: 'toolchain', events },
    { ecosystem: 'Go', name: 'github.com/microsoft/typescript-go', events },
  );
  expect(found).toEqual([
    expect.stringMatching(/^MADE-UP-1 pkg:golang\/golang\.org\/x\/sys@0\.\d+\.\d+$/),
    expect.stringMatching(/^MADE-UP-1 pkg:golang\/stdlib@1\.\d+\.\d+$/),
  ]);
});

it.runIf(hasProgram('gcc'))('finds what advisories say of a crate in a program (gcc)', async () => {
  const found = await findingsOf([program('usr/bin/x', auditedProgram())], {
    ecosystem: 'crates.io',
    name: 'serde',
    events: [{ fixed: '1.0.137' }],
  });
  expect(found).toEqual(['MADE-UP-1 pkg:cargo/serde@1.0.136']);
});

it('finds what advisories say of an installed npm package', async () => {
  const text = JSON.stringify({ name: '@made-up/left-pad', version: '1.2.3' });
  const found = await findingsOf([['app/node_modules/@made-up/left-pad/package.json', text]], {
    ecosystem: 'npm',
    name: '@made-up/left-pad',
    events: [{ fixed: '1.2.4' }],
  });
  expect(found).toEqual(['MADE-UP-1 pkg:npm/%40made-up/left-pad@1.2.3']);
});

it('finds what advisories say of a library in an application’s archive', async () => {
  const name = 'META-INF/maven/org.example/core/pom.properties';
  const text = 'groupId=org.example\nartifactId=core\nversion=2.1.0\n';
  const library = zipOf([{ name, text }]);
  const app = zipOf([{ name: 'BOOT-INF/lib/core-2.1.0.jar', text: '', bytes: library }]);
  const found = await findingsOf([['opt/app.jar', app]], {
    ecosystem: 'Maven',
    name: 'org.example:core',
    events: [{ fixed: '2.1.1' }],
  });
  expect(found).toEqual(['MADE-UP-1 pkg:maven/org.example/core@2.1.0']);
});

it('calls nothing clean that holds what it cannot look into', async () => {
  const esbuild = readFileSync(`node_modules/@esbuild/linux-${process.arch}/bin/esbuild`);
  const folder = mkdtempSync(join(root, 'opaque-'));
  const package_ = JSON.stringify({ name: 'left-pad', version: '1.2.3' });
  writeLayout(folder, [
    await tarOf([
      program('app/server', esbuild),
      ['app/node_modules/left-pad/package.json', package_],
    ]),
  ]);
  const advisories = join(folder, 'advisories.ndjson');
  const affected = { ecosystem: 'npm', name: 'other', events: [{ fixed: '1.2.4' }] };
  writeFileSync(advisories, JSON.stringify(anOsvRecord('MADE-UP-1', affected)));
  const words = ['scan', `oci:${folder}`, '--advisories', advisories];

  const { out, err, status } = await runCommandLine([...words, '--fail-on', 'low']);
  const text = out.join('\n');
  expect(status).toBe(3);
  expect(err.join('\n')).toContain('could not tell: opaque executables may hide a finding');
  expect(text).toContain('coverage 1 executable: 1 opaque');
  expect(text).toContain('Findings: none, but opaque executables may hide some');
  expect(text).toContain('Opaque: 1 executable, of which no advisory can speak');
  expect(text).toContain('app/server: a Go program without build information');

  const document = JSON.parse(
    (await runCommandLine([...words, '--format', 'json'])).out.join('\n'),
  );
  expect(document).toMatchObject({
    coverage: { opaque: 1, opaqueFiles: [{ path: 'app/server' }] },
    packages: [{ name: 'left-pad', layer: 0 }],
  });
});

it('calls nothing clean of which only some parts are named, and names those that are not', async () => {
  const folder = mkdtempSync(join(root, 'partly-'));
  const main = { name: 'Main.class', text: 'x' };
  const pom = {
    name: 'META-INF/maven/org.example/app/pom.properties',
    text: 'groupId=org.example\nartifactId=app\nversion=1.0\n',
  };
  const library = { name: 'BOOT-INF/lib/web-5.3.jar', text: '', bytes: zipOf([main]) };
  writeLayout(folder, [await tarOf([['app/app.jar', zipOf([pom, main, library])]])]);
  const advisories = join(folder, 'advisories.ndjson');
  const affected = { ecosystem: 'Maven', name: 'org.example:web', events: [{ fixed: '5.4' }] };
  writeFileSync(advisories, JSON.stringify(anOsvRecord('MADE-UP-1', [affected])));
  const words = ['scan', `oci:${folder}`, '--advisories', advisories];

  const { out, err, status } = await runCommandLine([...words, '--fail-on', 'high']);
  const text = out.join('\n');
  expect(status).toBe(3);
  expect(err.join('\n')).toContain('could not tell: partly listed executables may hide a finding');
  expect(text).toContain('Findings: none, but partly listed executables may hide some');
  expect(text).toContain('Partly listed: 1 executable, of which advisories can speak in part');
  expect(text.replace(/\s+/g, ' ')).toContain(
    'app/app.jar: archives of Java classes; of 2 with classes 1 without a project’s name (BOOT-INF/lib/web-5.3.jar); leave',
  );

  const document = JSON.parse(
    (await runCommandLine([...words, '--format', 'json'])).out.join('\n'),
  );
  expect(document.coverage).toMatchObject({
    partly: 1,
    partlyFiles: [{ path: 'app/app.jar', unnamed: ['BOOT-INF/lib/web-5.3.jar'] }],
  });

  for (const asked of ['MADE-UP-1', 'CVE-2026-9000001']) {
    const explained = (await runCommandLine([...words, '--explain', asked])).out.join(' ');
    expect(explained.replace(/\s+/g, ' ')).toMatch(
      /is no finding: .* What the problems below name may hide it\. .*app\/app\.jar: partly listed: .*web-5\.3\.jar/,
    );
    expect(explained).not.toContain('No feed has a record');
  }
  const unknown = await runCommandLine([...words, '--explain', 'org.example:web']);
  expect(unknown.err.join(' ')).toContain('not all of the image is known');
});
