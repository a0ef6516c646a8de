import { describe, expect, it } from 'vitest';
import { findRuntimes } from '../../../../core/extract/runtime/find-runtimes.ts';
import type { ElfFacts, FileFacts } from '../../../../core/image/file-facts.ts';
import type { Package } from '../../../../core/inventory/inventory.ts';
import { buildTree } from '../../../support/build-tree.ts';

const DATABASES: Readonly<Partial<Record<Package['type'], string>>> = {
  apk: 'usr/lib/apk/db/installed',
  deb: 'var/lib/dpkg/status',
  rpm: 'var/lib/rpm/rpmdb.sqlite',
  pypi: 'x',
};

/** From `apk python-3.14=3.14.4-r1`. */
function aPackage(text: string): Package {
  const { type, name, version } =
    /^(?<type>apk|deb|rpm|pypi) (?<name>[^=]+)=(?<version>.*)$/.exec(text)?.groups ?? {};
  if (!name || !version) throw new Error(text);
  const known = type as 'apk';
  const path = DATABASES[known] ?? '';
  const about = { ecosystem: '', source: null, arch: null, owner: null };
  return { ...about, purl: text, type: known, name, version, path };
}

interface World {
  readonly packages?: readonly string[];
  readonly files?: Parameters<typeof buildTree>[0];
  readonly env?: readonly string[];
  /** Owned by an OS package: paths that begin so. */
  readonly owned?: readonly string[];
}

function find({ packages = [], files = {}, env = [], owned = [] }: World) {
  return findRuntimes({
    tree: buildTree(files),
    packages: packages.map(aPackage),
    config: { env, entrypoint: [], cmd: [] },
    ownerOf: (path) => (owned.some((each) => path.startsWith(each)) ? 'os' : null),
  });
}

function anElf(facts: Partial<ElfFacts> = {}): { readonly facts: FileFacts } {
  return { facts: { elf: { type: 'exec', machine: 'amd64', bits: 64, ...facts } } };
}

function details(version: string, name = 'cpython'): string {
  const [major, minor, micro] = version.split('.').map(Number);
  const final = { releaselevel: 'final', serial: 0 };
  return JSON.stringify({ implementation: { name, version: { major, minor, micro, ...final } } });
}

/** An interpreter as `make install` leaves it. */
function python(prefix: string, minor: string, texts: readonly string[] = []): World['files'] {
  const abi = `cpython-${minor.replace('.', '')}-x86_64-linux-gnu`;
  return {
    [`${prefix}/bin/python${minor}`]: anElf({ versionTexts: texts }),
    [`${prefix}/bin/python3`]: { link: `python${minor}` },
    [`${prefix}/bin/python`]: { link: 'python3' },
    [`${prefix}/lib/python${minor}/os.py`]: '',
    [`${prefix}/lib/python${minor}/_sysconfigdata__linux_x86_64-linux-gnu.py`]: `build_time_vars = {'ABIFLAGS': '',\n 'SOABI': '${abi}',\n 'VERSION': '${minor}',\n}\n`,
  };
}

const USR_MERGE = {
  bin: { link: 'usr/bin' },
  lib: { link: 'usr/lib' },
  lib64: { link: 'usr/lib' },
  'usr/sbin': { link: 'bin' },
};

