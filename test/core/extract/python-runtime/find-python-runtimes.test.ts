import { describe, expect, it } from 'vitest';
import { findPythonRuntimes } from '../../../../core/extract/python-runtime/find-python-runtimes.ts';
import type { Package } from '../../../../core/inventory/inventory.ts';

const DATABASE = { apk: 'usr/lib/apk/db/installed', deb: 'var/lib/dpkg/status', pypi: 'x' };

/** From `apk python-3.14=3.14.4-r1`. */
function aPackage(text: string): Package {
  const {
    type,
    name = '',
    version = '',
  } = /^(?<type>\S+) (?<name>[^=]+)=(?<version>.*)$/.exec(text)?.groups ?? {};
  if (type !== 'apk' && type !== 'deb' && type !== 'pypi') throw new Error(text);
  return {
    purl: text,
    ecosystem: '',
    type,
    name,
    version,
    source: null,
    arch: null,
    path: DATABASE[type],
    owner: null,
  };
}

function find(...packages: string[]) {
  return findPythonRuntimes(packages.map(aPackage));
}

describe('findPythonRuntimes', () => {
  it.each([
    ['apk python-3.14=3.14.4-r1', '3.14.4', '3.14'],
    ['apk python-3.14-base=3.14.4-r1', '3.14.4', '3.14'],
    ['apk python-3.14=3.14.10_git20261111-r0', '3.14.10', '3.14'],
    ['apk python-3.15=3.15.0_rc2-r0', '3.15.0rc2', '3.15'],
    ['apk python-3.15=3.15.0_alpha1-r0', '3.15.0a1', '3.15'],
    ['apk python3=3.12.11-r0', '3.12.11', '3.12'],
    ['apk python-3.14t-base=3.14.4-r1', '3.14.4', '3.14'],
    ['deb python3.13-minimal=3.13.5-2+deb13u4', '3.13.5', '3.13'],
    ['deb python3.14-minimal=1:3.14.0~rc2-1', '3.14.0rc2', '3.14'],
    ['deb libpython3.11-stdlib=3.11.2-6+deb12u6', '3.11.2', '3.11'],
    ['deb python3.11=3.11.2-6', '3.11.2', '3.11'],
  ])('%s is Python %s', (text, version, minor) => {
    const { runtimes, problems } = find(text);
    expect(runtimes).toMatchObject([{ language: 'python', version, minor }]);
    expect(problems).toEqual([]);
  });

  it.each([
    'apk python-3.14-dev=3.14.4-r1',
    'apk python-3.14-base-dev=3.14.4-r1',
    'apk py3-pip-wheel=26.0.1-r2',
    'deb python3=3.13.5-1',
    'deb python-3.14=3.14.4-r1',
    'pypi python3=3.1',
  ])('%s is no interpreter', (text) => {
    expect(find(text).runtimes).toEqual([]);
  });

  it('lists the evidence of a minor, the strongest first', () => {
    const { runtimes } = find('apk python-3.14-base=3.14.4-r1', 'apk python-3.14=3.14.4-r1');
    expect(runtimes).toEqual([
      {
        language: 'python',
        version: '3.14.4',
        minor: '3.14',
        evidence: [
          'apk python-3.14=3.14.4-r1 (usr/lib/apk/db/installed)',
          'apk python-3.14-base=3.14.4-r1 (usr/lib/apk/db/installed)',
        ],
      },
    ]);
  });

  it('tells two interpreters apart, by number', () => {
    const { runtimes } = find('apk python-3.14=3.14.4-r1', 'apk python-3.9=3.9.1-r0');
    expect(runtimes.map(({ minor }) => minor)).toEqual(['3.9', '3.14']);
  });

  it('believes the strongest evidence and tells of a contradiction', () => {
    const { runtimes, problems } = find(
      'deb libpython3.13-stdlib=3.13.4-1',
      'deb python3.13-minimal=3.13.5-2',
    );
    expect(runtimes[0]?.version).toBe('3.13.5');
    expect(problems).toEqual([
      {
        path: 'var/lib/dpkg/status',
        reason: 'libpython3.13-stdlib says Python 3.13.4, stronger evidence says 3.13.5',
      },
    ]);
  });

  it('tells of an interpreter whose version cannot be read', () => {
    expect(find('apk python-3.14=next-r0')).toEqual({
      runtimes: [],
      unowned: [],
      problems: [
        { path: 'usr/lib/apk/db/installed', reason: 'python-3.14: no Python version "next-r0"' },
      ],
    });
  });

  describe('by what an interpreter says of itself', () => {
    const PATH = 'usr/local/lib/python3.14/build-details.json';
    const details = (isOwned: boolean, version = '3.14.4', path = PATH) => ({
      path,
      version,
      minor: '3.14',
      isOwned,
    });

    it('finds one that no OS package brought', () => {
      expect(findPythonRuntimes([], [details(false)])).toEqual({
        runtimes: [
          {
            language: 'python',
            version: '3.14.4',
            minor: '3.14',
            evidence: [`build details: 3.14.4 (${PATH})`],
          },
        ],
        unowned: [{ language: 'python', version: '3.14.4', path: PATH }],
        problems: [],
      });
    });

    it('leaves one that an OS package brought to that package', () => {
      const { runtimes, unowned } = findPythonRuntimes([], [details(true)]);
      expect(runtimes).toHaveLength(1);
      expect(unowned).toEqual([]);
    });

    it('tells both of two that nobody owns', () => {
      const { unowned, problems } = findPythonRuntimes(
        [],
        [details(false), details(false, '3.14.3', 'opt/lib/python3.14/build-details.json')],
      );
      expect(unowned.map(({ version }) => version).sort()).toEqual(['3.14.3', '3.14.4']);
      expect(problems).toEqual([]);
    });

    it('finds one beside that of an OS package', () => {
      const debian = aPackage('deb python3.14-minimal=3.14.2-1');
      const { runtimes, unowned } = findPythonRuntimes([debian], [details(false)]);
      expect(runtimes.map(({ version }) => version)).toEqual(['3.14.2']);
      expect(unowned.map(({ version }) => version)).toEqual(['3.14.4']);
    });
  });
});
