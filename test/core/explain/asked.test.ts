import { describe, expect, it } from 'vitest';
import {
  isVulnerabilityId,
  mayBeNamed,
  packagesNamed,
  readAsked,
  readQuestion,
} from '../../../core/explain/asked.ts';
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

it.each<[string, object]>([
  ['CVE-2026-1', { kind: 'finding' }],
  ['finding|CVE-2026-1|pkg:apk/wolfi/zlib', { kind: 'finding' }],
  ['zlib', { kind: 'finding' }],
  ['pkg:apk/wolfi/zlib', { kind: 'package', name: 'pkg:apk/wolfi/zlib' }],
  ['Shell', { kind: 'check', id: 'shell' }],
  ['check|nothing', { kind: 'check', id: 'nothing' }],
  ['00ce1bd1', { kind: 'thread', digits: '00ce1bd1' }],
  ['00ce1bd', { kind: 'finding' }],
])('reads what %s asks about', (text, question) => {
  expect(readQuestion(text)).toEqual(question);
});

it.each([
  'CVE-2026-0001',
  'cve-2026-12345678',
  'GHSA-jfh8-c2jp-5v3q',
  'CGA-rule-xxxx-xx03',
  'MAL-2026-1',
  'PYSEC-2026-1',
  'USN-7000-1',
  'RHSA-2026:1234',
  'ALAS2023-2026-1',
  'ALPINE-CVE-2026-1',
  'GO-2026-0001',
  'openSUSE-SU-2026:1-1',
])('knows %s for what a vulnerability is called', (text) => {
  expect(isVulnerabilityId(text)).toBe(true);
});

it.each(['CVE-20260001', 'CVE-2026', 'CVE-2026-1', 'GHSA-1', 'python-3.14', 'zlib', 'go', 'mal-x'])(
  'takes %s for no vulnerability',
  (text) => {
    expect(isVulnerabilityId(text)).toBe(false);
  },
);
