import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Coverage } from '../../../core/cover/coverage.ts';
import { measureCoverage } from '../../../core/cover/measure-coverage.ts';
import { digestOf } from '../../../core/image/digest.ts';
import type { ElfFacts, FileFacts } from '../../../core/image/file-facts.ts';
import { buildInventory } from '../../../core/inventory/build-inventory.ts';
import { aLanguagePackage } from '../../support/advisory-builders.ts';
import { buildTree } from '../../support/build-tree.ts';
import { inventoryOf, program } from '../../support/inventory-of.ts';
import { zipOf } from '../../support/zip-archive.ts';

/** A program of no known language. */
const ELF: FileFacts = { elf: anElf() };
const LIBRARY: FileFacts = { elf: anElf({ type: 'dyn', soname: 'libx.so.1' }) };
const SCRIPT: FileFacts = { shebang: '/bin/sh' };

function anElf(facts: Partial<ElfFacts> = {}): ElfFacts {
  return { type: 'exec', machine: 'amd64', bits: 64, isDynamic: true, ...facts };
}

async function coverageOf(files: Parameters<typeof buildTree>[0]): Promise<Coverage> {
  const { coverage } = await buildInventory({
    digest: digestOf('image'),
    platform: 'linux/amd64',
    config: { architecture: 'amd64', os: 'linux', rootfs: { type: 'layers', diff_ids: [] } },
    layers: [],
    tree: buildTree(files),
    problems: [],
  });
  return coverage ?? expect.unreachable('an inventory without coverage');
}

/** Only the counts that are not 0. */
async function countsOf(files: Parameters<typeof buildTree>[0]): Promise<object> {
  const { opaqueFiles: _, partlyFiles: __, ...counts } = await coverageOf(files);
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
}

const SITE = 'app/.venv/lib/python3.14/site-packages';

function wheel(name: string, ...record: readonly string[]) {
  const folder = `${SITE}/${name}-1.0.dist-info`;
  return {
    [`${folder}/METADATA`]: `Name: ${name}\nVersion: 1.0\n`,
    [`${folder}/RECORD`]: record.map((path) => `${path},sha256=x,1\n`).join(''),
  };
}

describe('executables of OS packages', () => {
  it('are owned, under whatever name of their folder', async () => {
    expect(
      await countsOf({
        'etc/os-release': 'ID=debian\nVERSION_ID=12\n',
        'var/lib/dpkg/status':
          'Package: tool\nStatus: install ok installed\nVersion: 1\nArchitecture: amd64\n',
        'var/lib/dpkg/info/tool.list': '/bin/tool\n/lib/libx.so.1\n/usr/bin/which\n',
        bin: { link: 'usr/bin' },
        lib: { link: 'usr/lib' },
        'usr/bin/tool': { facts: ELF },
        'usr/bin/which': { facts: SCRIPT },
        'usr/lib/libx.so.1': { facts: LIBRARY },
        'etc/alternatives/editor': { link: '/usr/bin/tool' },
        // What dpkg runs is in no list, and is no script of the application.
        'var/lib/dpkg/info/tool.postinst': { facts: SCRIPT },
        'var/lib/dpkg/info/tool:amd64.prerm': { facts: SCRIPT },
        'var/lib/dpkg/info/tool.postrm': { facts: ELF },
      }),
    ).toEqual({ owned: 5, opaque: 1 });
  });

  it('are owned in distroless, whose packages list their files beside them', async () => {
    expect(
      await countsOf({
        'var/lib/dpkg/status.d/libc6': 'Package: libc6\nVersion: 2.41-12\nArchitecture: amd64\n',
        'var/lib/dpkg/status.d/libc6.md5sums':
          '0123456789abcdef0123456789abcdef  usr/lib/libc.so.6\n',
        'usr/lib/libc.so.6': { facts: LIBRARY },
      }),
    ).toEqual({ owned: 1 });
  });

  it('are partly listed where no package says which files are its own', async () => {
    const coverage = await coverageOf({
      'var/lib/dpkg/status.d/libc6': 'Package: libc6\nVersion: 2.41-12\nArchitecture: amd64\n',
      'usr/lib/libc.so.6': { facts: LIBRARY },
      'opt/app/server': { facts: ELF },
    });
    expect(coverage).toMatchObject({
      partly: 1,
      opaque: 1,
      opaqueFiles: [{ path: 'opt/app/server' }],
      partlyFiles: [{ path: 'usr/lib/libc.so.6', why: expect.stringContaining('no OS package') }],
    });
  });

  it('there are none in an image of certificates and time zones alone', async () => {
    expect(await countsOf({ 'etc/ssl/certs/ca-certificates.crt': 'x' })).toEqual({});
  });
});

