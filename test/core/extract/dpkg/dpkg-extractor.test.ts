import { describe, expect, it } from 'vitest';
import { dpkgExtractor } from '../../../../core/extract/dpkg/dpkg-extractor.ts';
import { buildTree } from '../../../support/build-tree.ts';
import { goldenFile, HAS_REFERENCE_DATA } from '../../../support/golden-file.ts';

const STATUS = 'var/lib/dpkg/status';
const DEBIAN = { id: 'debian', versionId: '12', name: 'Debian GNU/Linux' };
const INSTALLED = 'Status: install ok installed\n';

function extract(files: Parameters<typeof buildTree>[0]) {
  return dpkgExtractor.extract({ tree: buildTree(files), distro: DEBIAN });
}

function versions(files: Parameters<typeof buildTree>[0]): string[] {
  return extract(files).packages.map(({ name, version }) => `${name}=${version}`);
}

describe('dpkgExtractor', () => {
  it('says that an interrupted dpkg has left what is not read', () => {
    const { packages, problems } = extract({
      [STATUS]: `Package: p\n${INSTALLED}Architecture: amd64\nVersion: 1\n`,
      'var/lib/dpkg/updates/0001': `Package: q\n${INSTALLED}Architecture: amd64\nVersion: 2\n`,
      'var/lib/dpkg/updates/tmp.i': '',
    });
    expect(packages.map(({ name }) => name)).toEqual(['p']);
    expect(problems.map(({ path }) => path)).toEqual(['var/lib/dpkg/updates/0001']);
  });

  it('reads a stanza, continuation lines passed over', () => {
    const { packages, problems } = extract({
      [STATUS]: `Package: util-linux-extra\n${INSTALLED}Architecture: amd64\nDescription: x\n Version: 9\n .\n\tSource: y\nSource: util-linux (2.38.1-5)\nVersion: 2.38.1-5+b1\n`,
    });
    expect(problems).toEqual([]);
    expect(packages).toEqual([
      {
        purl: 'pkg:deb/debian/util-linux-extra@2.38.1-5+b1?arch=amd64&distro=debian-12',
        ecosystem: 'Debian:12',
        type: 'deb',
        name: 'util-linux-extra',
        version: '2.38.1-5+b1',
        source: { name: 'util-linux', version: '2.38.1-5' },
        arch: 'amd64',
        path: STATUS,
        owner: null,
      },
    ]);
  });

  it.each([
    ['', { name: 'p', version: '2' }],
    ['Source: src\n', { name: 'src', version: '2' }],
    ['Source: src (1:3-4)\n', { name: 'src', version: '1:3-4' }],
    ['source: src(3)\r\n', { name: 'src', version: '3' }],
  ])('reads %j as the source', (line, source) => {
    const { packages, problems } = extract({
      [STATUS]: `Package: p\n${INSTALLED}Version: 2\n${line}\n`,
    });
    expect(packages[0]?.source).toEqual(source);
    expect(problems).toEqual([]);
  });

  it('keeps a package whose source cannot be read, and says so', () => {
    const { packages, problems } = extract({
      [STATUS]: `Package: p\n${INSTALLED}Version: 2\nSource: src (3\n`,
    });
    expect(packages[0]?.source).toEqual({ name: 'p', version: '2' });
    expect(problems).toEqual([
      { path: STATUS, reason: 'record of "p": malformed source "src (3"' },
    ]);
  });

  it.each([
    ['deinstall ok installed', true],
    ['install ok unpacked', true],
    ['install ok half-configured', true],
    ['install ok triggers-awaited', true],
    ['install ok triggers-pending', true],
    ['install reinstreq half-installed', false],
    ['deinstall ok config-files', false],
    ['unknown ok not-installed', false],
  ])('with status %j a package is there: %s', (status, isThere) => {
    const { packages, problems } = extract({
      [STATUS]: `Package: p\nStatus: ${status}\nVersion: 1\n`,
    });
    expect(packages).toHaveLength(isThere ? 1 : 0);
    expect(problems).toEqual([]);
  });

  it.each([
    [`${INSTALLED}Version: 1\n`, 'record at line 1 without a name'],
    [`Package: x\n${INSTALLED}`, 'record of "x" without a version'],
    ['Package: x\nVersion: 1\n', 'record of "x" without a status'],
    ['Package: x\nStatus: install ok\nVersion: 1\n', 'record of "x": status "install ok"'],
    [
      'Package: x\nStatus: install ok installed twice\nVersion: 1\n',
      'record of "x": status "install ok installed twice"',
    ],
    [
      'Package: x\nStatus: install ok glued\nVersion: 1\n',
      'record of "x": status "install ok glued"',
    ],
    [`Package: x y\n${INSTALLED}Version: 1\n`, 'record at line 1: malformed name "x y"'],
    [`Package: x\n${INSTALLED}Version: 1\ufffd\n`, 'record of "x": malformed version "1\ufffd"'],
  ])('tells of the bad record %j and keeps the rest', (bad, reason) => {
    const { packages, problems } = extract({
      [STATUS]: `${bad}\nPackage: good\n${INSTALLED}Version: 2\n`,
    });
    expect(packages.map(({ name }) => name)).toEqual(['good']);
    expect(problems).toEqual([{ path: STATUS, reason }]);
  });

  it('lets no package swallow another where an empty line is missing', () => {
    const files = {
      [STATUS]: `Package: a\n${INSTALLED}Version: 1\nPackage: b\n${INSTALLED}Version: 2\n`,
    };
    expect(versions(files)).toEqual(['a=1', 'b=2']);
    expect(extract(files).problems).toEqual([
      { path: STATUS, reason: 'line 4: a record begins inside another' },
    ]);
  });

  it('counts a stanza of status.d without a Status, and takes its files from the sums', () => {
    const { packages, owned, problems } = extract({
      'var/lib/dpkg/status.d/libpython3.13-minimal':
        'Package: libpython3.13-minimal\nVersion: 3.13.5-2\n',
      'var/lib/dpkg/status.d/libpython3.13-minimal.md5sums':
        'e11d70c96979a1328ae4e7e50542782b  usr/lib/python3.13/os.py\n',
      'var/lib/dpkg/status.d/libpython3.13-minimal.preinst': '#!/bin/sh\n',
    });
    expect(packages).toMatchObject([{ name: 'libpython3.13-minimal', version: '3.13.5-2' }]);
    expect(owned).toMatchObject([
      { path: 'usr/lib/python3.13/os.py', owner: 'libpython3.13-minimal' },
    ]);
    expect(problems).toEqual([]);
  });

  it('takes the files of installed packages from their lists', () => {
    const { owned } = extract({
      [STATUS]: `Package: libc6\n${INSTALLED}Version: 1\n\nPackage: gone\nStatus: deinstall ok config-files\nVersion: 1\n`,
      'var/lib/dpkg/info/libc6:amd64.list': '/.\n/lib\n/lib/libc.so.6\n',
      'var/lib/dpkg/info/gone.list': '/etc/gone.conf\n',
    });
    expect(owned).toMatchObject([
      { path: 'lib', owner: 'libc6' },
      { path: 'lib/libc.so.6', owner: 'libc6' },
    ]);
  });

  it('tells of a line in a file list that names no file', () => {
    const { owned, problems } = extract({
      [STATUS]: `Package: p\n${INSTALLED}Version: 1\n`,
      'var/lib/dpkg/info/p.md5sums': 'nonsense\ne11d70c96979a1328ae4e7e50542782b  bin/p\n',
    });
    expect(owned).toMatchObject([{ path: 'bin/p', owner: 'p' }]);
    expect(problems).toEqual([
      { path: 'var/lib/dpkg/info/p.md5sums', reason: 'line 1 names no file: "nonsense"' },
    ]);
  });

  it('reads a database below usr/lib, once when the folders are linked', () => {
    const status = `Package: p\n${INSTALLED}Version: 1\n`;
    expect(versions({ 'usr/lib/dpkg/status': status })).toEqual(['p=1']);
    expect(
      versions({ 'var/lib/dpkg': { link: '/usr/lib/dpkg' }, 'usr/lib/dpkg/status': status }),
    ).toEqual(['p=1']);
    expect(versions({ [STATUS]: status, 'usr/lib/dpkg/status': status })).toEqual(['p=1']);
  });

  it('finds nothing in an image without a database', () => {
    expect(extract({ 'app/main': '' })).toEqual({ packages: [], owned: [], problems: [] });
  });
});

