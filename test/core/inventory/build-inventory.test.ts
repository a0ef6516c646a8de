import { describe, expect, it } from 'vitest';
import type { Capture, LayerEntry } from '../../../core/image/capture.ts';
import { digestOf } from '../../../core/image/digest.ts';
import { MalformedManifestError } from '../../../core/image/manifest.ts';
import { mergeLayers } from '../../../core/image/overlay.ts';
import { WANTED_VERSION } from '../../../core/image/wanted-files.ts';
import { buildInventory, type MergedImage } from '../../../core/inventory/build-inventory.ts';
import { buildTree } from '../../support/build-tree.ts';
import { imageSettings } from '../../support/image-settings.ts';
import { rpmHeader, sqliteDatabase } from '../../support/rpm-databases.ts';

const DATABASE = 'usr/lib/apk/db/installed';

function anImage(overrides: Partial<MergedImage> = {}): MergedImage {
  return {
    digest: digestOf('manifest'),
    platform: 'linux/amd64',
    config: {
      architecture: 'amd64',
      os: 'linux',
      created: '1970-01-01T00:00:00Z',
      config: { User: '65532', Entrypoint: ['/usr/bin/python'], Labels: { a: 'b' } },
      rootfs: { type: 'layers', diff_ids: [digestOf('tar')] },
    },
    layers: [
      {
        mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
        digest: digestOf('blob'),
        size: 7,
      },
    ],
    tree: buildTree({}),
    problems: [],
    ...overrides,
  };
}

function inventoryOf(files: Parameters<typeof buildTree>[0]) {
  return buildInventory(anImage({ tree: buildTree(files) }));
}