describe('executables of a language’s packages', () => {
  it('are those that a wheel lists: modules, libraries and programs', async () => {
    expect(
      await countsOf({
        ...wheel(
          'numpy',
          'numpy/core.cpython-314-x86_64-linux-gnu.so',
          '"numpy.libs/libopen,blas.so"',
          '../../../bin/f2py',
        ),
        [`${SITE}/numpy/core.cpython-314-x86_64-linux-gnu.so`]: { facts: LIBRARY },
        [`${SITE}/numpy.libs/libopen,blas.so`]: { facts: LIBRARY },
        'app/.venv/bin/f2py': { facts: SCRIPT },
        // Nobody lists it.
        [`${SITE}/numpy/added.so`]: { facts: LIBRARY },
      }),
    ).toEqual({ listed: 3, opaque: 1 });
  });

  it('are not those of a line that is longer than any path', async () => {
    const long = `"${'a'.repeat(40_000_000)}`;
    expect(
      await countsOf({
        ...wheel('short', long, 'short/a.so', long),
        [`${SITE}/short/a.so`]: { facts: LIBRARY },
        ...wheel('only', long),
        [`${SITE}/only/a.so`]: { facts: LIBRARY },
      }),
    ).toEqual({ listed: 1, opaque: 1 });
  });

  it('are those in the folder of a project that has no list, or of an egg', async () => {
    expect(
      await countsOf({
        [`${SITE}/Old.Style-1.0.egg-info`]: 'Name: Old.Style\nVersion: 1.0\n',
        [`${SITE}/old_style/speed.so`]: { facts: LIBRARY },
        [`${SITE}/egg-1.0-py3.14.egg/EGG-INFO/PKG-INFO`]: 'Name: egg\nVersion: 1.0\n',
        [`${SITE}/egg-1.0-py3.14.egg/egg/speed.so`]: { facts: LIBRARY },
      }),
    ).toEqual({ listed: 2 });
  });

  it('are those in an npm package’s folder, stripped ones too', async () => {
    const esbuild = readFileSync(`node_modules/@esbuild/linux-${process.arch}/bin/esbuild`);
    const name = '@esbuild/linux-x64';
    const { coverage } = await inventoryOf([
      [`app/node_modules/${name}/package.json`, JSON.stringify({ name, version: '0.25.0' })],
      program(`app/node_modules/${name}/bin/esbuild`, esbuild),
      program('usr/local/bin/esbuild', esbuild),
    ]);
    expect(coverage).toEqual({
      owned: 0,
      listed: 1,
      partly: 0,
      scripts: 0,
      opaque: 1,
      opaqueFiles: [
        {
          path: 'usr/local/bin/esbuild',
          why: 'a Go program without build information',
          remedy: expect.stringContaining('build information left in'),
        },
      ],
      partlyFiles: [],
    });
  });

  it('are Java’s archives, as far as projects are named in them', async () => {
    const pom = {
      name: 'META-INF/maven/org.example/core/pom.properties',
      text: 'groupId=org.example\nartifactId=core\nversion=1\n',
    };
    const main = { name: 'Main.class', text: 'x' };
    const core = zipOf([pom, main]);
    const nameless = zipOf([main]);
    const inner = (name: string, bytes: Buffer) => ({ name, text: '', bytes, stored: true });
    const { coverage } = await inventoryOf([
      ['app/core.jar', core],
      ['app/own.jar', zipOf([main, inner('lib/core.jar', core)])],
      ['app/nameless.jar', nameless],
      // What is shaded into it has left its description, it itself none.
      ['app/shop-all-1.3.jar', core],
      ['app/resources.jar', zipOf([{ name: 'messages.properties', text: 'a=b' }])],
      ['app/broken.jar', Buffer.from('PK\x03\x04 broken')],
    ]);
    expect(coverage).toMatchObject({ listed: 1, partly: 2, opaque: 2 });
    expect(coverage?.opaqueFiles.map(({ path, why }) => [path, why])).toEqual([
      ['app/broken.jar', 'an archive that was not read'],
      ['app/nameless.jar', 'an archive of Java classes that names no project'],
    ]);
    expect(coverage?.partlyFiles).toEqual([
      {
        path: 'app/own.jar',
        why: 'archives of Java classes; of 2 with classes 1 without a project’s name',
        unnamed: ['its own classes'],
        remedy: 'leave META-INF/maven in it',
      },
      expect.objectContaining({ path: 'app/shop-all-1.3.jar', unnamed: ['its own classes'] }),
    ]);
  });

  it('are an application’s own classes, where Spring Boot and servlets have them', async () => {
    const pom = {
      name: 'META-INF/maven/org.example/core/pom.properties',
      text: 'groupId=org.example\nartifactId=core\nversion=1\n',
    };
    const own = { name: 'BOOT-INF/classes/shop/Main.class', text: 'x' };
    const starter = { name: 'org/springframework/boot/loader/Launcher.class', text: 'x' };
    const inner = (name: string, bytes: Buffer) => ({ name, text: '', bytes, stored: true });
    const core = inner('BOOT-INF/lib/core.jar', zipOf([pom, { name: 'Core.class', text: 'x' }]));
    const nameless = inner('BOOT-INF/lib/x.jar', zipOf([{ name: 'X.class', text: 'x' }]));
    const { coverage } = await inventoryOf([
      ['app/shop.jar', zipOf([starter, own, core])],
      ['app/site.war', zipOf([{ name: 'WEB-INF/classes/Site.class', text: 'x' }])],
      ['app/partly.jar', zipOf([starter, own, core, nameless])],
      ['app/shaded.jar', zipOf([starter, own, { name: 'org/other/Shaded.class', text: 'x' }])],
    ]);
    expect(coverage).toMatchObject({ listed: 2, partly: 1, opaque: 1 });
    expect(coverage?.opaqueFiles.map(({ path }) => path)).toEqual(['app/shaded.jar']);
    expect(coverage?.partlyFiles?.[0]?.unnamed).toEqual(['BOOT-INF/lib/x.jar']);
  });

  it('are named where a packed archive names some of its parts alone, and where it guesses', async () => {
    const pom = {
      name: 'META-INF/maven/org.example/core/pom.properties',
      text: 'groupId=org.example\nartifactId=core\nversion=1\n',
    };
    const main = { name: 'Main.class', text: 'x' };
    const manifest = {
      name: 'META-INF/MANIFEST.MF',
      text: 'Bundle-SymbolicName: org.example.old\nBundle-Version: 2.0\n',
    };
    const inner = (name: string, bytes: Buffer) => ({ name, text: '', bytes, stored: true });
    const { coverage } = await inventoryOf([
      [
        'app/app.jar',
        zipOf([
          pom,
          main,
          inner('lib/nameless.jar', zipOf([main])),
          inner('lib/old.jar', zipOf([manifest, main])),
          ...Array.from({ length: 60 }, (_, n) => inner(`x/${n}.jar`, zipOf([main]))),
        ]),
      ],
    ]);
    expect(coverage).toMatchObject({ partly: 1, opaque: 0 });
    const [{ why = '', unnamed = [] } = {}] = coverage?.partlyFiles ?? [];
    expect(why).toContain(
      'of 63 with classes 61 without a project’s name, 1 named by a manifest or a file name alone',
    );
    expect([unnamed.length, unnamed[0]]).toEqual([50, 'lib/nameless.jar']);
  });
});