describe.skipIf(!HAS_REFERENCE_DATA)('dpkgExtractor on real databases', () => {
  it('reads the 7 packages of a status file', () => {
    const { packages, problems } = extract({ [STATUS]: { bytes: goldenFile('dpkg/valid') } });
    expect(problems).toEqual([]);
    expect(packages).toHaveLength(7);
    expect(packages.find(({ name }) => name === 'util-linux-extra')).toMatchObject({
      version: '2.38.1-5+b1',
      source: { name: 'util-linux', version: '2.38.1-5' },
    });
  });

  it('lets the third word of Status decide', () => {
    const files = { [STATUS]: { bytes: goldenFile('dpkg/statusfield') } };
    expect(versions(files)).toEqual([
      'wantinstall_installed=1.0',
      'wantdeinstall_installed=1.0',
      'wantinstall_unpacked=1.0',
      'wantpurge_installed=1.0',
    ]);
    expect(extract(files).problems).toEqual([
      { path: STATUS, reason: 'record of "wantnostatus" without a status' },
    ]);
  });

  it.each([
    ['dpkg/single', 'acl=2.3.1-3', 'acl'],
    ['dpkg/transitional', 'iceweasel=78.13.0esr-1~deb10u1', 'firefox-esr'],
    ['dpkg/transitional_dummy', 'git-core=1:2.14.2-1', 'git'],
    ['dpkg/transitional_empty', 'runit-systemd=2.1.2-54+usrmerge', 'runit'],
  ])('reads the one package of %s', (file, package_, source) => {
    const files = { [STATUS]: { bytes: goldenFile(file) } };
    expect(versions(files)).toEqual([package_]);
    expect(extract(files).packages[0]?.source?.name).toBe(source);
  });

  it('reads distroless, with the owner of its files', () => {
    const folder = 'var/lib/dpkg/status.d';
    const { packages, owned, problems } = extract({
      [`${folder}/libsqlite3-0`]: { bytes: goldenFile('distroless/status.d/libsqlite3-0') },
      [`${folder}/libsqlite3-0.md5sums`]: {
        bytes: goldenFile('distroless/status.d/libsqlite3-0.md5sums'),
      },
    });
    expect(problems).toEqual([]);
    expect(packages).toMatchObject([
      {
        name: 'libsqlite3-0',
        version: '3.34.1-3',
        source: { name: 'sqlite3', version: '3.34.1-3' },
        arch: 'arm64',
      },
    ]);
    expect(owned).toHaveLength(6);
    expect(owned[0]).toMatchObject({
      path: 'usr/lib/aarch64-linux-gnu/libsqlite3.so.0.8.6',
      owner: 'libsqlite3-0',
    });
  });

  it('counts a stanza of status.d without a Status', () => {
    const folder = 'var/lib/dpkg/status.d';
    const { packages, owned, problems } = extract({
      [`${folder}/foo`]: { bytes: goldenFile('dpkg/status.d/foo') },
      [`${folder}/foo.md5sums`]: { bytes: goldenFile('dpkg/status.d/foo.md5sums') },
    });
    expect(problems).toEqual([]);
    expect(packages).toMatchObject([{ name: 'foo', version: '1.2.3', arch: 'amd64' }]);
    expect(owned).toContainEqual(
      expect.objectContaining({ path: 'usr/lib/os-release', owner: 'foo' }),
    );
  });
});