describe('the Python of each family of images', () => {
  const FAMILIES: Readonly<
    Record<string, World & { readonly says: readonly string[]; readonly unowned?: string[] }>
  > = {
    'Chainguard latest': {
      files: {
        ...USR_MERGE,
        ...python('usr', '3.14'),
        'usr/lib/python3.14/build-details.json': details('3.14.4'),
        'usr/lib/libpython3.14.so.1.0': anElf({ versionTexts: ['3.14.4', '3.2.0'] }),
      },
      packages: ['apk python-3.14=3.14.4-r1', 'apk python-3.14-base=3.14.4-r1'],
      owned: ['usr/'],
      says: ['3.14.4'],
    },
    'Chainguard latest-dev with the python3 that apk calls so': {
      files: { ...USR_MERGE, ...python('usr', '3.13'), ...python('usr', '3.14') },
      packages: [
        'apk python-3.14=3.14.10_git20261111-r0',
        'apk python-3.14-dev=3.14.10_git20261111-r0',
        'apk python-3.13=3.13.15-r2',
        'apk py3.14-pip=26.2.1-r0',
      ],
      says: ['3.13.15', '3.14.10'],
    },
    'python:3.14-slim': {
      files: {
        ...python('usr/local', '3.14', ['3.14.0']),
        'usr/local/lib/python3.14/build-details.json': details('3.14.0'),
      },
      env: ['PATH=/usr/local/bin:/usr/bin', 'PYTHON_VERSION=3.14.0'],
      packages: ['deb libc6=2.41-12'],
      says: ['3.14.0'],
      unowned: ['3.14.0'],
    },
    'python:3.12-slim, whose bytes say it': {
      files: {
        ...python('usr/local', '3.12'),
        'usr/local/lib/libpython3.12.so.1.0': anElf({ versionTexts: ['3.12.11', '3.2.0'] }),
      },
      says: ['3.12.11'],
      unowned: ['3.12.11'],
    },
    'python:3.13-alpine, where only the environment knows': {
      files: python('usr/local', '3.13'),
      env: ['PYTHON_VERSION=3.13.9'],
      packages: ['apk musl=1.2.5-r10'],
      says: ['3.13.9'],
      unowned: ['3.13.9'],
    },
    'alpine with apk add python3': {
      files: python('usr', '3.12'),
      packages: ['apk python3=3.12.11-r0'],
      says: ['3.12.11'],
    },
    'distroless python3': {
      files: {
        ...USR_MERGE,
        ...python('usr', '3.13'),
      },
      packages: [
        'deb python3.13-minimal=3.13.5-2+deb13u4',
        'deb libpython3.13-stdlib=3.13.5-2+deb13u4',
      ],
      says: ['3.13.5'],
    },
    'Azure Linux distroless, which lists no files': {
      files: python('usr', '3.12'),
      packages: ['rpm python3=3.12.9-5.azl3', 'rpm python3-libs=3.12.9-5.azl3'],
      says: ['3.12.9'],
    },
    'AWS Lambda, beside the Python of the system': {
      files: {
        ...python('var/lang', '3.13', ['3.13.7']),
        'usr/bin/python3.9': anElf(),
        'usr/lib64/python3.9/os.py': '',
      },
      packages: ['rpm python3=3.9.16-1.amzn2023.0.6', 'rpm python3-libs=3.9.16-1.amzn2023.0.6'],
      env: ['LAMBDA_TASK_ROOT=/var/task'],
      says: ['3.9.16', '3.13.7'],
      unowned: ['3.13.7'],
    },
    'two of one minor': {
      files: {
        ...python('usr', '3.13'),
        ...python('usr/local', '3.13', ['3.13.9']),
      },
      packages: ['deb python3.13-minimal=3.13.5-2'],
      env: ['PYTHON_VERSION=3.13.9'],
      says: ['3.13.5', '3.13.9'],
      unowned: ['3.13.9'],
    },
    'a free-threaded build beside the usual one': {
      files: {
        'usr/bin/python3.14': anElf(),
        'usr/lib/python3.14/os.py': '',
        'usr/bin/python3.14t': anElf(),
        'usr/lib/python3.14t/os.py': '',
      },
      packages: ['apk python-3.14-base=3.14.4-r1', 'apk python-3.14t-base=3.14.4-r1'],
      says: ['3.14.4', '3.14.4'],
    },
  };

  it.each(Object.entries(FAMILIES))('%s', (_, { says, unowned = [], ...world }) => {
    const found = find(world);
    expect(found.runtimes.map(({ version }) => version)).toEqual(says);
    expect(found.unowned.map(({ version }) => version)).toEqual(unowned);
    expect(found.problems).toEqual([]);
    expect(found.runtimes.flatMap(({ conflicts = [] }) => conflicts)).toEqual([]);
  });
});

