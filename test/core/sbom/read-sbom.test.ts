import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidSbomError, listedPackage, readSbom } from '../../../core/sbom/read-sbom.ts';

/** An SPDX document that lists purls as Syft and apko do. */
function spdx(...purls: readonly string[]): object {
  return {
    spdxVersion: 'SPDX-2.3',
    SPDXID: 'SPDXRef-DOCUMENT',
    name: 'image',
    packages: purls.map((referenceLocator, index) => ({
      SPDXID: `SPDXRef-${index}`,
      name: 'named otherwise',
      externalRefs: [
        {
          referenceCategory: 'SECURITY',
          referenceType: 'cpe23Type',
          referenceLocator: 'cpe:2.3:a',
        },
        { referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator },
      ],
    })),
  };
}

describe('a bill of materials', () => {
  it('is read from SPDX', () => {
    expect(readSbom(spdx('pkg:apk/wolfi/zlib@1.3.1-r51?arch=x86_64'))).toEqual({
      format: 'spdx',
      name: 'image',
      packages: [{ type: 'apk', name: 'zlib', version: '1.3.1-r51' }],
    });
  });

  it('is read from CycloneDX, components in components too', () => {
    const inner = { type: 'library', name: 'b', purl: 'pkg:npm/%40scope/b@2.0.0' };
    const document = {
      bomFormat: 'CycloneDX',
      specVersion: '1.6',
      metadata: { component: { type: 'container', name: 'web', purl: 'pkg:oci/web@sha256%3Aaa' } },
      components: [{ type: 'library', name: 'a', purl: 'pkg:npm/a@1.0.0', components: [inner] }],
    };
    expect(readSbom(document)).toEqual({
      format: 'cyclonedx',
      name: 'web',
      packages: [
        { type: 'npm', name: 'a', version: '1.0.0' },
        { type: 'npm', name: '@scope/b', version: '2.0.0' },
      ],
    });
  });

  it('lists each package once, and nothing that no image can have installed', () => {
    const zlib = 'pkg:apk/wolfi/zlib@1';
    const others = ['pkg:oci/web@sha256%3Aaa', 'pkg:generic/x@1', 'pkg:github/a/b@main', 'zlib@1'];
    const { packages } = readSbom(spdx(zlib, `${zlib}?arch=x86_64`, ...others));
    expect(packages).toEqual([{ type: 'apk', name: 'zlib', version: '1' }]);
  });

  it.each([
    ['nothing', null, 'neither SPDX nor CycloneDX'],
    ['another document', { '@context': 'https://openvex.dev/ns' }, 'neither SPDX nor CycloneDX'],
    ['SPDX 3', { spdxVersion: 'SPDX-3.0' }, 'spdxVersion: expected SPDX-2.2 or SPDX-2.3'],
    ['broken packages', { spdxVersion: 'SPDX-2.3', packages: 'none' }, 'packages: '],
    ['a broken component', { bomFormat: 'CycloneDX', specVersion: '1.6', components: [1] }, ''],
    ['another format', { bomFormat: 'Else', specVersion: '1' }, 'bomFormat: '],
  ])('is not %s', (_what, json, reason) => {
    expect(() => readSbom(json)).toThrow(InvalidSbomError);
    expect(() => readSbom(json)).toThrow(reason);
  });

  it('is not one without end', () => {
    let component: object = { purl: 'pkg:npm/a@1' };
    for (let depth = 0; depth < 1000; depth++) component = { components: [component] };
    const document = { bomFormat: 'CycloneDX', specVersion: '1.6', components: [component] };
    expect(() => readSbom(document)).toThrow('deeper than 16');
    const many = { spdxVersion: 'SPDX-2.3', packages: Array.from({ length: 50_001 }, () => ({})) };
    expect(() => readSbom(many)).toThrow(InvalidSbomError);
  });

  it('is a document or a named error, whatever is there', () => {
    const json = fc.oneof(
      fc.jsonValue(),
      fc.record({ spdxVersion: fc.constant('SPDX-2.3'), packages: fc.jsonValue() }),
      fc.record({
        bomFormat: fc.constant('CycloneDX'),
        specVersion: fc.constant('1.6'),
        components: fc.array(fc.oneof(fc.jsonValue(), fc.record({ purl: fc.string() }))),
      }),
    );
    fc.assert(
      fc.property(json, (value) => {
        try {
          readSbom(value);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidSbomError);
        }
      }),
    );
  });
});

it.each([
  ['pkg:deb/debian/libc6@2.41-12?arch=amd64&distro=debian-13', 'deb libc6 2.41-12'],
  ['pkg:deb/debian/vim@2%3A9.1-1', 'deb vim 2:9.1-1'],
  ['pkg:rpm/amzn/openssl@3.2.2-1?epoch=1', 'rpm openssl 1:3.2.2-1'],
  ['pkg:rpm/amzn/openssl@0%3A3.2.2-1', 'rpm openssl 3.2.2-1'],
  ['pkg:pypi/Foo.Bar@1.0', 'pypi foo-bar 1.0'],
  ['pkg:golang/github.com/a/b@v1.2.3', 'golang github.com/a/b 1.2.3'],
  ['pkg:maven/org.example/a@1', 'maven org.example/a 1'],
  ['pkg:cargo/serde', 'cargo serde '],
])('writes %s as %s', (purl, text) => {
  const { type, name, version } = listedPackage(purl) ?? {};
  expect(`${type} ${name} ${version}`).toBe(text);
});
