import { describe, expect, it } from 'vitest';
import { compareSeries, findLibc } from '../../../core/drift/find-libc.ts';
import type { Distro, Package } from '../../../core/inventory/inventory.ts';

function aPackage(type: 'apk' | 'deb' | 'pypi', name: string, version: string): Package {
  const path = type === 'apk' ? 'usr/lib/apk/db/installed' : 'var/lib/dpkg/status';
  const [ecosystem, source, arch, owner] = ['', null, null, null];
  return { purl: '', ecosystem, type, name, version, source, arch, path, owner };
}

const distroOf = (id: string): Distro => ({ id, versionId: '', name: id });

function libcOf(packages: readonly Package[], distro = 'wolfi'): string | null {
  const libc = findLibc({ packages, distro: distroOf(distro) });
  return libc && `${libc.name} ${libc.version} of ${libc.series}`;
}

describe('the libc of an image', () => {
  it.each([
    [aPackage('apk', 'glibc-2.43', '2.43-r15'), 'glibc 2.43 of 2.43'],
    [aPackage('apk', 'glibc', '2.42-r3'), 'glibc 2.42 of 2.42'],
    [aPackage('apk', 'glibc-2.44', '2.44.1_git20261101-r0'), 'glibc 2.44.1 of 2.44'],
    [aPackage('deb', 'libc6', '2.41-12+deb13u3'), 'glibc 2.41 of 2.41'],
    [aPackage('apk', 'musl', '1.2.5-r10'), 'musl 1.2.5 of 1.2'],
  ])('is what its package says: $name $version', (each, expected) => {
    expect(libcOf([aPackage('apk', 'zlib', '1-r0'), each])).toBe(expected);
  });

  it('is not what only looks like one', () => {
    const others = ['glibc-2.43-dev', 'glibc-2.43-locale-posix', 'ld-linux-2.43', 'musl-utils'];
    expect(libcOf(others.map((name) => aPackage('apk', name, '2.43-r0')))).toBeNull();
    expect(libcOf([aPackage('pypi', 'musl', '1.2.5')])).toBeNull();
  });

  it('is the one that the system is built for', () => {
    const both = [aPackage('apk', 'glibc', '2.35-r1'), aPackage('apk', 'musl', '1.2.5-r10')];
    expect(libcOf(both, 'alpine')).toBe('musl 1.2.5 of 1.2');
    expect(libcOf(both, 'wolfi')).toBe('glibc 2.35 of 2.35');
    const debian = [aPackage('deb', 'musl', '1.2.5-3'), aPackage('deb', 'libc6', '2.41-12')];
    expect(libcOf(debian, 'debian')).toBe('glibc 2.41 of 2.41');
  });

  it('is the newest of several series, by numbers', () => {
    const two = ['2.9', '2.43'].map((series) => aPackage('apk', `glibc-${series}`, `${series}-r0`));
    expect(libcOf(two)).toBe('glibc 2.43 of 2.43');
    expect(libcOf(two.toReversed())).toBe('glibc 2.43 of 2.43');
  });

  it('is never dropped for a version that nobody can read', () => {
    expect(libcOf([aPackage('apk', 'glibc', 'next')])).toBe('glibc next of next');
    expect(libcOf([aPackage('apk', 'glibc-2.43', 'next')])).toBe('glibc next of 2.43');
  });
});

it('orders series by their numbers', () => {
  expect(['2.43', '2.9', '3.0', '2.44'].toSorted(compareSeries)).toEqual([
    '2.9',
    '2.43',
    '2.44',
    '3.0',
  ]);
  expect(compareSeries('2.43', '2.43')).toBe(0);
});