describe('a program', () => {
  const go = { version: 'go1.25.4', modules: 'dep\texample.org/m\tv1.0.0\n' };

  it.each<[string, Partial<ElfFacts>, object]>([
    ['of Go with build information', { madeBy: 'go', go }, { listed: 1 }],
    ['of Go without modules', { madeBy: 'go', go: { ...go, modules: '' } }, { partly: 1 }],
    [
      'of Rust whose panics name crates',
      { madeBy: 'rust', rustCrates: ['serde-1.0.0'] },
      { partly: 1 },
    ],
    [
      'of Rust with a list that cannot be read',
      { madeBy: 'rust', rustAudit: 'AAAA' },
      { opaque: 1 },
    ],
    ['of Rust that names nothing', { madeBy: 'rust' }, { opaque: 1 }],
    ['of C', {}, { opaque: 1 }],
    ['that is an object for a linker', { type: 'rel' }, {}],
  ])('%s', async (_, facts, expected) => {
    expect(await countsOf({ 'opt/x': { facts: { elf: anElf(facts) }, mode: 0o644 } })).toEqual(
      expected,
    );
  });

  it('says what helps', async () => {
    const { opaqueFiles, partlyFiles } = await coverageOf({
      'opt/c': { facts: ELF },
      'opt/go': { facts: { elf: anElf({ madeBy: 'go', go: { ...go, modules: '' } }) } },
      'opt/rust': { facts: { elf: anElf({ madeBy: 'rust' }) } },
      'opt/some': { facts: { elf: anElf({ madeBy: 'rust', rustCrates: ['serde-1.0.0'] }) } },
    });
    expect(partlyFiles?.map(({ path, remedy }) => `${path}: ${remedy}`)).toEqual([
      'opt/go: build it with modules (go.mod), and with Go’s build information left in',
      'opt/some: build it by cargo auditable build',
    ]);
    expect(opaqueFiles.map(({ remedy }) => remedy)).toEqual([
      'install it as a package of the distribution (apk, deb, rpm)',
      'build it by cargo auditable build',
    ]);
  });
});

