import { describe, expect, it } from 'vitest';
import type { Package } from '../../../core/inventory/inventory.ts';
import { compareSbom } from '../../../core/sbom/compare-sbom.ts';
import { compareLayerSboms } from '../../../core/sbom/layer-sboms.ts';
import { type ListedPackage, readSbom } from '../../../core/sbom/read-sbom.ts';
import { buildTree } from '../../support/build-tree.ts';

/** A package as an inventory has it, by its purl. */
function installed(purl: string, overrides: Partial<Package> = {}): Package {
  const [, type = '', rest = ''] = /^pkg:([a-z]+)\/(.*)$/.exec(purl) ?? [];
  return {
    purl,
    ecosystem: '',
    type: type as Package['type'],
    name: rest,
    version: '',
    source: null,
    arch: null,
    path: 'db',
    owner: null,
    ...overrides,
  };
}

function listed(...texts: readonly string[]): ListedPackage[] {
  return texts.map((text) => {
    const [type = '', name = '', version = ''] = text.split(' ');
    return { type, name, version };
  });
}

function compare(packages: readonly ListedPackage[], ...there: readonly Package[]) {
  const document = { format: 'spdx', name: 'image', packages } as const;
  const source = { where: 'referrer', name: 'sha256:aa' } as const;
  return compareSbom(source, document, { packages: there });
}

const NONE = { count: 0, first: [] };

describe('a bill of materials beside the layers', () => {
  it('has no differences where both say the same, whatever the distribution is called', () => {
    expect(
      compare(
        listed('apk zlib 1', 'pypi foo-bar 2'),
        installed('pkg:apk/chainguard/zlib@1?arch=x86_64&distro=chainguard'),
        installed('pkg:pypi/foo-bar@2'),
      ),
    ).toMatchObject({
      packages: 2,
      same: 2,
      onlyInSbom: NONE,
      onlyInLayers: NONE,
      otherVersion: NONE,
    });
  });

  it('takes a Go version with and without its v for the same, on either side', () => {
    const modules = ['pkg:golang/github.com/a/b@v1.2.3', 'pkg:golang/stdlib@1.26.1'];
    const turned = ['pkg:golang/github.com/a/b@1.2.3', 'pkg:golang/stdlib@v1.26.1'];
    const read = (purls: readonly string[]) =>
      readSbom({
        bomFormat: 'CycloneDX',
        specVersion: '1.6',
        components: purls.map((purl) => ({ purl })),
      }).packages;
    const same = { same: 2, onlyInSbom: NONE, onlyInLayers: NONE, otherVersion: NONE };
    const onlyGo = { type: 'golang' } as const;
    for (const purls of [modules, turned, [...modules, ...turned]]) {
      const there = modules.map((purl) => installed(purl, onlyGo));
      expect(compare(read(purls), ...there)).toMatchObject(same);
    }
  });

  it('tells what is only on one side, and what has another version', () => {
    expect(
      compare(
        listed('apk zlib 1', 'apk openssl 3', 'apk gone 1'),
        installed('pkg:apk/wolfi/zlib@1'),
        installed('pkg:apk/wolfi/openssl@4'),
        installed('pkg:apk/wolfi/curl@8'),
      ),
    ).toMatchObject({
      same: 1,
      onlyInSbom: { count: 1, first: ['apk gone 1'] },
      onlyInLayers: { count: 1, first: ['apk curl 8'] },
      otherVersion: { count: 1, first: [{ package: 'apk openssl', sbom: '3', layers: '4' }] },
    });
  });

  it('pairs several versions of one name only as far as they differ', () => {
    expect(
      compare(
        listed('npm a 1', 'npm a 2', 'npm a 3'),
        installed('pkg:npm/a@1'),
        installed('pkg:npm/a@4'),
      ),
    ).toMatchObject({
      same: 1,
      otherVersion: { first: [{ package: 'npm a', sbom: '2', layers: '4' }] },
      onlyInSbom: { first: ['npm a 3'] },
      onlyInLayers: NONE,
    });
  });

  it('does not miss what lies in the files of an OS package, and knows it where it is listed', () => {
    const owned = installed('pkg:pypi/six@1', { owner: 'py3-six' });
    expect(compare(listed('apk zlib 1'), owned)).toMatchObject({ onlyInLayers: NONE });
    expect(compare(listed('pypi six 1'), owned)).toMatchObject({ same: 1, onlyInSbom: NONE });
    expect(compare(listed('pypi six 2'), owned)).toMatchObject({ otherVersion: { count: 1 } });
  });

  it('agrees with any version where it states none', () => {
    const found = compare(listed('cargo serde '), installed('pkg:cargo/serde@1'));
    expect(found).toMatchObject({ same: 1, onlyInSbom: NONE, onlyInLayers: NONE });
  });

  it('is compared with nothing where it lists nothing', () => {
    expect(compare([], installed('pkg:apk/wolfi/zlib@1'))).toMatchObject({
      packages: 0,
      onlyInLayers: NONE,
    });
  });

  it('counts all differences, and keeps the first hundred', () => {
    const many = Array.from({ length: 150 }, (_, index) => `apk p${index} 1`);
    const { onlyInSbom } = compare(listed(...many));
    expect(onlyInSbom.count).toBe(150);
    expect(onlyInSbom.first).toHaveLength(100);
  });
});

