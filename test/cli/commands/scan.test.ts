import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aVexDocument, buildArtifact, OPENVEX } from '../../support/build-artifact.ts';
import { runCommandLine } from '../../support/command-line.ts';
import { anEpssTable } from '../../support/details-builders.ts';
import { runProgram } from '../../support/docker-registry.ts';
import { anEntry } from '../../support/suppression-builders.ts';
import { hasProgram } from '../../support/umoci.ts';
import { makeUmociImage } from '../../support/umoci-image.ts';
import { startWeekRegistry, type WeekRegistry } from '../../support/week-registry.ts';

const folder = mkdtempSync(join(tmpdir(), 'tidewatch-scan-'));
const advisories = join(folder, 'advisories.ndjson');

let week: WeekRegistry;
let base: string;
beforeAll(async () => {
  week = await startWeekRegistry();
  base = `${week.host}/chainguard/python:latest`;
  writeFileSync(advisories, lines(week.records));
});
afterAll(async () => {
  await week.registry.close();
  rmSync(folder, { recursive: true, force: true });
});

/** An image of one layer on linux/amd64. */
function anImage(layer: object, config: object = { User: '65532' }) {
  return { 'linux/amd64': { layers: [layer], config } };
}

const WOLFI = { ID: 'wolfi', VERSION_ID: '20230201', NAME: 'Wolfi' };

function anAdvisory(id: string, name: string, fixed: string, more: object = {}) {
  return {
    id,
    modified: '2026-03-02T07:10:00Z',
    affected: [
      {
        package: { ecosystem: 'Wolfi', name },
        ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed }] }],
      },
    ],
    ...more,
  };
}