describe('evidence', () => {
  it('is listed whole, the strongest first', () => {
    const { runtimes } = find({
      files: {
        ...USR_MERGE,
        ...python('usr', '3.14', ['3.14.4']),
        'usr/lib/python3.14/build-details.json': details('3.14.4'),
      },
      packages: ['apk python-3.14-base=3.14.4-r1', 'apk python-3.14=3.14.4-r1'],
      env: ['PYTHON_VERSION=3.14.4'],
    });
    expect(runtimes).toEqual([
      {
        language: 'python',
        version: '3.14.4',
        minor: '3.14',
        evidence: [
          'build details: 3.14.4 (usr/lib/python3.14/build-details.json)',
          'apk python-3.14=3.14.4-r1 (usr/lib/apk/db/installed)',
          'apk python-3.14-base=3.14.4-r1 (usr/lib/apk/db/installed)',
          'links: usr/bin/python -> usr/bin/python3 -> usr/bin/python3.14',
          'links: usr/bin/python3 -> usr/bin/python3.14',
          'standard library of 3.14 (usr/lib/python3.14/os.py)',
          'build settings of 3.14, cpython-314-x86_64-linux-gnu (usr/lib/python3.14/_sysconfigdata__linux_x86_64-linux-gnu.py)',
          'program of 3.14.4 (usr/bin/python3.14)',
          'ENV PYTHON_VERSION="3.14.4"',
        ],
      },
    ]);
  });

  it('reads the headers of one whose program does not say which it is, as copied from another image', () => {
    const header = (text: string) => ({
      ...python('usr/local', '3.10'),
      'usr/local/include/python3.10/patchlevel.h': text,
    });
    const define = '#define PY_MINOR_VERSION 10\n/* Version */\n#define PY_VERSION      ';
    expect(find({ files: header(`${define}"3.10.13"\n`) }).runtimes).toMatchObject([
      {
        version: '3.10.13',
        evidence: expect.arrayContaining([
          'headers of 3.10.13 (usr/local/include/python3.10/patchlevel.h)',
        ]),
      },
    ]);
    const pypy = `${define}"3.10.13"\n#define PYPY_VERSION "7.3.15"\n`;
    for (const text of [`${define}"3.9.1"\n`, pypy, '']) {
      expect(find({ files: header(text) }).runtimes).toMatchObject([{ version: '3.10' }]);
    }
    // Headers alone are no interpreter.
    const alone = { 'usr/include/python3.10/patchlevel.h': `${define}"3.10.13"\n` };
    expect(find({ files: alone }).runtimes).toEqual([]);
  });

  it('prefers what the interpreter says of itself to a snapshot that its package is numbered after, and tells of both', () => {
    const { runtimes, problems } = find({
      files: {
        ...python('usr', '3.14'),
        'usr/lib/python3.14/build-details.json': details('3.14.9'),
      },
      packages: ['apk python-3.14=3.14.10_git20261111-r0'],
    });
    expect(runtimes).toMatchObject([
      {
        version: '3.14.9',
        conflicts: [
          'python-3.14 says 3.14.10, stronger evidence says 3.14.9 (usr/lib/apk/db/installed)',
        ],
      },
    ]);
    expect(problems).toEqual([]);
  });

  it('flags packages and an environment that say otherwise', () => {
    const { runtimes } = find({
      packages: ['deb libpython3.13-stdlib=3.13.4-1', 'deb python3.13-minimal=3.13.5-2'],
      env: ['PYTHON_VERSION=3.12.1'],
    });
    expect(runtimes).toMatchObject([
      {
        version: '3.13.5',
        conflicts: [
          'libpython3.13-stdlib says 3.13.4, stronger evidence says 3.13.5 (var/lib/dpkg/status)',
          'ENV PYTHON_VERSION says 3.12.1, stronger evidence says 3.13.5 (config.Env)',
        ],
      },
    ]);
  });

  it('tells which of several the plain name starts', () => {
    const two = { ...python('usr', '3.13'), ...python('usr', '3.14') };
    const { runtimes } = find({
      files: two,
      packages: ['apk python-3.13=3.13.15-r2', 'apk python-3.14=3.14.4-r1'],
      env: ['PATH=/usr/bin'],
    });
    expect(runtimes.map(({ minor, isDefault }) => [minor, isDefault])).toEqual([
      ['3.13', undefined],
      ['3.14', true],
    ]);
    const alone = find({
      files: python('usr', '3.14'),
      packages: ['apk python-3.14=3.14.4-r1'],
      env: ['PATH=/usr/bin'],
    });
    expect(alone.runtimes[0]).not.toHaveProperty('isDefault');
  });

  it('does not make a runtime of an environment that was inherited without its files', () => {
    const env = [
      'PYTHON_VERSION=3.13.1',
      'NODE_VERSION=22.1.0',
      'JAVA_VERSION=21',
      'GOLANG_VERSION=1.25.1',
    ];
    expect(find({ env })).toEqual({ runtimes: [], unowned: [], problems: [] });
  });

  it('does not take the copy in a virtual environment for an interpreter', () => {
    const files = { 'app/venv/pyvenv.cfg': '', 'app/venv/bin/python3.13': anElf() };
    expect(find({ files }).runtimes).toEqual([]);
  });

  it('does not take a library that a program embeds for an interpreter', () => {
    const files = { 'usr/lib/libpython3.13.so.1.0': anElf({ versionTexts: ['3.13.1'] }) };
    expect(find({ files }).runtimes).toEqual([]);
  });

  it('says so where nothing tells the version of what no package brought', () => {
    const { runtimes, unowned, problems } = find({ files: python('opt/py', '3.13') });
    expect(runtimes).toMatchObject([{ version: '3.13', minor: '3.13' }]);
    expect(unowned).toEqual([]);
    expect(problems).toMatchObject([{ path: 'opt/py/bin/python' }]);
    expect(problems[0]?.reason).toContain('Python 3.13 that no package brought');
  });

  it('records what could not be read', () => {
    const { problems } = find({
      files: { 'usr/local/lib/python3.14/build-details.json': '{' },
      packages: ['apk python-3.14=next-r0'],
    });
    expect(problems).toEqual([
      { path: 'usr/lib/apk/db/installed', reason: 'python-3.14: no Python version "next-r0"' },
      { path: 'usr/local/lib/python3.14/build-details.json', reason: 'no build details of Python' },
    ]);
  });
});