describe('what apk packages say of themselves', () => {
  const document = (name: string, version: string) =>
    JSON.stringify({
      spdxVersion: 'SPDX-2.3',
      name: `apk-${name}`,
      packages: [`pkg:apk/wolfi/${name}@${version}?arch=x86_64`, `pkg:github/x/${name}@main`].map(
        (referenceLocator) => ({ externalRefs: [{ referenceType: 'purl', referenceLocator }] }),
      ),
    });
  const FOLDER = 'var/lib/db/sbom';

  it('is one list beside the package database, other packages aside', () => {
    const tree = buildTree({
      [`${FOLDER}/zlib-1.spdx.json`]: document('zlib', '1'),
      [`${FOLDER}/openssl-3.spdx.json`]: document('openssl', '3'),
    });
    const packages = [
      installed('pkg:apk/wolfi/zlib@1'),
      installed('pkg:apk/wolfi/openssl@4'),
      installed('pkg:pypi/flask@3'),
    ];
    expect(compareLayerSboms(tree, packages)).toMatchObject({
      comparisons: [
        {
          source: { where: 'layers', name: FOLDER },
          packages: 2,
          same: 1,
          otherVersion: { first: [{ package: 'apk openssl', sbom: '3', layers: '4' }] },
          onlyInLayers: NONE,
        },
      ],
      problems: [],
    });
  });

  it('is nothing where there is none', () => {
    expect(compareLayerSboms(buildTree({ 'etc/passwd': '' }), [])).toBeUndefined();
  });

  it('names each that cannot be read, and reads the others', () => {
    const tree = buildTree({
      [`${FOLDER}/a.spdx.json`]: '{',
      [`${FOLDER}/b.spdx.json`]: '{}',
      [`${FOLDER}/c.spdx.json`]: { kept: false },
      [`${FOLDER}/d.spdx.json`]: document('zlib', '1'),
    });
    const found = compareLayerSboms(tree, [installed('pkg:apk/wolfi/zlib@1')]);
    expect(found?.comparisons).toMatchObject([{ packages: 1, same: 1 }]);
    expect(found?.problems).toEqual([
      { path: `${FOLDER}/a.spdx.json`, reason: 'not JSON' },
      {
        path: `${FOLDER}/b.spdx.json`,
        reason: 'no bill of materials that can be read: neither SPDX nor CycloneDX',
      },
      { path: `${FOLDER}/c.spdx.json`, reason: 'its content was not kept' },
    ]);
  });

  it('is read as any other document is', () => {
    expect(readSbom(JSON.parse(document('zlib', '1'))).packages).toHaveLength(1);
  });
});