const HIGH = {
  severity: [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N' }],
};
const LOW = {
  severity: [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:L/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N' }],
};

it('shows what is suppressed apart, and fails for nothing of it', async () => {
  const file = join(folder, 'suppressions.yaml');
  const target = `${week.host}/web:5.1.1`;
  const found = (await scanJson(target, '--advisories', advisories)).findings as { id: string }[];
  const ids = [...new Set(found.map(({ id }) => id))];
  const suppressions = ids.map((vulnerability, index) =>
    anEntry({
      id: `entry-${index}`,
      vulnerability,
      package: ['*a*', '*e*', '*l*', '*p*'],
      until: 'fix',
    }),
  );
  const dated = suppressions.map((each) => ({ ...each, created: today(), until: today() }));
  writeFileSync(file, JSON.stringify({ suppressions: dated }));
  const words = ['--advisories', advisories, '--suppressions', file];
  const document = await scanJson(target, ...words);
  expect(ids.length).toBeGreaterThan(0);
  expect(document).toMatchObject({
    findings: [],
    suppressed: found.map(({ id }) => ({ id, by: { owner: 'team-web' } })),
  });
  const { status, out } = await runCommandLine(['scan', target, ...words, '--fail-on', 'low']);
  // Other packages of it have no advisories: nobody can be sure, but nothing fails.
  expect(status).toBe(3);
  expect(out).toContain(`Suppressed: ${found.length}`);
});

it('shows what is attached to an image, and applies none of it', async () => {
  const { registry } = week;
  const digest = registry.tagDigest('localhost', 'web', '5.1.1') ?? '';
  const words = ['--advisories', advisories];
  const before = await scanJson(`${week.host}/web:5.1.1`, ...words);
  expect(before).not.toHaveProperty('vex');
  const [found] = before.findings as { id: string }[];
  const document = aVexDocument({}, { vulnerability: { name: found?.id } });
  const vex = buildArtifact({
    artifactType: OPENVEX,
    subject: { digest, size: 1 },
    layers: [{ mediaType: OPENVEX, content: document }],
  });
  for (const bytes of vex.blobs.values()) await registry.putBlob('localhost', 'web', bytes);
  await registry.putManifest('localhost', 'web', null, vex.bytes, vex.mediaType);
  try {
    const after = await scanJson(`${week.host}/web:5.1.1`, ...words);
    expect(after.findings).toEqual(before.findings);
    expect(after.vex).toMatchObject({
      applied: false,
      statements: [{ author: 'The Builder', vulnerabilities: [found?.id] }],
    });
    const { out } = await runCommandLine(['scan', `${week.host}/web:5.1.1`, ...words]);
    expect(out).toContain('Not applied: the image carries VEX that is not trusted: 1 statement');
  } finally {
    registry.deleteManifest('localhost', 'web', vex.digest);
  }
});

it('shows what a bill of materials says beside the layers, in its layers and attached', async () => {
  const { registry } = week;
  const target = `${week.host}/listed:1`;
  const listed = (...purls: string[]) => ({
    spdxVersion: 'SPDX-2.3',
    name: 'listed',
    packages: purls.map((referenceLocator) => ({
      externalRefs: [{ referenceType: 'purl', referenceLocator }],
    })),
  });
  const apk = ['zlib=1.3-r0', 'openssl=3.5-r0'];
  const files = {
    'var/lib/db/sbom/zlib-1.3-r0.spdx.json': {
      text: JSON.stringify(listed('pkg:apk/wolfi/zlib@1.3-r0?arch=x86_64')),
    },
    'var/lib/db/sbom/broken.spdx.json': { text: '{' },
  };
  await week.push('listed:1', anImage({ osRelease: WOLFI, apk, files }));
  const digest = registry.tagDigest('localhost', 'listed', '1') ?? '';
  const artifact = buildArtifact({
    artifactType: 'application/spdx+json',
    subject: { digest, size: 1 },
    layers: [
      {
        mediaType: 'application/spdx+json',
        content: listed('pkg:apk/alpine/zlib@1.3-r0', 'pkg:apk/alpine/openssl@3.4-r0'),
      },
    ],
  });
  for (const bytes of artifact.blobs.values()) await registry.putBlob('localhost', 'listed', bytes);
  await registry.putManifest('localhost', 'listed', null, artifact.bytes, artifact.mediaType);

  const { sboms, problems } = await scanJson(target);
  const { out } = await runCommandLine(['scan', target], { columns: 200 });

  expect(sboms).toMatchObject([
    {
      source: { where: 'layers' },
      packages: 1,
      same: 1,
      onlyInLayers: { first: ['apk openssl 3.5-r0'] },
    },
    {
      source: { where: 'referrer' },
      packages: 2,
      same: 1,
      otherVersion: { first: [{ package: 'apk openssl', sbom: '3.4-r0', layers: '3.5-r0' }] },
    },
  ]);
  expect(problems).toContainEqual({
    path: 'var/lib/db/sbom/broken.spdx.json',
    reason: 'not JSON',
  });
  expect(out).toContain('Bills of materials: 2');
  expect(out).toContain('    apk openssl 3.5-r0: only in the layers');
  expect(out).toContain('    apk openssl: 3.4-r0, in the layers 3.5-r0');
});

it('finds no difference between an image and the bill of materials that it writes of it', async () => {
  const { registry } = week;
  const target = `${week.host}/web:5.1.1`;
  const { out } = await runCommandLine(['scan', target, '--format', 'cyclonedx']);
  const digest = registry.tagDigest('localhost', 'web', '5.1.1') ?? '';
  const mediaType = 'application/vnd.cyclonedx+json';
  const own = buildArtifact({
    artifactType: mediaType,
    subject: { digest, size: 1 },
    layers: [{ mediaType, content: out.join('\n') }],
  });
  for (const bytes of own.blobs.values()) await registry.putBlob('localhost', 'web', bytes);
  await registry.putManifest('localhost', 'web', null, own.bytes, own.mediaType);
  try {
    const { sboms, packages } = await scanJson(target);
    expect(sboms).toMatchObject([
      {
        format: 'cyclonedx',
        packages: packages.length,
        same: packages.length,
        onlyInSbom: { count: 0 },
        onlyInLayers: { count: 0 },
        otherVersion: { count: 0 },
      },
    ]);
  } finally {
    registry.deleteManifest('localhost', 'web', own.digest);
  }
});

function today(): string {
  return new Date().toISOString().slice(0, 10);
}

describe('the JSON of an image in a registry', () => {
  it('has the fields that were promised, and no others', async () => {
    const document = await scanJson(`${week.host}/web:5.1.1`, '--advisories', advisories);

    expect(document).toEqual({
      image: {
        reference: `${week.host}/web:5.1.1`,
        digest: week.registry.tagDigest('localhost', 'web', '5.1.1'),
        platform: 'linux/amd64',
        created: '1970-01-01T00:00:00Z',
        size: expect.any(Number),
        layers: [expect.anything(), expect.anything()],
      },
      coverage: {
        owned: 0,
        listed: 0,
        partly: 0,
        scripts: 0,
        opaque: 0,
        opaqueFiles: [],
        partlyFiles: [],
      },
      distro: { id: 'chainguard', versionId: '20230214', name: 'Chainguard' },
      packages: expect.any(Array),
      runtimes: [
        { language: 'python', version: '3.14.3', evidence: expect.any(Array), conflicts: [] },
      ],
      pythonEnvironments: expect.any(Array),
      matched: true,
      findings: [
        {
          id: 'CVE-2026-9000033',
          aliases: ['CGA-xxxx-xxxx-xx33'],
          package: 'pkg:apk/chainguard/libcurl-openssl4@8.18.0-r1?arch=x86_64&distro=chainguard',
          version: '8.18.0-r1',
          severity: 'high',
          fixedIn: '8.18.0-r2',
        },
      ],
      checks: expect.arrayContaining([
        {
          id: 'root-user',
          kind: 'hardening',
          status: 'pass',
          message: 'Runs as uid 65532.',
          evidence: 'config.User',
        },
        expect.objectContaining({ id: 'shell', status: 'fail', evidence: 'usr/bin/bash' }),
        expect.objectContaining({ id: 'package-manager', status: 'pass' }),
      ]),
      problems: [
        { path: 'advisories', reason: 'none of them is about PyPI: 1 package not matched' },
      ],
    });
    const { size, layers } = document.image;
    expect(layers.map((each: { size: number }) => each.size).reduce(sum)).toBe(size);
    expect(
      document.packages.find(({ name }: { name: string }) => name === 'libcurl-openssl4'),
    ).toEqual({
      purl: 'pkg:apk/chainguard/libcurl-openssl4@8.18.0-r1?arch=x86_64&distro=chainguard',
      name: 'libcurl-openssl4',
      version: '8.18.0-r1',
      type: 'apk',
      source: { name: 'curl', version: '8.18.0-r1' },
      arch: 'x86_64',
      path: 'usr/lib/apk/db/installed',
      owner: null,
      layer: 1,
    });
  });

  it('lets nothing through that could move a cursor or turn the text', async () => {
    const reference = await week.push(
      'odd:1',
      anImage({ osRelease: { ...WOLFI, NAME: 'W\u001B[2J\u009B1A\u202Elfi' }, apk: ['zlib=1-r0'] }),
    );

    const { out } = await runCommandLine(['scan', reference, '--format', 'json']);
    const table = await runCommandLine(['scan', reference]);

    expect(JSON.parse(out.join('\n')).distro.name).toBe('W\u001B[2J\u009B1A\u202Elfi');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the very thing that must not be there.
    const dangerous = /[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u202A-\u202E]/;
    expect(out.join('\n')).not.toMatch(dangerous);
    expect(table.out.join('\n')).not.toMatch(dangerous);
  });

  it('is the same for a reference by digest', async () => {
    const digest = week.registry.tagDigest('localhost', 'chainguard/python', 'latest');
    const byTag = await scanJson(base);
    const byDigest = await scanJson(`${week.host}/chainguard/python@${digest}`);

    expect(byDigest.packages).toEqual(byTag.packages);
    expect(byDigest.image.digest).toBe(byTag.image.digest);
  });
});

describe('Python environments', () => {
  const site = 'app/venv/lib/python3.13/site-packages';
  const python = ['usr/bin/python3.14', 'usr/lib/python3.14/os.py'];
  const image = () =>
    week.push(
      'skew:1',
      anImage(
        {
          osRelease: WOLFI,
          apk: [{ name: 'python-3.14-base', version: '3.14.4-r1', files: python }],
          venv: { path: 'app/venv', version: '3.13.12' },
          python: [{ name: 'flask', version: '3.1', site }],
          files: { 'usr/bin/python': { link: 'python3.14' } },
        },
        { User: '65532', Env: ['PATH=/usr/bin', 'PYTHON_VERSION=3.14.1'] },
      ),
    );

  it('that another minor runs than the one that made them are shown as broken, with the proof', async () => {
    const { out } = await runCommandLine(['scan', await image()]);
    const text = out.join(' ').replaceAll(/\s+/g, ' ');
    expect(text).toContain('Python environments: 1, 1 broken');
    expect(text).toContain('broken app/venv (venv of Python 3.13, run by 3.14, 1 package)');
    expect(text).toContain('Made by Python 3.13, but app/venv/bin/python is Python 3.14');
    expect(text).toContain('(app/venv/pyvenv.cfg)');
    expect(text).toContain('python 3.14.4, says apk python-3.14-base=3.14.4-r1');
    expect(text).toContain('but ENV PYTHON_VERSION says 3.14.1, stronger evidence says 3.14.4');
  });

  it('are in the JSON with both verdicts', async () => {
    const { pythonEnvironments, runtimes } = await scanJson(await image());
    expect(pythonEnvironments).toMatchObject([
      {
        kind: 'venv',
        path: 'app/venv',
        minor: '3.13',
        runsOn: { path: 'usr/bin/python3.14', minor: '3.14' },
        packages: 1,
        broken: [{ rule: 'other-minor', evidence: 'app/venv/pyvenv.cfg' }],
        bounds: [{ rule: 'other-minor', worksOn: { minors: ['3.13'] } }],
        breaksOn: ['3.15', '3.16', '3.17'],
      },
    ]);
    expect(runtimes[0].conflicts).toHaveLength(1);
  });
});

describe('a budget for the size', () => {
  it('is advice above it, and no reason to fail', async () => {
    const { status, out } = await runCommandLine(['scan', base, '--size-budget', '0.1kB']);
    expect(status).toBe(0);
    expect(out.join('\n')).toMatch(/^ {2}advice {2}image-size +Is larger than its budget: /m);
    const within = await runCommandLine(['scan', base, '--size-budget', '1.5 GB']);
    expect(within.out.join('\n')).not.toContain('image-size');
  });

  it.each(['5', 'much', '1MiB'])('is not %j', async (size) => {
    const { status, err } = await runCommandLine(['scan', base, '--size-budget', size]);
    expect(status).toBe(2);
    expect(err.join('\n')).toContain('expected --size-budget as 500MB');
  });
});

describe('the platform', () => {
  it('is the one that was asked for', async () => {
    const { image, packages } = await scanJson(base, '--platform', 'linux/arm64/v8');

    expect(image.platform).toBe('linux/arm64');
    expect(packages[0].arch).toBe('aarch64');
  });

  it("is this machine's by default", async () => {
    const machine = { x64: 'linux/amd64', arm64: 'linux/arm64' }[process.arch as 'x64' | 'arm64'];
    expect((await scanJson(base)).image.platform).toBe(machine);
  });

  it('is the only one, whatever the machine', async () => {
    const reference = await week.push('mainframe:1', {
      'linux/s390x': { layers: [{ osRelease: WOLFI, apk: ['zlib=1-r0'] }] },
    });

    expect((await scanJson(reference)).image.platform).toBe('linux/s390x');
  });

  it('is no guess where none of several was asked for', async () => {
    const layers = [{ osRelease: WOLFI, apk: ['zlib=1-r0'] }];
    const reference = await week.push('rare:1', {
      'linux/s390x': { layers },
      'linux/ppc64le': { layers },
    });

    expect(await runCommandLine(['scan', reference])).toEqual({
      status: 3,
      out: [],
      err: ['tidewatch: several platforms, none of them was asked for: linux/ppc64le, linux/s390x'],
    });
  });

  it.each([
    ['an index', 'chainguard/python:latest', 'linux/amd64, linux/arm64'],
    ['a single image', 'web:5.1.1', 'linux/amd64'],
  ])('that is not there is status 3 with those of %s', async (_what, name, there) => {
    expect(
      await runCommandLine(['scan', `${week.host}/${name}`, '--platform', 'linux/riscv64']),
    ).toEqual({
      status: 3,
      out: [],
      err: [`tidewatch: no platform "linux/riscv64", only ${there}`],
    });
  });
});

describe('without advisories', () => {
  it('claims no findings, and says so in both formats', async () => {
    const table = await runCommandLine(['scan', base]);
    const { matched, findings, problems } = await scanJson(base);

    expect(matched).toBe(false);
    expect(table.status).toBe(0);
    expect(table.out).toContain('Findings: not matched, no advisories given');
    expect(findings).toEqual([]);
    expect(problems).toEqual([{ path: 'advisories', reason: 'not matched: no advisories given' }]);
  });

  it('cannot tell with --fail-on', async () => {
    const { status, err } = await runCommandLine(['scan', base, '--fail-on', 'low']);

    expect(status).toBe(3);
    expect(err).toEqual(['tidewatch: could not tell: problems may hide a finding']);
  });
});

describe('--fail-on', () => {
  let image: string;
  beforeAll(async () => {
    image = await week.push('plain:1', anImage({ osRelease: WOLFI, apk: ['zlib=1.3-r0'] }));
  });

  it.each([
    ['a worse finding', HIGH, 'medium', 1],
    ['an equal finding', HIGH, 'high', 1],
    ['a lesser finding', HIGH, 'critical', 0],
    ['a low finding', LOW, 'medium', 0],
    ['an unrated finding', {}, 'critical', 1],
  ])('is judged by %s', async (_what, severity, threshold, status) => {
    const path = write('rated.ndjson', [
      anAdvisory('CVE-2026-9000001', 'zlib', '1.3-r1', severity),
    ]);

    const args = ['scan', image, '--advisories', path, '--fail-on', threshold];
    const outcome = await runCommandLine(args);
    expect(outcome.status).toBe(status);
    expect(outcome.err).toHaveLength(status);
  });

  it.each([
    [
      'one finding',
      [anAdvisory('CVE-2026-9000001', 'zlib', '1.3-r1', HIGH)],
      'tidewatch: --fail-on high: 1 finding, CVE-2026-9000001 (high) in zlib 1.3-r0',
    ],
    [
      'the worst of several, the low ones aside',
      [
        anAdvisory('CVE-2026-9000001', 'zlib', '1.3-r1', LOW),
        anAdvisory('CVE-2026-9000002', 'zlib', '1.3-r1', {}),
        anAdvisory('CVE-2026-9000003', 'zlib', '1.3-r1', HIGH),
      ],
      'tidewatch: --fail-on high: 2 findings, the worst CVE-2026-9000003 (high) in zlib 1.3-r0; 1 of them unrated, unrated counts, since it may be anything',
    ],
    [
      'an unrated one, and why it counts',
      [anAdvisory('CVE-2026-9000001', 'zlib', '1.3-r1')],
      'tidewatch: --fail-on high: 1 finding, CVE-2026-9000001 (unrated) in zlib 1.3-r0; unrated counts, since it may be anything',
    ],
  ])('names %s on standard error', async (_what, records, line) => {
    const path = write('culprits.ndjson', records);

    const args = ['scan', image, '--advisories', path, '--fail-on', 'high'];
    expect(await runCommandLine(args)).toMatchObject({ status: 1, err: [line] });
  });

  it('cannot tell while no advisory is about some of the packages, whatever they are', async () => {
    const path = write('wolfi-only.ndjson', [anAdvisory('CVE-2026-9000001', 'zlib', '1-r0', HIGH)]);
    const mixed = await week.push(
      'mixed:1',
      anImage({
        osRelease: WOLFI,
        apk: ['zlib=1.3-r0'],
        python: [{ name: 'requests', version: '2.32.0' }],
      }),
    );

    const args = ['scan', mixed, '--advisories', path, '--fail-on', 'low'];
    const { status, err } = await runCommandLine(args);
    expect({ status, err }).toEqual({
      status: 3,
      err: ['tidewatch: could not tell: problems may hide a finding'],
    });
    expect(await scanJson(mixed, '--advisories', path)).toMatchObject({
      matched: true,
      findings: [],
      problems: [expect.objectContaining({ reason: expect.stringContaining('PyPI') })],
    });
  });

  it('looks at findings alone: a failed check changes nothing', async () => {
    const path = write('clean.ndjson', [anAdvisory('CVE-2026-9000001', 'zlib', '1.3-r0', HIGH)]);
    const root = await week.push(
      'root:1',
      anImage({ osRelease: WOLFI, apk: ['zlib=1.3-r0'] }, { User: '0' }),
    );

    const args = ['scan', root, '--advisories', path, '--fail-on', 'low'];
    const { status, out } = await runCommandLine(args);
    expect(status).toBe(0);
    expect(out.join('\n')).toMatch(/fail +root-user/);
  });

  it('is content with an image that no advisory hits', async () => {
    const path = write('clean.ndjson', [anAdvisory('CVE-2026-9000001', 'zlib', '1.3-r0', HIGH)]);

    const outcome = await runCommandLine(['scan', image, '--advisories', path, '--fail-on', 'low']);
    expect(outcome).toMatchObject({ status: 0, err: [] });
    expect(outcome.out).toContain('Findings: none');
  });

  it('prefers a finding to a doubt', async () => {
    const path = write('half.ndjson', [
      anAdvisory('CVE-2026-9000001', 'zlib', '1.3-r1', HIGH),
      { id: 'broken', affected: 'everything' },
    ]);

    const args = ['scan', image, '--advisories', path, '--fail-on', 'high'];
    expect(await runCommandLine(args)).toMatchObject({ status: 1 });
  });

  it.each([
    ['an advisory could not be read', [{ id: 'broken', affected: 'everything' }]],
    ['no advisory is there', []],
    ['no advisory is about the distribution', [anOtherAdvisory()]],
  ])('cannot tell when %s', async (_what, records) => {
    const path = write('doubtful.ndjson', [
      ...records,
      ...(records.some(({ id }) => id === 'broken') ? [anAdvisory('CVE-1', 'zlib', '1-r0')] : []),
    ]);

    const args = ['scan', image, '--advisories', path, '--fail-on', 'low'];
    const { status, out } = await runCommandLine(args);
    expect(status).toBe(3);
    expect(out).toContain('Findings: none, but problems may hide some');
  });

  it('cannot tell of an image with a broken package database', async () => {
    const path = write('wolfi.ndjson', [anAdvisory('CVE-2026-9000001', 'other', '1.3-r1', HIGH)]);
    const broken = await week.push(
      'broken:1',
      anImage({
        osRelease: WOLFI,
        files: { 'usr/lib/apk/db/installed': 'P:zlib\nV:1.3-r0\n\nP:lost\n\n' },
      }),
    );

    const args = ['scan', broken, '--advisories', path, '--fail-on', 'low'];
    expect(await runCommandLine(args)).toMatchObject({ status: 3 });
    expect((await scanJson(broken, '--advisories', path)).packages).toHaveLength(1);
  });

  it('cannot tell of an image in which nothing was found', async () => {
    const path = write('some.ndjson', [anAdvisory('CVE-2026-9000001', 'zlib', '1.3-r1', HIGH)]);
    const empty = await week.push('empty:1', anImage({ files: { 'app/tool': 'opaque' } }));

    const args = ['scan', empty, '--advisories', path, '--fail-on', 'low'];
    expect(await runCommandLine(args)).toMatchObject({ status: 3 });
    expect(await scanJson(empty, '--advisories', path)).toMatchObject({ matched: false });
  });
});

describe('what the JSON calls matched', () => {
  it.each([
    ['no advisory is there', []],
    ['no advisory is about any of its packages', [anOtherAdvisory()]],
    [
      'the only one about them cannot be read',
      [{ ...anAdvisory('CVE-2026-9000001', 'zlib', '1-r0'), modified: 'never' }],
    ],
  ])('is false when %s', async (_what, records) => {
    const image = await week.push('alone:1', anImage({ osRelease: WOLFI, apk: ['zlib=1.3-r0'] }));
    const path = write('useless.ndjson', records);

    expect(await scanJson(image, '--advisories', path)).toMatchObject({
      matched: false,
      findings: [],
    });
  });
});

describe('advisories', () => {
  it('come from several paths together, doubles counted once', async () => {
    const image = await week.push(
      'two:1',
      anImage({ osRelease: WOLFI, apk: ['a=1-r0', 'b=1-r0'] }),
    );
    const one = write('one.ndjson', [anAdvisory('CVE-2026-9000001', 'a', '1-r1', HIGH)]);
    const records = join(folder, 'records');
    mkdirSync(records);
    writeFileSync(
      join(records, 'two.json'),
      JSON.stringify(anAdvisory('CVE-2026-9000002', 'b', '1-r1', LOW)),
    );

    const { findings } = await scanJson(
      image,
      ...['--advisories', one, '--advisories', records, '--advisories', one],
    );

    expect(findings.map(({ id }: { id: string }) => id)).toEqual([
      'CVE-2026-9000001',
      'CVE-2026-9000002',
    ]);
  });

  it.each([
    ['not there', '/does/not/exist', /no advisories at/],
    ['of no known form', 'package.json', /advisories must be/],
  ])('that are %s are status 3', async (_what, path, message) => {
    const { status, out, err } = await runCommandLine(['scan', base, '--advisories', path]);

    expect({ status, out }).toEqual({ status: 3, out: [] });
    expect(err).toEqual([expect.stringMatching(message)]);
  });
});

describe('--epss', () => {
  it('says how likely each finding is to be exploited, in both formats', async () => {
    const reference = await week.push(
      'scored:1',
      anImage({ osRelease: WOLFI, apk: ['zlib=1-r0', 'curl=1-r0', 'rare=1-r0'] }),
    );
    const records = join(folder, 'scored.ndjson');
    const upstream = (id: string) => ({ ...HIGH, upstream: [id] });
    writeFileSync(
      records,
      lines([
        anAdvisory('CGA-1', 'zlib', '2-r0', upstream('CVE-2026-9000001')),
        anAdvisory('CGA-2', 'curl', '2-r0', upstream('CVE-2026-9000002')),
        anAdvisory('CGA-3', 'rare', '2-r0', upstream('CVE-2026-9000003')),
      ]),
    );
    const table = join(folder, 'epss.csv');
    writeFileSync(
      table,
      anEpssTable([
        ['CVE-2026-9000001', '0.00043', '0.1'],
        ['CVE-2026-9000002', '0.94', '0.999'],
        ['broken', '0.1', '0.1'],
      ]),
    );
    const words = ['--advisories', records, '--epss', table];
    const { out, status } = await runCommandLine(['scan', reference, ...words]);
    const findings = out.filter((line) => line.includes('CVE-2026-90'));
    expect(findings.map((line) => line.replace(/\s+/g, ' ').trim())).toEqual([
      'high CVE-2026-9000002 curl 1-r0 2-r0 0.940 (99.9)',
      'high CVE-2026-9000001 zlib 1-r0 2-r0 < 0.001 (10.0)',
      'high CVE-2026-9000003 rare 1-r0 2-r0 not scored',
    ]);
    expect(out.join('\n')).toContain('EPSS (percentile)');
    expect(out.join('\n'), 'what could not be read is said').toContain('not a CVE id');
    expect(status).toBe(0);

    const document = await scanJson(reference, ...words);
    const scores = document.findings.map(({ id, epss }: { id: string; epss: unknown }) => [
      id,
      epss,
    ]);
    expect(Object.fromEntries(scores)).toEqual({
      'CVE-2026-9000001': { score: 0.00043, percentile: 0.1, date: '2026-11-21' },
      'CVE-2026-9000002': { score: 0.94, percentile: 0.999, date: '2026-11-21' },
      'CVE-2026-9000003': null,
    });
  });

  it('could not tell where the table cannot be read', async () => {
    const broken = join(folder, 'broken.csv');
    writeFileSync(broken, '<html>');
    for (const file of [broken, join(folder, 'nowhere.csv')]) {
      const { status, err } = await runCommandLine(['scan', base, '--epss', file]);
      expect([status, err]).toEqual([3, [expect.stringContaining(file)]]);
    }
  });
});

describe('--explain', () => {
  const target = () => `${week.host}/web:5.1.1`;
  const words = (): [string, ...string[]] => [target(), '--advisories', advisories];

  /** What is found first, as the scan itself says it. */
  async function firstFinding(): Promise<{ id: string; package: string; fixedIn: string }> {
    const { findings } = await scanJson(...words());
    const [first] = findings as { id: string; package: string; fixedIn: string }[];
    if (!first) throw new Error('expected a finding');
    return first;
  }

  it('says why one is a finding, by the same record as the scan, in both formats', async () => {
    const { id, package: purl, fixedIn } = await firstFinding();
    const asked = ['scan', ...words(), '--explain', id, '--package', purl];
    const { status, out } = await runCommandLine(asked);
    expect(status).toBe(0);
    const text = out.join('\n');
    expect(out[0]).toMatch(new RegExp(`^${id} affects `));
    expect(text).toContain(`\nWhy\n  1. Looked up in `);
    expect(text.replace(/\s+/g, ' ')).toContain(`Where ${target()} (linux/amd64) Digest sha256:`);
    expect(text).not.toContain('Runs in');
    expect(text).toContain(`Judged by what was given\n  Feed       ${advisories}: snapshot`);
    const data = await runCommandLine([...asked, '--format', 'json']);
    expect(JSON.parse(data.out.join('\n'))).toMatchObject({
      night: null,
      outcome: 'explained',
      package: purl,
      cases: [{ verdict: 'affected', finding: { id, fixedIn }, suppressed: null }],
    });
  });

  it('says by whose word it is suppressed', async () => {
    const { id, package: purl } = await firstFinding();
    const file = join(folder, 'explained.yaml');
    const entry = {
      ...anEntry({ id: 'a', vulnerability: id, package: ['*a*', '*e*', '*l*'], until: today() }),
      created: today(),
    };
    writeFileSync(file, JSON.stringify({ suppressions: [entry] }));
    const { out } = await runCommandLine([
      'scan',
      ...words(),
      '--suppressions',
      file,
      '--explain',
      id,
      '--package',
      purl,
    ]);
    const text = out.join(' ').replace(/\s+/g, ' ');
    expect(text).toContain('It is suppressed.');
    expect(text).toContain('Suppressed by team-web');
  });

  it('says what may hide something, and never calls clean what no advisory is about', async () => {
    const { status, out } = await runCommandLine(['scan', base, '--explain', 'CVE-2026-9000035']);
    const text = out.join(' ').replace(/\s+/g, ' ');
    expect(status).toBe(0);
    expect(text).toMatch(
      /^Whether CVE-2026-9000035 affects .* is not known: no advisories were given\./,
    );
    expect(text).toContain('Problems: 1 advisories: not matched: no advisories given');
  });

  it('answers for a package with the command for each finding', async () => {
    const { id, package: purl } = await firstFinding();
    const name = purl.replace(/^.*\/|@.*$/g, '');
    const { out } = await runCommandLine(['scan', ...words(), '--explain', name]);
    expect(out[0]).toMatch(new RegExp(`^${name} is a package, here in 1 version\\. Found: `));
    const command = out.find((each) => each.includes(` --explain ${id} `)) ?? '';
    expect((await runCommandLine(command.trim().split(' ').slice(2))).out[0]).toMatch(
      new RegExp(`^${id} affects ${name} `),
    );
  });

  it.each<[string, string[], string]>([
    [
      'a word that nobody knows',
      ['--explain', 'nonsense'],
      'nothing is known by the name "nonsense"',
    ],
    [
      'a threshold beside it',
      ['--explain', 'CVE-2026-1', '--fail-on', 'high'],
      'expected --fail-on or --explain',
    ],
    [
      'a bill of materials',
      ['--explain', 'CVE-2026-1', '--format', 'cyclonedx'],
      'expected --format table|json with --explain',
    ],
    ['a package alone', ['--package', 'zlib'], 'expected --explain FINDING beside --package'],
    ['nothing', ['--explain', ''], 'expected something after --explain'],
  ])('refuses %s', async (_what, more, message) => {
    const { status, out, err } = await runCommandLine(['scan', ...words(), ...more]);
    expect({ status, out }).toEqual({ status: 2, out: [] });
    expect(err[0]).toContain(message);
  });
});

it.each([
  ['docker://docker.io/library/debian:13', '"docker.io/library/debian:13"'],
  ['oci-archive:out/image.tar', '"docker-archive:out/image.tar"'],
])('says how %s is written here, and not all that there is', async (target, here) => {
  const { status, err } = await runCommandLine(['scan', target]);
  expect([status, err]).toEqual([
    2,
    [`tidewatch: ${JSON.stringify(target)} is written ${here} here`],
  ]);
});

describe('an image that cannot be read is status 3 with one named reason', () => {
  it.each([
    ['a tag that is not there', () => `${week.host}/web:none`, /web:none: not found/],
    [
      'a layout that is not there',
      () => 'oci:/does/not/exist',
      /no such folder: "\/does\/not\/exist"/,
    ],
    ['a layout that is a file', () => 'oci:package.json', /"package\.json" is a file, no folder/],
    ['a folder that is no layout', () => 'oci:cli', /cli has no index\.json/],
    ['an archive that is not there', () => 'docker-archive:/does/not/exist', /no such archive/],
    ['an archive that is none', () => 'docker-archive:package.json', /is no tar archive/],
    ['an archive that is a folder', () => 'docker-archive:cli', /"cli" is a folder, no archive/],
    ['an archive that is a device', () => 'docker-archive:/dev/null', /is no regular file/],
  ])('%s', async (_what, target, message) => {
    const { status, out, err } = await runCommandLine(['scan', target()]);

    expect({ status, out }).toEqual({ status: 3, out: [] });
    expect(err).toEqual([expect.stringMatching(message)]);
    expect(err[0]).toMatch(/^tidewatch: /);
  });

  it('a registry that refuses, with a way around', async () => {
    week.registry.setFault({ call: 'registry:*', times: 1000, error: 'denied' });

    const { status, err } = await runCommandLine(['scan', base]);
    week.registry.clearFaults();

    expect(status).toBe(3);
    expect(err).toEqual([
      expect.stringMatching(/^tidewatch: .*HTTP 403; scan asks without credentials, but skopeo/),
    ]);
    expect(err[0]).toContain(`skopeo copy docker://${base} oci:DIR:latest`);
  });

  it('a layer that is not what its digest says', async () => {
    const reference = await week.push('lying:1', anImage({ osRelease: WOLFI, apk: ['a=1-r0'] }));
    week.registry.setFault({ call: 'registry:GET blob', times: 1000, error: 'wrong-digest' });

    const { status, err } = await runCommandLine(['scan', reference]);
    week.registry.clearFaults();

    expect(status).toBe(3);
    expect(err).toEqual([expect.stringMatching(/expected sha256:/)]);
  });
});

it('finds a registry where REGISTRY_ENDPOINTS says it is', async () => {
  const endpoint = `registry.example=${week.registry.url}`;
  const { status, out } = await runCommandLine(['scan', 'registry.example/web:5.1.1'], {
    registryEndpoints: endpoint,
  });

  expect(status).toBe(0);
  expect(out[0]).toBe('image    registry.example/web:5.1.1');
});

describe('the table', () => {
  it('keeps within 80 columns at a terminal, the worst first', async () => {
    const name = 'a-package-with-a-very-long-name-that-somebody-thought-was-a-good-idea';
    const image = await week.push(
      'wide:1',
      anImage({ osRelease: WOLFI, apk: ['zlib=1.3-r0', `${name}=1.2.3_git20260302-r0`] }),
    );
    const path = write('wide.ndjson', [
      anAdvisory('CVE-2026-9000001', 'zlib', '1.3-r1', LOW),
      anAdvisory('CVE-2026-9000002', name, '1.2.3_git20260401-r0', HIGH),
    ]);

    const { out } = await runCommandLine(['scan', image, '--advisories', path]);
    const piped = await runCommandLine(['scan', image, '--advisories', path], {
      isTerminal: false,
    });

    expect(out.filter((line) => line.length > 80)).toEqual([]);
    expect(out).toContain('Findings: 2 (1 high, 1 low)');
    const rows = out.slice(out.findIndex((line) => line.startsWith('Findings')) + 2);
    expect(rows[0]).toMatch(
      /^ {2}high {6}CVE-2026-9000002 {2}a-package-with-\S*… {2}1\.2\.3_\S+ +1/,
    );
    expect(rows[1]).toMatch(/^ {2}low {7}CVE-2026-9000001 {2}zlib +1\.3-r0 +1\.3-r1$/);
    expect(piped.out.join('\n')).toContain(name);
  });
});

describe.skipIf(!hasProgram('umoci') || !hasProgram('skopeo'))('made with umoci and skopeo', () => {
  it('an OCI layout is read by its tag, or as the only image', async () => {
    const work = mkdtempSync(join(folder, 'umoci-'));
    const target = await makeUmociImage(work);

    const tagged = await scanJson(target);
    const only = await scanJson(target.replace(/:v1$/, ''));

    expect(tagged.image.reference).toBe(target);
    expect(tagged.distro).toMatchObject({ id: 'wolfi', versionId: '20230201' });
    expect(only.image.digest).toBe(tagged.image.digest);
    expect(await runCommandLine(['scan', `${target}0`])).toMatchObject({
      status: 3,
      err: [expect.stringMatching(/ has no image tagged "v10", only v1$/)],
    });
  });

  it('a docker archive gives the same packages as the registry it was pulled from', async () => {
    const archive = join(folder, 'web.tar');
    const copy = ['copy', '--insecure-policy', '--src-tls-verify=false'];
    // Not in the way of this process, which is the registry.
    await runProgram('skopeo', [
      ...copy,
      `docker://${week.host}/web:5.1.1`,
      `docker-archive:${archive}`,
    ]);

    const saved = await scanJson(`docker-archive:${archive}`, '--advisories', advisories);
    const pulled = await scanJson(`${week.host}/web:5.1.1`, '--advisories', advisories);

    expect(saved.packages).toEqual(pulled.packages);
    expect(saved.findings).toEqual(pulled.findings);
    expect(saved.checks).toEqual(pulled.checks);
  });
});

async function scanJson(target: string, ...more: string[]) {
  const { status, out, err } = await runCommandLine(['scan', target, '--format', 'json', ...more]);
  expect({ status, err }).toEqual({ status: 0, err: [] });
  return JSON.parse(out.join('\n'));
}

function anOtherAdvisory() {
  const other = { package: { ecosystem: 'PyPI', name: 'zlib' }, versions: ['1'] };
  return { ...anAdvisory('CVE-2026-9000009', 'zlib', '1'), affected: [other] };
}

function write(name: string, records: readonly object[]): string {
  const path = join(folder, name);
  writeFileSync(path, lines(records));
  return path;
}

function lines(records: readonly object[]): string {
  return records.map((record) => `${JSON.stringify(record)}\n`).join('');
}

function sum(left: number, right: number): number {
  return left + right;
}