describe('versions of packages', () => {
  it.each([
    ['apk python-3.15=3.15.0_rc2-r0', 'python', '3.15.0rc2', '3.15'],
    ['apk python-3.15=3.15.0_alpha1-r0', 'python', '3.15.0a1', '3.15'],
    ['apk python-3.14t-base=3.14.4-r1', 'python', '3.14.4', '3.14'],
    ['deb python3.14-minimal=1:3.14.0~rc2-1', 'python', '3.14.0rc2', '3.14'],
    ['deb python3.11=3.11.2-6', 'python', '3.11.2', '3.11'],
    ['rpm python39=3.9.20-1.module_el8', 'python', '3.9.20', '3.9'],
    ['apk nodejs-22=22.11.0-r1', 'node', '22.11.0', '22.11'],
    ['deb nodejs=20.19.2+dfsg-1', 'node', '20.19.2', '20.19'],
    ['rpm nodejs20=1:20.18.2-1.amzn2023.0.1', 'node', '20.18.2', '20.18'],
    ['apk openjdk-21-jre=21.0.5-r1', 'java', '21.0.5', '21.0'],
    ['apk openjdk21-jre-headless=21.0.5_p11-r0', 'java', '21.0.5', '21.0'],
    ['apk openjdk8-jre-base=8.432.06-r0', 'java', '8.0.432', '8.0'],
    ['deb openjdk-17-jre-headless=17.0.15+6-1~deb12u1', 'java', '17.0.15', '17.0'],
    ['deb openjdk-8-jre-headless=8u432-ga-1', 'java', '8.0.432', '8.0'],
    ['rpm java-1.8.0-openjdk-headless=1:1.8.0.432.b06-2.el9', 'java', '8.0.432', '8.0'],
    ['rpm java-21-amazon-corretto-headless=1:21.0.5+11-1.amzn2023.1', 'java', '21.0.5', '21.0'],
    ['apk go-1.25=1.25.3-r0', 'go', '1.25.3', '1.25'],
    ['deb golang-1.24-go=1.24.4-1', 'go', '1.24.4', '1.24'],
    ['rpm golang=1.25.3-1.azl3', 'go', '1.25.3', '1.25'],
  ])('%s is %s %s', (text, language, version, minor) => {
    const { runtimes, unowned, problems } = find({ packages: [text] });
    expect(runtimes).toMatchObject([{ language, version, minor }]);
    expect([...unowned, ...problems]).toEqual([]);
  });

  it.each([
    'apk python-3.14-dev=3.14.4-r1',
    'apk py3-pip-wheel=26.0.1-r2',
    'deb python3=3.13.5-1',
    'deb python-3.14=3.14.4-r1',
    'pypi python3=3.1',
    'apk nodejs-22-doc=22.11.0-r1',
    'apk openjdk-21-default-jvm=21.0.5-r1',
    'deb openjdk-17-jre-dbg=17.0.15+6-1',
    'deb golang-go=2:1.24~2',
  ])('%s is no runtime', (text) => {
    expect(find({ packages: [text] }).runtimes).toEqual([]);
  });
});

