import { describe, expect, it } from 'vitest';
import { mayBeNamed, packagesNamed, readAsked } from '../../../core/explain/asked.ts';
import { anApk, aWheel } from '../../support/advisory-builders.ts';

describe('what is asked', () => {
  it.each([
    ['cve-2026-1', 'CVE-2026-1'],
    [' CVE-2026-1 ', 'CVE-2026-1'],
    ['ghsa-ABCD-2345-cfgh', 'GHSA-abcd-2345-cfgh'],
    ['DSA-1-1', 'DSA-1-1'],
  ])('reads %j as feeds write it', (text, id) => {
    expect(readAsked(text, null)).toEqual({ id, package: null });
  });

  it('reads the key of a finding, whose package somebody may still narrow', () => {
    const key = 'finding|CVE-2026-1|pkg:apk/wolfi/zlib';
    expect(readAsked(key, null)).toEqual({ id: 'CVE-2026-1', package: 'pkg:apk/wolfi/zlib' });
    expect(readAsked(key, 'zlib')).toEqual({ id: 'CVE-2026-1', package: 'zlib' });
  });
});

describe('a package', () => {
  const zlib = anApk();
  const libs = anApk({ name: 'libcrypto3', source: { name: 'openssl', version: '3' } });
  const wheel = aWheel({ name: 'Zope.Interface' });
  const all = [zlib, libs, wheel];

  it.each([
    ['zlib', zlib],
    [zlib.purl, zlib],
    ['pkg:apk/wolfi/zlib@1.2.3-r0', zlib],
    ['pkg:apk/wolfi/zlib', zlib],
    ['openssl', libs],
    ['zope_interface', wheel],
  ])('is named by %s', (text, found) => {
    expect(packagesNamed(all, text)).toEqual([found]);
  });

  it('is not named by another version, nor by a part of its name', () => {
    expect(packagesNamed(all, 'pkg:apk/wolfi/zlib@1.2.3-r1')).toEqual([]);
    expect(packagesNamed(all, 'zli')).toEqual([]);
  });

  it('is found in a finding’s key by its name and by a purl of any version', () => {
    expect(mayBeNamed('pkg:pypi/zope-interface', 'Zope.Interface')).toBe(true);
    expect(mayBeNamed('pkg:apk/wolfi/zlib', zlib.purl)).toBe(true);
    expect(mayBeNamed('pkg:apk/wolfi/zlib', 'zlib-dev')).toBe(false);
  });
});