describe('what is no list and is not opaque', () => {
  it('is the application’s own scripts, but not an application in one file', async () => {
    expect(
      await countsOf({
        'app/entrypoint.sh': { facts: SCRIPT },
        'app/tool.pex': { facts: { shebang: '/usr/bin/env python3' } },
      }),
    ).toEqual({ scripts: 1, opaque: 1 });
  });

  it('is a Python built from source that a package stands for', async () => {
    const python = {
      'usr/local/bin/python3.14': { facts: ELF },
      'usr/local/lib/libpython3.14.so.1.0': { facts: LIBRARY },
      'usr/local/lib/libpython3.so': { facts: LIBRARY },
      'usr/local/lib/python3.14/lib-dynload/_ssl.so': { facts: LIBRARY },
      'usr/local/lib/python3.14/site-packages/unlisted.so': { facts: LIBRARY },
    };
    const details = JSON.stringify({
      schema_version: '1.0',
      base_prefix: '/usr/local',
      language: {
        version: '3.14',
        version_info: { major: 3, minor: 14, micro: 4, releaselevel: 'final', serial: 0 },
      },
      implementation: {
        name: 'cpython',
        version: { major: 3, minor: 14, micro: 4, releaselevel: 'final', serial: 0 },
      },
    });
    const path = 'usr/local/lib/python3.14/build-details.json';
    expect(await countsOf({ ...python, [path]: details })).toMatchObject({ opaque: 1 });
    // Without it nobody knows which version it is.
    expect(await countsOf(python)).toEqual({ opaque: 5 });
    // Nor does it say anything of another one.
    const another = { 'opt/old/bin/python3.14': { facts: ELF } };
    expect(await countsOf({ ...python, ...another, [path]: details })).toMatchObject({ opaque: 2 });
  });

  it('is none that lies beside one of another version', async () => {
    const header = ['MAJOR 22', 'MINOR 1', 'PATCH 0']
      .map((each) => each.split(' '))
      .map(([part, number]) => `#define NODE_${part}_VERSION ${number}\n`);
    const coverage = await coverageOf({
      'usr/local/include/node/node_version.h': header.join(''),
      'usr/local/bin/node': { facts: ELF },
      'opt/old/bin/node': { facts: ELF },
    });
    expect(coverage).toMatchObject({
      listed: 1,
      opaqueFiles: [{ path: 'opt/old/bin/node', why: 'part of a node that no package stands for' }],
    });
  });

  it('is one that was found by a link from elsewhere', async () => {
    expect(
      await countsOf({
        'usr/bin/python3': { link: '/opt/python/bin/python3.14' },
        'opt/python/bin/python3.14': { facts: { elf: anElf({ versionTexts: ['3.14.4'] }) } },
        'opt/python/lib/libpython3.14.so.1.0': { facts: LIBRARY },
      }),
    ).toEqual({ listed: 2 });
  });

  it('is a Java that a package stands for, its own archives too', async () => {
    const home = 'usr/lib/jvm/java-25';
    const files = {
      [`${home}/release`]: 'IMPLEMENTOR="Example"',
      [`${home}/lib/modules`]: { kept: false },
      [`${home}/bin/java`]: { facts: ELF },
      [`${home}/lib/jrt-fs.jar`]: { facts: { jars: [{ inside: [], hasClasses: true as const }] } },
      'opt/bin/java': { facts: ELF },
    };
    const { opaqueFiles } = await coverageOf(files);
    expect(opaqueFiles.map(({ path, why }) => [path, why])).toEqual([
      ['opt/bin/java', 'a native program or library of no package'],
      [`${home}/bin/java`, 'part of a java that no package stands for'],
      [`${home}/lib/jrt-fs.jar`, 'part of a java that no package stands for'],
    ]);
    const java = {
      ...aLanguagePackage('bitnami', 'java', '25.0.1'),
      path: `${home}/release`,
    };
    const nobody = () => null;
    const owners = { ownerOf: nobody, formerOwnerOf: nobody, hasFileLists: true };
    const covered = { tree: buildTree(files), ...owners };
    expect(measureCoverage({ ...covered, packages: [java] })).toMatchObject({
      listed: 2,
      opaque: 1,
    });
  });

  it('is the copy of a package’s interpreter in a virtual environment', async () => {
    expect(
      await countsOf({
        'etc/os-release': 'ID=wolfi\n',
        'usr/lib/apk/db/installed':
          'P:python-3.14-base\nV:3.14.4-r1\nA:x86_64\nF:usr/bin\nR:python3.14\n\n',
        'usr/bin/python3.14': { facts: ELF },
        'app/.venv/pyvenv.cfg': 'home = /usr/bin\n',
        'app/.venv/bin/python3.14': { facts: ELF },
      }),
    ).toEqual({ owned: 1, listed: 1 });
  });
});