describe('buildInventory', () => {
  it('tells all of a small image', async () => {
    const inventory = await inventoryOf({
      'etc/os-release': 'ID=wolfi\nVERSION_ID="20230201"\nNAME="Wolfi"\n',
      [DATABASE]: 'P:python-3.14\nV:3.14.4-r1\nA:x86_64\no:python-3.14\n\n',
      'usr/bin/apk': '',
    });
    expect(inventory).toEqual({
      digest: digestOf('manifest'),
      platform: 'linux/amd64',
      created: '1970-01-01T00:00:00Z',
      size: 7,
      layers: [{ digest: digestOf('blob'), diffId: digestOf('tar'), size: 7 }],
      config: imageSettings({
        user: '65532',
        entrypoint: ['/usr/bin/python'],
        labels: { a: 'b' },
      }),
      coverage: {
        owned: 0,
        listed: 0,
        partly: 0,
        scripts: 0,
        opaque: 0,
        opaqueFiles: [],
        partlyFiles: [],
      },
      distro: { id: 'wolfi', versionId: '20230201', name: 'Wolfi' },
      packages: [
        {
          purl: 'pkg:apk/wolfi/python-3.14@3.14.4-r1?arch=x86_64&distro=wolfi',
          ecosystem: 'Wolfi',
          type: 'apk',
          name: 'python-3.14',
          version: '3.14.4-r1',
          source: { name: 'python-3.14', version: '3.14.4-r1' },
          arch: 'x86_64',
          path: DATABASE,
          owner: null,
          layer: 0,
        },
      ],
      runtimes: [
        {
          language: 'python',
          version: '3.14.4',
          minor: '3.14',
          evidence: [`apk python-3.14=3.14.4-r1 (${DATABASE})`],
        },
      ],
      pythonEnvironments: [],
      checks: expect.arrayContaining([
        { id: 'root-user', status: 'pass', message: 'Runs as uid 65532.', evidence: 'config.User' },
        { id: 'shell', status: 'pass', message: 'Has no shell.', evidence: null },
        {
          id: 'package-manager',
          status: 'fail',
          message: 'Has a package manager: /usr/bin/apk.',
          evidence: 'usr/bin/apk',
        },
      ]),
      problems: [],
    });
  });

  it('is at ease with an image without an OS', async () => {
    const inventory = await inventoryOf({ 'app/main': '' });
    expect(inventory).toMatchObject({ distro: null, packages: [], runtimes: [], problems: [] });
  });

  it('reads an empty config as root without anything else', async () => {
    const { config } = anImage();
    const inventory = await buildInventory(
      anImage({ config: { ...config, config: null, created: undefined } }),
    );
    expect(inventory.created).toBeNull();
    expect(inventory.config).toEqual(imageSettings());
    expect(inventory.checks[0]).toMatchObject({ id: 'root-user', status: 'fail' });
  });

  it('tells of a package database without os-release', async () => {
    const { packages, problems } = await inventoryOf({ [DATABASE]: 'P:a\nV:1\n' });
    expect(packages).toMatchObject([{ purl: 'pkg:apk/a@1', ecosystem: '' }]);
    expect(problems).toEqual([
      { path: DATABASE, reason: 'packages of no known distribution: no os-release' },
    ]);
  });

  it('tells of packages that no advisory can name', async () => {
    const { problems } = await inventoryOf({
      'usr/lib/os-release': 'ID=kali\nVERSION_ID=2026.1\n',
      'var/lib/dpkg/status': 'Package: a\nStatus: install ok installed\nVersion: 1\n',
    });
    expect(problems).toEqual([
      {
        path: 'usr/lib/os-release',
        reason: 'no feed names the packages of "kali 2026.1": 1 cannot be matched',
      },
    ]);
  });

  it('names the OS package that a Python project belongs to, through a linked folder', async () => {
    const { packages } = await inventoryOf({
      'etc/os-release': 'ID=alpine\nVERSION_ID=3.20.3\n',
      lib: { link: 'usr/lib' },
      'usr/lib/python3.12/site-packages/six-1.dist-info/METADATA': 'Name: six\nVersion: 1\n',
      'app/six-2.dist-info/METADATA': 'Name: six\nVersion: 2\n',
      [DATABASE]:
        'P:py3-six\nV:1-r0\nF:lib/python3.12/site-packages/six-1.dist-info\nR:METADATA\n\n',
    });
    expect(packages.map(({ name, version, owner }) => [name, version, owner])).toEqual([
      ['py3-six', '1-r0', null],
      ['six', '1', 'py3-six'],
      ['six', '2', null],
    ]);
  });

  describe('with an interpreter that says itself what it is', () => {
    const PATH = 'usr/local/lib/python3.14/build-details.json';
    const details = (overrides: object = {}) =>
      JSON.stringify({
        schema_version: '1.0',
        implementation: {
          name: 'cpython',
          version: {
            major: 3,
            minor: 14,
            micro: 4,
            releaselevel: 'final',
            serial: 0,
            ...overrides,
          },
        },
      });

    it('makes a package of it, since no OS package has advisories about it', async () => {
      const { packages, runtimes, problems } = await inventoryOf({
        [PATH]: details(),
      });
      expect(packages).toEqual([
        {
          purl: 'pkg:bitnami/python@3.14.4',
          ecosystem: 'Bitnami',
          type: 'bitnami',
          name: 'python',
          version: '3.14.4',
          source: null,
          arch: null,
          path: PATH,
          owner: null,
          layer: 0,
        },
      ]);
      expect(runtimes).toMatchObject([{ version: '3.14.4', minor: '3.14' }]);
      expect(problems).toEqual([]);
    });

    it('writes a candidate as advisories order it', async () => {
      const { packages } = await inventoryOf({
        [PATH]: details({ releaselevel: 'candidate', serial: 2 }),
      });
      expect(packages.map(({ version }) => version)).toEqual(['3.14.4-rc.2']);
    });

    it('makes none of one that an OS package owns', async () => {
      const { packages, runtimes } = await inventoryOf({
        'etc/os-release': 'ID=wolfi\nVERSION_ID=20230201\n',
        [DATABASE]:
          'P:python-3.14-base\nV:3.14.4-r1\nF:usr/lib/python3.14\nR:build-details.json\n\n',
        'usr/lib/python3.14/build-details.json': details(),
      });
      expect(packages.map(({ type }) => type)).toEqual(['apk']);
      expect(runtimes).toHaveLength(1);
    });

    it('tells of details that it cannot read, and leaves other implementations alone', async () => {
      const pypy = details().replace('cpython', 'pypy');
      expect((await inventoryOf({ [PATH]: '{' })).problems).toEqual([
        { path: PATH, reason: 'no build details of Python' },
      ]);
      expect(await inventoryOf({ [PATH]: pypy })).toMatchObject({ packages: [], problems: [] });
    });
  });

  it.each([
    ['debian', '13', {}],
    ['ubuntu', '24.04', { 'opt/a.egg-info': 'Name: a\nVersion: 1\n' }],
    ['azurelinux', '3.0', { 'var/lib/rpm/macros': '' }],
  ])('tells that nobody lists the packages of %s %s', async (id, version, files) => {
    const { problems } = await inventoryOf({
      'etc/os-release': `ID=${id}\nVERSION_ID=${version}\n`,
      ...files,
    });
    expect(problems).toEqual([
      {
        path: 'etc/os-release',
        reason: `no package database of "${id} ${version}": what the OS consists of is unknown`,
      },
    ]);
  });

  it('tells once of a package database that cannot be read', async () => {
    const { problems } = await inventoryOf({
      'etc/os-release': 'ID=azurelinux\nVERSION_ID=3.0\n',
      'var/lib/rpm/rpmdb.sqlite': 'broken',
    });
    expect(problems).toEqual([{ path: 'var/lib/rpm/rpmdb.sqlite', reason: 'no SQLite database' }]);
  });

  it('names the packages of an rpm database, and who owns a Python project in it', async () => {
    const folder = 'usr/lib/python3.12/site-packages/requests-2.31.0.dist-info';
    const requests = rpmHeader({ name: 'python3-requests', files: [`/${folder}/METADATA`] });
    const { packages, problems } = await inventoryOf({
      'etc/os-release': 'ID=azurelinux\nVERSION_ID=3.0\n',
      'var/lib/rpm/rpmdb.sqlite': { bytes: sqliteDatabase([requests]).database },
      [`${folder}/METADATA`]: 'Name: requests\nVersion: 2.31.0\n',
    });
    expect(problems).toEqual([]);
    expect(packages).toMatchObject([
      { type: 'pypi', name: 'requests', owner: 'python3-requests' },
      { type: 'rpm', name: 'python3-requests', ecosystem: 'Azure Linux:3', owner: null },
    ]);
  });

  it('tells of a distribution that names no release', async () => {
    const { packages, problems } = await inventoryOf({
      'etc/os-release': 'ID=alpine\n',
      [DATABASE]: 'P:a\nV:1-r0\n',
    });
    expect(packages).toMatchObject([{ ecosystem: 'Alpine' }]);
    expect(problems).toEqual([
      {
        path: 'etc/os-release',
        reason:
          '"alpine" names no release: 1 packages match only where their very version is listed',
      },
    ]);
  });

  it('sorts packages by type, name, version and path, whatever the order found', async () => {
    const { packages } = await inventoryOf({
      'etc/os-release': 'ID=alpine\nVERSION_ID=3.20.3\n',
      [DATABASE]: 'P:b\nV:1\n\nP:a\nV:2\n\nP:B\nV:1\n\nP:a\nV:10\n\n',
      'z/a.egg-info': 'Name: a\nVersion: 1\n',
      'y/a.egg-info': 'Name: a\nVersion: 1\n',
    });
    expect(packages.map(({ name, version, path }) => `${name}=${version} ${path}`)).toEqual([
      `B=1 ${DATABASE}`,
      `a=10 ${DATABASE}`,
      `a=2 ${DATABASE}`,
      `b=1 ${DATABASE}`,
      'a=1 y/a.egg-info',
      'a=1 z/a.egg-info',
    ]);
  });

  it('keeps the problems of the layers, sorted, and counts those above the limit', async () => {
    const { problems } = await buildInventory(
      anImage({
        problems: [
          { path: 'z', reason: 'late' },
          { path: 'b', reason: 'same' },
          { path: 'b', reason: 'same' },
        ],
        tree: buildTree({ [DATABASE]: 'junk\n'.repeat(30) }),
      }),
    );
    expect(problems[0]).toEqual({ path: 'b', reason: 'same' });
    expect(problems.slice(1, -1)).toHaveLength(21);
    expect(problems.at(-2)).toEqual({ path: DATABASE, reason: 'and 10 more' });
    expect(problems.at(-1)).toEqual({ path: 'z', reason: 'late' });
  });

  it('refuses a config that does not fit the layers', async () => {
    await expect(buildInventory(anImage({ layers: [] }))).rejects.toThrow(MalformedManifestError);
  });

  it('counts only the last of the partial databases that apko writes into every layer', async () => {
    const captures = [
      aCapture('P:a\nV:1\n\n'),
      aCapture('P:b\nV:1\n\n'),
      aCapture('P:a\nV:1\n\nP:b\nV:1\n\nP:c\nV:1\n\n'),
    ];
    const { tree, problems } = mergeLayers(captures);
    const { packages } = await buildInventory(anImage({ tree, problems }));
    expect(packages.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
  });
});

/** A layer with a database alone. */
function aCapture(database: string): Capture {
  const entry: LayerEntry = {
    path: DATABASE,
    type: 'file',
    mode: 0o644,
    uid: 0,
    gid: 0,
    size: database.length,
  };
  return {
    wanted: WANTED_VERSION,
    layer: digestOf(database),
    diffId: digestOf(database),
    size: 1,
    unpackedSize: 1,
    entries: [entry],
    files: { [DATABASE]: Buffer.from(database).toString('base64') },
    facts: {},
    problems: [],
  };
}
