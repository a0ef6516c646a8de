import { describe, expect, it } from 'vitest';
import { pythonExtractor } from '../../../../core/extract/python/python-extractor.ts';
import { buildTree } from '../../../support/build-tree.ts';
import { goldenFile, HAS_REFERENCE_DATA } from '../../../support/golden-file.ts';
import { inventoryOf } from '../../../support/inventory-of.ts';
import { zipOf } from '../../../support/zip-archive.ts';

const SITE = 'usr/lib/python3.14/site-packages';

function extract(files: Parameters<typeof buildTree>[0]) {
  return pythonExtractor.extract({ tree: buildTree(files), distro: null });
}

function versions(files: Parameters<typeof buildTree>[0]): string[] {
  return extract(files).packages.map(({ name, version }) => `${name}=${version}`);
}

describe('pythonExtractor', () => {
  it('reads a wheel, its name as written and its purl by PEP 503', () => {
    const path = `${SITE}/Zope.Interface-6.0.dist-info/METADATA`;
    const { packages, problems } = extract({
      [path]: 'Metadata-Version: 2.1\nName: Zope.Interface\nVersion: 6.0\n\nName: body\n',
    });
    expect(problems).toEqual([]);
    expect(packages).toEqual([
      {
        purl: 'pkg:pypi/zope-interface@6.0',
        ecosystem: 'PyPI',
        type: 'pypi',
        name: 'Zope.Interface',
        version: '6.0',
        source: null,
        arch: null,
        path,
        owner: null,
      },
    ]);
  });

  it('reads an egg that was installed as one file', async () => {
    const egg = zipOf([
      { name: 'EGG-INFO/PKG-INFO', text: 'Metadata-Version: 1.0\nName: old-style\nVersion: 0.9\n' },
      { name: 'old_style/__init__.py', text: '' },
    ]);
    const path = `${SITE}/old_style-0.9-py3.14.egg`;
    const { packages, problems } = await inventoryOf(
      [],
      [[path, egg]],
      [[`${path}2.egg`, 'PK\x03\x04']],
    );
    expect(packages).toMatchObject([{ purl: 'pkg:pypi/old-style@0.9', path, layer: 1 }]);
    expect(problems).toEqual([{ path: `${path}2.egg`, reason: expect.any(String) }]);
  });

  it.each([
    'app/venv/lib/python3.14/site-packages/a-1.dist-info/METADATA',
    'opt/a.egg-info',
    'opt/a.egg-info/PKG-INFO',
    'opt/a.egg-info/METADATA',
    'opt/a-1-py3.14.egg/EGG-INFO/PKG-INFO',
  ])('reads %s', (path) => {
    expect(versions({ [path]: 'Name: a\nVersion: 1\n' })).toEqual(['a=1']);
  });

  it.each([
    'opt/a.dist-info/RECORD',
    'opt/a.egg-info/SOURCES.txt',
    'opt/PKG-INFO',
    'opt/a.dist-info/x/METADATA',
  ])('passes over %s', (path) => {
    expect(versions({ [path]: 'Name: a\nVersion: 1\n' })).toEqual([]);
  });

  it('reads only the header block', () => {
    const { packages, problems } = extract({ 'a.egg-info': 'Name: a\n\nVersion: 1\n' });
    expect(packages).toEqual([]);
    expect(problems).toEqual([{ path: 'a.egg-info', reason: 'metadata of "a" without a version' }]);
  });

  it('passes over bytes that no encoding has and lines that are no field', () => {
    const bytes = Uint8Array.from([
      ...Buffer.from('Author: '),
      0xff,
      0xfe,
      ...Buffer.from('\nsha256-crypt argon2\nNAME : a\n Version: folded\r\nversion:1\r\nName: b\n'),
    ]);
    const files = { 'a.egg-info': { bytes } };
    expect(versions(files)).toEqual(['a=1']);
    expect(extract(files).problems).toEqual([]);
  });

  it('counts a folder with both metadata files once', () => {
    const files = {
      'a.egg-info/METADATA': 'Name: a\nVersion: 1\n',
      'a.egg-info/PKG-INFO': 'Name: a\nVersion: 2\n',
    };
    expect(versions(files)).toEqual(['a=2']);
  });

  it('counts linked metadata once, whether the file or its folder is the link', () => {
    const files = {
      'cache/a-1.dist-info/METADATA': 'Name: a\nVersion: 1\n',
      'site/a-1.dist-info/METADATA': { link: '../../cache/a-1.dist-info/METADATA' },
      'other/a-1.dist-info': { link: '../cache/a-1.dist-info' },
      'flat/a.egg-info': { link: '../cache/a-1.dist-info' },
    };
    expect(versions(files)).toEqual(['a=1']);
    expect(extract(files).problems).toEqual([]);
  });

  it('tells of metadata behind a link to nothing', () => {
    expect(extract({ 'site/a.egg-info': { link: 'gone' } }).problems).toEqual([
      { path: 'site/a.egg-info', reason: 'a link that leads to no file' },
    ]);
  });

  it.each([
    ['Version: 1\n', 'metadata without a name'],
    ['Name: a b\nVersion: 1\n', 'malformed name "a b"'],
    ['Name: a\nVersion: 1\u0007\n', 'metadata of "a": malformed version "1\\u0007"'],
  ])('tells of %j and keeps the others', (text, reason) => {
    const { packages, problems } = extract({
      'a.egg-info': text,
      'b.egg-info': 'Name: b\nVersion: 1\n',
    });
    expect(packages.map(({ name }) => name)).toEqual(['b']);
    expect(problems).toEqual([{ path: 'a.egg-info', reason }]);
  });

  it('keeps a version that PEP 440 does not know', () => {
    expect(versions({ 'a.egg-info': 'Name: a\nVersion: 2004-06 beta\n' })).toEqual([
      'a=2004-06 beta',
    ]);
  });
});

describe.skipIf(!HAS_REFERENCE_DATA)('pythonExtractor on real metadata', () => {
  it.each([
    ['distinfo_meta', `${SITE}/pip-22.2.2.dist-info/METADATA`, 'pip=22.2.2'],
    ['egginfo', `${SITE}/pycups-2.0.1.egg-info`, 'pycups=2.0.1'],
    ['egginfo_pkginfo', `${SITE}/setuptools-57.4.0.egg-info/PKG-INFO`, 'setuptools=57.4.0'],
    ['malformed_pkginfo', `${SITE}/passlib-1.7.4.egg-info/PKG-INFO`, 'passlib=1.7.4'],
    ['mixed_case', `${SITE}/httplib2.egg-info`, 'httplib2=1.0'],
    ['pkginfo', `${SITE}/httplib2-0.20.4-py3.10.egg/EGG-INFO/PKG-INFO`, 'httplib2=0.20.4'],
    [
      'pyopenssl-26.0.0.dist-info',
      `${SITE}/pyopenssl-26.0.0.dist-info/METADATA`,
      'pyOpenSSL=26.0.0',
    ],
    ['repeated_pkginfo', `${SITE}/root.egg-info/PKG-INFO`, 'root=1.0.0'],
    [
      'special_chars',
      `${SITE}/backports.ssl_match_hostname-3.5.0.1.egg-info`,
      'backports.ssl_match_hostname=3.5.0.1',
    ],
  ])('reads %s at %s', (file, path, package_) => {
    const files = { [path]: { bytes: goldenFile(`python/${file}`) } };
    expect(versions(files)).toEqual([package_]);
    expect(extract(files).problems).toEqual([]);
  });
});
