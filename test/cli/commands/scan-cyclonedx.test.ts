import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PackageURL } from 'packageurl-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommandLine } from '../../support/command-line.ts';
import { createCycloneDxValidator } from '../../support/cyclonedx-schema.ts';
import { runProgram } from '../../support/docker-registry.ts';
import { anEntry } from '../../support/suppression-builders.ts';
import { hasProgram } from '../../support/umoci.ts';
import { makeUmociImage } from '../../support/umoci-image.ts';
import { startWeekRegistry, type WeekRegistry } from '../../support/week-registry.ts';

const folder = mkdtempSync(join(tmpdir(), 'tidewatch-cyclonedx-'));
const advisories = join(folder, 'advisories.ndjson');
/** Where a distribution's own Python projects lie. */
const SITE = 'usr/lib/python3.14/site-packages';
const errorsOf = createCycloneDxValidator('1.6');

let week: WeekRegistry;
let web: string;
beforeAll(async () => {
  week = await startWeekRegistry();
  web = `${week.host}/web:5.1.1`;
  writeFileSync(advisories, week.records.map((each) => `${JSON.stringify(each)}\n`).join(''));
});
afterAll(async () => {
  await week.registry.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Property {
  readonly name: string;
  readonly value: string;
}

interface Component {
  readonly 'bom-ref': string;
  readonly type: string;
  readonly name: string;
  readonly version: string;
  readonly purl?: string;
  readonly properties?: readonly Property[];
}

interface Document {
  readonly serialNumber: string;
  readonly metadata: { readonly component: Component; readonly properties: readonly Property[] };
  readonly components: readonly Component[];
  readonly dependencies: readonly {
    readonly ref: string;
    readonly dependsOn?: readonly string[];
  }[];
  readonly vulnerabilities?: readonly {
    readonly id: string;
    readonly ratings: readonly { readonly severity: string }[];
    readonly affects: readonly { readonly ref: string; readonly versions: unknown }[];
    readonly analysis?: { readonly state: string; readonly detail: string };
  }[];
}

async function scanText(target: string, ...words: string[]): Promise<string> {
  const args = ['scan', target, '--format', 'cyclonedx', ...words];
  const { status, out, err } = await runCommandLine(args);
  expect({ status, err }).toEqual({ status: 0, err: [] });
  return out.join('\n');
}

/** A document that CycloneDX's schema accepts. */
async function scanDocument(target: string, ...words: string[]): Promise<Document> {
  const document = JSON.parse(await scanText(target, ...words));
  expect(errorsOf(document)).toEqual([]);
  return document;
}

describe('the CycloneDX of an image in a registry', () => {
  it('names the image by the digest of the platform that was read', async () => {
    const { metadata } = await scanDocument(web);
    const digest = week.registry.tagDigest('localhost', 'web', '5.1.1');

    expect(metadata.component).toMatchObject({
      type: 'container',
      name: `${week.host}/web`,
      version: digest,
    });
    expect(PackageURL.fromString(metadata.component.purl ?? '')).toMatchObject({
      type: 'oci',
      name: 'web',
      version: digest,
      qualifiers: { arch: 'amd64', repository_url: `${week.host}/web`, tag: '5.1.1' },
    });
  });

  it('has every package of the inventory, and purls that mean the same when they are read again', async () => {
    const { out } = await runCommandLine(['scan', web, '--format', 'json']);
    const { packages } = JSON.parse(out.join('\n'));
    const { components } = await scanDocument(web);

    const listed = components.filter(({ purl }) => purl !== undefined);
    const names = ({ name, version, purl }: Component) => `${name} ${version} ${purl}`;
    expect(listed.map(names).sort()).toEqual(packages.map(names).sort());
    for (const { purl = '', name, version } of listed) {
      const read = PackageURL.fromString(purl);
      expect(read.toString()).toBe(purl);
      expect({ name: read.name, version: read.version }).toEqual({
        name: name.toLowerCase(),
        version,
      });
    }
    expect(components).toContainEqual(
      expect.objectContaining({
        type: 'operating-system',
        name: 'chainguard',
        version: '20230214',
      }),
    );
  });

  it('says where each package lies, and which layer brought it', async () => {
    const { components } = await scanDocument(web);

    expect(components.find(({ name }) => name === 'libcurl-openssl4')?.properties).toContainEqual({
      name: 'tidewatch:path',
      value: 'usr/lib/apk/db/installed',
    });
    expect(components.find(({ name }) => name === 'libcurl-openssl4')?.properties).toContainEqual({
      name: 'tidewatch:layer:index',
      value: '1',
    });
  });

  it('is the same each time, and bears another number where it says something else', async () => {
    const first = await scanText(web);
    const matched = await scanDocument(web, '--advisories', advisories);

    expect(await scanText(web)).toBe(first);
    const { serialNumber } = JSON.parse(first) as Document;
    expect(serialNumber).toMatch(
      /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    expect(matched.serialNumber).not.toBe(serialNumber);
  });

  it('reaches every component from the image', async () => {
    const { metadata, components, dependencies } = await scanDocument(web);
    const reached = new Set<string>();
    const open = [metadata.component['bom-ref']];
    for (let ref = open.pop(); ref !== undefined; ref = open.pop()) {
      reached.add(ref);
      open.push(...(dependencies.find((each) => each.ref === ref)?.dependsOn ?? []));
    }

    expect(components.map((each) => each['bom-ref']).filter((ref) => !reached.has(ref))).toEqual(
      [],
    );
  });

  it('carries the vulnerabilities of the scan, with what is affected and what ends it', async () => {
    const { components, vulnerabilities = [] } = await scanDocument(
      web,
      '--advisories',
      advisories,
    );

    expect(vulnerabilities).toHaveLength(1);
    expect(vulnerabilities[0]).toMatchObject({
      id: 'CVE-2026-9000033',
      ratings: [{ severity: 'high' }],
      references: [{ id: 'CGA-xxxx-xxxx-xx33' }],
      affects: [
        {
          versions: expect.arrayContaining([
            { version: '8.18.0-r1', status: 'affected' },
            { version: '8.18.0-r2', status: 'unaffected' },
          ]),
        },
      ],
    });
    const ref = vulnerabilities[0]?.affects[0]?.ref;
    expect(components.find((each) => each['bom-ref'] === ref)?.name).toBe('libcurl-openssl4');
  });

  it.each([
    ['vulnerable_code_not_in_execute_path', 'not_affected', 'code_not_reachable'],
    ['vulnerable_code_cannot_be_controlled_by_adversary', 'not_affected', undefined],
    ['risk_accepted', 'exploitable', undefined],
  ])('says that %s is %s', async (justification, state, word) => {
    const file = join(folder, 'suppressions.json');
    const today = new Date().toISOString().slice(0, 10);
    const entry = anEntry({
      package: ['*curl*'],
      vulnerability: 'CVE-2026-9000033',
      reason: { justification, text: 'nobody calls it' },
      created: today,
      until: today,
    });
    writeFileSync(file, JSON.stringify({ suppressions: [entry] }));
    const { vulnerabilities } = await scanDocument(
      web,
      ...['--advisories', advisories, '--suppressions', file],
    );

    const analysis = vulnerabilities?.[0]?.analysis;
    expect(analysis).toMatchObject({ state, detail: expect.stringContaining('nobody calls it') });
    expect(analysis).toEqual(
      word === undefined
        ? expect.not.objectContaining({ justification: expect.anything() })
        : expect.objectContaining({ justification: word }),
    );
  });

  it('tells what could not be read, and that nothing was matched', async () => {
    const { metadata } = await scanDocument(web);

    expect(metadata.properties).toEqual([
      { name: 'tidewatch:matched', value: 'false' },
      { name: 'tidewatch:problem', value: 'advisories: not matched: no advisories given' },
    ]);
  });

  it('tells two copies of a package apart, and puts what a package owns below it', async () => {
    const os = { ID: 'wolfi', VERSION_ID: '20230201', NAME: 'Wolfi' };
    const layer = {
      osRelease: os,
      apk: [
        {
          name: 'py3-certifi',
          version: '2026.1.1-r0',
          files: [`${SITE}/certifi-2026.1.1.dist-info/METADATA`],
        },
      ],
      python: [
        { name: 'certifi', version: '2026.1.1', site: SITE },
        { name: 'certifi', version: '2026.1.1', site: `app/venv/${SITE.slice('usr/'.length)}` },
      ],
    };
    const target = await week.push('twice:1', { 'linux/amd64': { layers: [layer] } });
    const { components, dependencies } = await scanDocument(target);

    const refs = components
      .filter(({ name }) => name === 'certifi')
      .map((each) => each['bom-ref'])
      .sort();
    expect(refs).toEqual([
      'pkg:pypi/certifi@2026.1.1#app/venv/lib/python3.14/site-packages/certifi-2026.1.1.dist-info/METADATA',
      `pkg:pypi/certifi@2026.1.1#${SITE}/certifi-2026.1.1.dist-info/METADATA`,
    ]);
    const owner = components.find(({ name }) => name === 'py3-certifi')?.['bom-ref'];
    expect(dependencies.find(({ ref }) => ref === owner)?.dependsOn).toEqual([refs[1]]);
  });
});

describe.skipIf(!hasProgram('umoci') || !hasProgram('skopeo'))(
  'the CycloneDX of an image on disk',
  () => {
    it('is the same from a layout and from an archive but for their names', async () => {
      const layout = await makeUmociImage(folder);
      const archive = join(folder, 'saved.tar');
      await runProgram('skopeo', ['copy', '--quiet', layout, `docker-archive:${archive}:image:v1`]);

      const fromLayout = await scanDocument(layout);
      const fromArchive = await scanDocument(`docker-archive:${archive}`);

      expect(fromLayout.metadata.component.name).toBe('image');
      expect(fromArchive.metadata.component.name).toBe('saved.tar');
      const purls = ({ components }: Document) => components.map(({ purl }) => purl);
      expect(purls(fromArchive)).toEqual(purls(fromLayout));
      expect(purls(fromLayout)).toContain('pkg:apk/wolfi/zlib@1.3.1-r51?arch=x86_64&distro=wolfi');
    });
  },
);