describe('packages that are not read', () => {
  it('make an image opaque, once a folder', async () => {
    const gems = 'usr/local/bundle/specifications';
    const { opaque, opaqueFiles } = await coverageOf({
      [`${gems}/rack-3.1.0.gemspec`]: '',
      [`${gems}/rails-8.0.0.gemspec`]: '',
      'app/.yarn/cache/left-pad-npm-1.3.0-1-2.zip': '',
      'app/Shop.deps.json': '{}',
      'app/vendor/composer/installed.json': '{}',
    });
    expect(opaque).toBe(4);
    expect(opaqueFiles.map(({ path, why }) => `${path}: ${why}`)).toEqual([
      'app/.yarn/cache/left-pad-npm-1.3.0-1-2.zip: a list of npm packages that Yarn keeps zipped, which are not read',
      'app/Shop.deps.json: a list of .NET packages, which are not read',
      'app/vendor/composer/installed.json: a list of PHP packages of Composer, which are not read',
      `${gems}/rack-3.1.0.gemspec: a list of gems of Ruby, which are not read`,
    ]);
  });

  it('are the distribution’s affair when it brought them', async () => {
    expect(
      await countsOf({
        'etc/os-release': 'ID=wolfi\n',
        'usr/lib/apk/db/installed':
          'P:ruby-rack\nV:3.1-r0\nA:x86_64\nF:usr/lib/ruby/specifications\nR:rack-3.1.0.gemspec\n\n',
        'usr/lib/ruby/specifications/rack-3.1.0.gemspec': '',
      }),
    ).toEqual({});
  });

  it('are none of Ruby’s own, nor any JSON or archive', async () => {
    expect(
      await countsOf({
        'usr/local/lib/ruby/gems/3.4.0/specifications/default/json-2.9.1.gemspec': '',
        'app/rack.gemspec': '',
        'app/src/specifications/rails.gemspec': '',
        'app/node_modules/edge-js/package.json': '{"name":"edge-js","version":"1.0.0"}',
        'app/node_modules/edge-js/lib/bootstrap.deps.json': '{}',
        'app/composer/installed.json': '',
        'app/data.json': '',
        'srv/cache/x.zip': '',
      }),
    ).toEqual({});
  });
});

