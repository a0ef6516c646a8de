import { expect, it } from 'vitest';
import { osPackagePurl, pypiPurl } from '../../../core/extract/package-purl.ts';

const zlib = { type: 'apk', name: 'zlib', version: '1.3-r2', arch: 'x86_64' } as const;
const libstdc = {
  type: 'deb',
  name: 'libstdc++6',
  version: '1:12.2.0-14+b1',
  arch: 'amd64',
} as const;

it.each([
  [zlib, 'wolfi', '20230201', 'pkg:apk/wolfi/zlib@1.3-r2?arch=x86_64&distro=wolfi'],
  [zlib, 'chainguard', '20230214', 'pkg:apk/chainguard/zlib@1.3-r2?arch=x86_64&distro=chainguard'],
  [zlib, 'alpine', '3.20.3', 'pkg:apk/alpine/zlib@1.3-r2?arch=x86_64&distro=alpine-3.20.3'],
  [
    libstdc,
    'debian',
    '12',
    'pkg:deb/debian/libstdc%2B%2B6@1:12.2.0-14+b1?arch=amd64&distro=debian-12',
  ],
  [{ ...zlib, arch: null }, 'wolfi', '', 'pkg:apk/wolfi/zlib@1.3-r2?distro=wolfi'],
] as const)('%o of %s %s', (known, id, versionId, purl) => {
  expect(osPackagePurl(known, { id, versionId, name: '' })).toBe(purl);
});

it('has no namespace where no distribution is known', () => {
  expect(osPackagePurl(zlib, null)).toBe('pkg:apk/zlib@1.3-r2?arch=x86_64');
});

it.each([
  ['Zope.Interface', '6.0', 'pkg:pypi/zope-interface@6.0'],
  ['backports.ssl_match_hostname', '3.5.0.1', 'pkg:pypi/backports-ssl-match-hostname@3.5.0.1'],
  ['a--_.b', '1.0+local.1', 'pkg:pypi/a-b@1.0+local.1'],
])('names the Python package %s by PEP 503', (name, version, purl) => {
  expect(pypiPurl(name, version)).toBe(purl);
});
