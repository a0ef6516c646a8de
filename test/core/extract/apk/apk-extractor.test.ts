import { describe, expect, it } from 'vitest';
import { apkExtractor } from '../../../../core/extract/apk/apk-extractor.ts';
import { buildTree } from '../../../support/build-tree.ts';
import { goldenFile, HAS_REFERENCE_DATA } from '../../../support/golden-file.ts';

const USR = 'usr/lib/apk/db/installed';
const LIB = 'lib/apk/db/installed';
const WOLFI = { id: 'wolfi', versionId: '20230201', name: 'Wolfi' };

function extract(files: Parameters<typeof buildTree>[0]) {
  return apkExtractor.extract({ tree: buildTree(files), distro: WOLFI });
}

function versions(files: Parameters<typeof buildTree>[0]): string[] {
  return extract(files).packages.map(({ name, version }) => `${name}=${version}`);
}

describe('apkExtractor', () => {
  it('reads a record in any order of its fields', () => {
    const { packages, problems } = extract({
      [USR]: 'C:Q1x=\nA:x86_64\nV:3.14.4-r1\nP:python-3.14-base\no:python-3.14\nT:a: b\n\n',
    });
    expect(problems).toEqual([]);
    expect(packages).toEqual([
      {
        purl: 'pkg:apk/wolfi/python-3.14-base@3.14.4-r1?arch=x86_64&distro=wolfi',
        ecosystem: 'Wolfi',
        type: 'apk',
        name: 'python-3.14-base',
        version: '3.14.4-r1',
        source: { name: 'python-3.14', version: '3.14.4-r1' },
        arch: 'x86_64',
        path: USR,
        owner: null,
      },
    ]);
  });

  it('takes the name for a missing origin', () => {
    expect(extract({ [LIB]: 'P:a\nV:1\n' }).packages[0]).toMatchObject({
      source: { name: 'a', version: '1' },
      arch: null,
      path: LIB,
    });
  });

  it('counts a database once that is reached through a link', () => {
    const { packages, owned, problems } = extract({
      'lib/apk': { link: '../usr/lib/apk' },
      [USR]: 'P:a\nV:1\nF:bin\nR:a\n\nP:b\nV:2\n\n',
    });
    expect(packages.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(owned).toEqual([{ path: 'bin/a', owner: 'a' }]);
    expect(problems).toEqual([]);
  });

  it('reads two databases that agree as one', () => {
    const files = { [USR]: 'P:a\nV:1\n\n', [LIB]: 'P:a\nV:1\n\n' };
    expect(versions(files)).toEqual(['a=1']);
    expect(extract(files).problems).toEqual([]);
  });

  it('keeps what either of two databases lists, and tells that they disagree', () => {
    const files = {
      [USR]: 'P:a\nV:1\n\nP:b\nV:1\n\n',
      [LIB]: 'P:a\nV:1\n\nP:b\nV:2\n\nP:c\nV:1\n',
    };
    expect(versions(files)).toEqual(['a=1', 'b=1', 'b=2', 'c=1']);
    expect(extract(files).problems).toEqual([
      { path: LIB, reason: `does not agree with ${USR}: 2 packages only here, 1 only there` },
    ]);
  });

  it('lists the files of each package', () => {
    const { owned } = extract({
      [USR]: 'P:a\nV:1\nF:\nR:top\nF:usr/bin\nR:x\na:0:0:755\nR:y\n\nP:b\nV:1\nF:etc\nR:z\n\n',
    });
    expect(owned).toEqual([
      { path: 'top', owner: 'a' },
      { path: 'usr/bin/x', owner: 'a' },
      { path: 'usr/bin/y', owner: 'a' },
      { path: 'etc/z', owner: 'b' },
    ]);
  });

  it.each([
    ['V:1\n', 'record at line 1 without a name'],
    ['P:x\nA:noarch\n', 'record of "x" without a version'],
    ['P:x y\nV:1\n', 'record at line 1: malformed name "x y"'],
    ['P:x\nV:1\u0000\n', 'record of "x": malformed version "1\\u0000"'],
    ['P:x\ngarbage\nV:1\u001b\n', 'line 2 is no field: "garbage"'],
  ])('tells of the bad record %j and keeps the rest', (bad, reason) => {
    const { packages, problems } = extract({ [USR]: `${bad}\nP:good\nV:2\n\n` });
    expect(packages.map(({ name }) => name)).toEqual(['good']);
    expect(problems).toContainEqual({ path: USR, reason });
  });

  it('keeps a package whose record has a bad line', () => {
    const files = { [USR]: 'P:a\n\ufffd\ufffd\nV:1\n\n' };
    expect(versions(files)).toEqual(['a=1']);
    expect(extract(files).problems).toHaveLength(1);
  });

  it('lets no package swallow another where an empty line is missing', () => {
    const files = { [USR]: 'P:a\nV:1\nP:b\nV:2\n\n' };
    expect(versions(files)).toEqual(['a=1', 'b=2']);
    expect(extract(files).problems).toEqual([
      { path: USR, reason: 'line 3: a record begins inside another' },
    ]);
  });

  it('tells of a database that was not kept', () => {
    expect(extract({ [USR]: { kept: false } })).toEqual({
      packages: [],
      owned: [],
      problems: [{ path: USR, reason: 'its content was not kept' }],
    });
  });

  it('finds nothing in an image without a database', () => {
    expect(extract({ 'app/main': '' })).toEqual({ packages: [], owned: [], problems: [] });
  });
});

describe.skipIf(!HAS_REFERENCE_DATA)('apkExtractor on real databases', () => {
  function golden(file: string) {
    const { packages, problems } = extract({ [LIB]: { bytes: goldenFile(file) } });
    expect(problems).toEqual([]);
    return packages;
  }

  it('reads the 15 packages that Alpine wrote', () => {
    const packages = golden('apk/installed').map(
      ({ name, version, source, arch }) => `${name}=${version} ${source?.name} ${arch}`,
    );
    expect(packages).toEqual([
      'alpine-baselayout=3.4.3-r1 alpine-baselayout x86_64',
      'alpine-baselayout-data=3.4.3-r1 alpine-baselayout x86_64',
      'alpine-keys=2.4-r1 alpine-keys x86_64',
      'apk-tools=2.14.0-r0 apk-tools x86_64',
      'busybox=1.36.0-r9 busybox x86_64',
      'busybox-binsh=1.36.0-r9 busybox x86_64',
      'ca-certificates-bundle=20230506-r0 ca-certificates x86_64',
      'libc-utils=0.7.2-r5 libc-dev x86_64',
      'libcrypto3=3.1.0-r4 openssl x86_64',
      'libssl3=3.1.0-r4 openssl x86_64',
      'musl=1.2.4-r0 musl x86_64',
      'musl-utils=1.2.4-r0 musl x86_64',
      'scanelf=1.3.7-r1 pax-utils x86_64',
      'ssl_client=1.36.0-r9 busybox x86_64',
      'zlib=1.2.13-r1 zlib x86_64',
    ]);
  });

  it('reads the 14 packages that apko wrote', () => {
    const packages = golden('apko/installed');
    expect(packages.map(({ name, version }) => `${name}=${version}`)).toEqual([
      'alpine-baselayout-data=3.2.0-r22',
      'musl=1.2.3-r0',
      'busybox=1.35.0-r17',
      'alpine-baselayout=3.2.0-r22',
      'alpine-keys=2.4-r1',
      'ca-certificates-bundle=20220614-r0',
      'libcrypto1.1=1.1.1q-r0',
      'libssl1.1=1.1.1q-r0',
      'ssl_client=1.35.0-r17',
      'zlib=1.2.12-r3',
      'apk-tools=2.12.9-r3',
      'scanelf=1.3.4-r0',
      'musl-utils=1.2.3-r0',
      'libc-utils=0.7.2-r3',
    ]);
    expect(packages.every(({ arch }) => arch === 'aarch64')).toBe(true);
  });

  it.each([
    ['apk/single', 'alpine-baselayout-data', '3.4.3-r1', 'x86_64', 'alpine-baselayout'],
    ['apk/different-arch', 'alpine-baselayout-data', '3.4.3-r1', 'noarch', 'alpine-baselayout'],
    ['apk/no-origin', 'pkgname', '1.2.3', 'x86_64', 'pkgname'],
  ])('reads the one package of %s', (file, name, version, arch, origin) => {
    const expected = { name, version, arch, source: { name: origin, version } };
    expect(golden(file)).toEqual([expect.objectContaining(expected)]);
  });
});