it('takes code that is no ELF file for opaque, unless a package of a language brought it', async () => {
  const pe = Buffer.alloc(256);
  pe.write('MZ');
  pe.writeUInt32LE(0x80, 0x3c);
  pe.write('PE\0\0', 0x80);
  const wasm = Buffer.from('\0asm\x01\0\0\0rest', 'latin1');
  const { coverage } = await inventoryOf([
    { name: 'app/Shop.dll', text: pe },
    { name: 'srv/filter.wasm', text: wasm },
    { name: 'app/node_modules/undici/package.json', text: '{"name":"undici","version":"7.0.0"}' },
    { name: 'app/node_modules/undici/lib/llhttp.wasm', text: wasm },
    // An old program of DOS, and a text that begins like one.
    { name: 'srv/dos.exe', text: pe.subarray(0, 0x80) },
    { name: 'srv/MZ.txt', text: 'MZ' },
  ]);
  expect(coverage).toMatchObject({ listed: 1, opaque: 2 });
  expect(coverage?.opaqueFiles.map(({ path, why }) => `${path}: ${why}`)).toEqual([
    'app/Shop.dll: a program or library of Windows or .NET',
    'srv/filter.wasm: a module of WebAssembly of no package',
  ]);
});

it('names the first 50 and counts all', async () => {
  const files = Array.from({ length: 60 }, (_, n) => [`opt/${n + 100}`, { facts: ELF }] as const);
  const { opaque, opaqueFiles } = await coverageOf(Object.fromEntries(files));
  expect([opaque, opaqueFiles.length, opaqueFiles[0]?.path]).toEqual([60, 50, 'opt/100']);
});

it('names of partly listed ones the first 50 too', async () => {
  const go = { version: 'go1.25.4', modules: '' };
  const facts = { elf: anElf({ madeBy: 'go', go }) };
  const files = Array.from({ length: 60 }, (_, n) => [`opt/${n + 100}`, { facts }] as const);
  const { partly, partlyFiles = [] } = await coverageOf(Object.fromEntries(files));
  expect([partly, partlyFiles.length, partlyFiles[0]?.path]).toEqual([60, 50, 'opt/100']);
});