describe('Node.js', () => {
  const HEADER =
    '#define NODE_MAJOR_VERSION 22\n#define NODE_MINOR_VERSION 11\n#define NODE_PATCH_VERSION 0\n';

  it('is found in the official image: the header of its version, its bytes, npm and the environment', () => {
    const { runtimes, unowned } = find({
      files: {
        'usr/local/bin/node': anElf({ versionTexts: ['22.11.0'] }),
        'usr/local/include/node/node_version.h': HEADER,
        'usr/local/lib/node_modules/npm/package.json': '{}',
      },
      env: ['NODE_VERSION=22.11.0'],
    });
    expect(runtimes).toEqual([
      {
        language: 'node',
        version: '22.11.0',
        minor: '22.11',
        evidence: [
          'header: 22.11.0 (usr/local/include/node/node_version.h)',
          'program of 22.11.0 (usr/local/bin/node)',
          'npm (usr/local/lib/node_modules/npm/package.json)',
          'ENV NODE_VERSION="22.11.0"',
        ],
      },
    ]);
    expect(unowned).toEqual([
      { language: 'node', version: '22.11.0', path: 'usr/local/include/node/node_version.h' },
    ]);
  });

  it('is found in distroless, which packs it itself', () => {
    const files = { 'nodejs/bin/node': anElf({ versionTexts: ['24.1.0'] }) };
    expect(find({ files }).runtimes).toMatchObject([{ version: '24.1.0' }]);
  });

  it('tells of an environment that was left behind by an upgrade', () => {
    const files = { 'usr/local/bin/node': anElf({ versionTexts: ['24.1.0'] }) };
    const { runtimes } = find({ files, env: ['NODE_VERSION=22.11.0'] });
    expect(runtimes).toMatchObject([
      {
        version: '24.1.0',
        conflicts: ['ENV NODE_VERSION says 22.11.0, stronger evidence says 24.1.0 (config.Env)'],
      },
    ]);
  });

  it('is no script of that name', () => {
    expect(find({ files: { 'usr/bin/node': '#!/bin/sh' } }).runtimes).toEqual([]);
  });
});

describe('Java', () => {
  it('is what the release file of its home says', () => {
    const { runtimes, unowned } = find({
      files: {
        'opt/java/openjdk/release':
          'IMPLEMENTOR="Eclipse Adoptium"\nJAVA_VERSION="21.0.5"\nJAVA_VERSION_DATE="2024-10-15"\n',
        'opt/java/openjdk/lib/server/libjvm.so': anElf(),
      },
      env: ['JAVA_VERSION=jdk-21.0.5+11'],
    });
    expect(runtimes).toEqual([
      {
        language: 'java',
        version: '21.0.5',
        minor: '21.0',
        evidence: [
          'release file: 21.0.5 of "Eclipse Adoptium" (opt/java/openjdk/release)',
          'virtual machine (opt/java/openjdk/lib/server/libjvm.so)',
          'ENV JAVA_VERSION="jdk-21.0.5+11"',
        ],
      },
    ]);
    expect(unowned).toMatchObject([{ language: 'java', version: '21.0.5' }]);
  });

  it('of a package and of its release file is one', () => {
    const { runtimes, unowned } = find({
      packages: ['deb openjdk-17-jre-headless=17.0.15+6-1~deb12u1'],
      files: { 'usr/lib/jvm/java-17-openjdk-amd64/release': 'JAVA_VERSION="17.0.15"\n' },
      owned: ['usr/lib/jvm'],
    });
    expect(runtimes).toHaveLength(1);
    expect(unowned).toEqual([]);
  });

  it('of two releases are two', () => {
    const { runtimes, unowned } = find({
      packages: ['deb openjdk-17-jre-headless=17.0.15+6-1~deb12u1'],
      files: {
        'usr/lib/jvm/java-17-openjdk-amd64/release': 'JAVA_VERSION="17.0.15"\n',
        'opt/jdk-21/release': 'JAVA_VERSION="21"\n',
        'etc/release': 'JAVA_VERSION=""\n',
      },
    });
    expect(runtimes.map(({ version }) => version)).toEqual(['17.0.15', '21.0.0']);
    expect(unowned).toMatchObject([{ version: '21.0.0' }]);
  });
});

describe('Go', () => {
  it('is what VERSION says of the toolchain', () => {
    const { runtimes, unowned } = find({
      files: { 'usr/local/go/VERSION': 'go1.26rc1\ntime 2026-01-01T00:00:00Z\n' },
      env: ['GOLANG_VERSION=1.26rc1'],
    });
    expect(runtimes).toMatchObject([{ language: 'go', version: '1.26.0rc1', minor: '1.26' }]);
    expect(runtimes[0]?.conflicts).toBeUndefined();
    expect(unowned).toMatchObject([{ language: 'go' }]);
  });

  it('says so where VERSION holds none', () => {
    const { problems } = find({ files: { 'usr/local/go/VERSION': 'devel' } });
    expect(problems).toEqual([
      { path: 'usr/local/go/VERSION', reason: 'no version of Go "devel"' },
    ]);
  });
});
