import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { inventoryOf } from '../../../support/inventory-of.ts';
import { hasProgram } from '../../../support/umoci.ts';
import { type FileInZip, zipOf } from '../../../support/zip-archive.ts';

const folder = mkdtempSync(join(tmpdir(), 'tidewatch-java-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function pom(group: string, artifact: string, version: string): FileInZip {
  return {
    name: `META-INF/maven/${group}/${artifact}/pom.properties`,
    text: `#Created by Apache Maven 3.9.9\r\n#Sun Nov 01\r\ngroupId=${group}\r\nartifactId=${artifact}\r\nversion=${version}\r\n`,
  };
}

function manifest(...lines: readonly string[]): FileInZip {
  return {
    name: 'META-INF/MANIFEST.MF',
    text: `Manifest-Version: 1.0\r\n${lines.join('\r\n')}\r\n\r\n`,
  };
}

function inner(name: string, bytes: Buffer, stored = true): FileInZip {
  return { name, text: '', bytes, stored };
}

/** What Maven leaves where nobody says what stands there. */
const UNFILLED = ['$', '{groupId}'].join('');

const CLASS: FileInZip = { name: 'org/example/Main.class', text: 'x' };

async function found(path: string, bytes: Buffer) {
  const { packages, problems } = await inventoryOf([[path, bytes]]);
  return {
    packages: packages.map(
      (each) => `${each.name}@${each.version} ${each.path}${each.confidence ? ' (low)' : ''}`,
    ),
    problems: problems.map((each) => `${each.path}: ${each.reason}`),
  };
}

describe('an archive of Java classes', () => {
  it('is what its pom.properties says', async () => {
    const { packages } = await inventoryOf(
      [],
      [['app/core.jar', zipOf([CLASS, pom('org.example', 'core', '2.1')])]],
    );
    expect(packages).toEqual([
      {
        purl: 'pkg:maven/org.example/core@2.1',
        ecosystem: 'Maven',
        type: 'maven',
        name: 'org.example:core',
        version: '2.1',
        source: null,
        arch: null,
        path: 'app/core.jar',
        owner: null,
        layer: 1,
      },
    ]);
  });

  it('is read with those in it, packed or not, and says where each lies', async () => {
    const core = zipOf([pom('org.example', 'core', '2.1')]);
    const war = zipOf([
      pom('org.example', 'web', '1.0'),
      inner('WEB-INF/lib/core-2.1.jar', core, false),
    ]);
    const ear = zipOf([inner('web.war', war), inner('lib/core-2.1.jar', core)]);
    expect(await found('srv/app.ear', ear)).toEqual({
      packages: [
        'org.example:core@2.1 srv/app.ear!/lib/core-2.1.jar',
        'org.example:core@2.1 srv/app.ear!/web.war!/WEB-INF/lib/core-2.1.jar',
        'org.example:web@1.0 srv/app.ear!/web.war',
      ],
      problems: [],
    });
  });

  it('may hold others that were shaded into it', async () => {
    const jar = zipOf([pom('org.example', 'app', '1.0'), pom('com.example', 'guava', '33.0')]);
    expect((await found('app/app-1.0.jar', jar)).packages).toEqual([
      'com.example:guava@33.0 app/app-1.0.jar',
      'org.example:app@1.0 app/app-1.0.jar',
    ]);
  });

  it.each([
    [
      'core-2.1.jar',
      ['Bundle-SymbolicName: org.example.core;singleton:=true', 'Bundle-Version: 2.1'],
      'org.example:core@2.1',
    ],
    [
      'core-2.1.jar',
      ['Implementation-Vendor-Id: org.example', 'Implementation-Version: 2.1.0'],
      'org.example:core@2.1.0',
    ],
    [
      'core-api-2.1.jar',
      ['Bundle-SymbolicName: org.example.library', 'Bundle-Version: 2.1'],
      'org.example:core-api@2.1',
    ],
    [
      'core.jar',
      ['Implementation-Version: 2.1', 'Implementation-Vendor-Id: org.ex', ' ample'],
      'org.example:core@2.1',
    ],
  ])(
    'without pom.properties (%s) is what its manifest says, with low confidence',
    async (name, lines, expected) => {
      const { packages } = await found(`app/${name}`, zipOf([manifest(...lines), CLASS]));
      expect(packages).toEqual([`${expected} app/${name} (low)`]);
    },
  );

  it('is not guessed at where a pom.properties names it, or nothing names a group', async () => {
    const lines = ['Bundle-SymbolicName: org.other.core', 'Bundle-Version: 9'];
    const named = zipOf([manifest(...lines), pom('org.example', 'core', '2.1')]);
    expect((await found('app/core-2.1.jar', named)).packages).toEqual([
      'org.example:core@2.1 app/core-2.1.jar',
    ]);
    const nameless = zipOf([
      manifest('Implementation-Title: core', 'Implementation-Version: 2.1'),
      CLASS,
    ]);
    expect((await found('app/core-2.1.jar', nameless)).packages).toEqual([]);
  });

  it('of an OS package is not guessed at', async () => {
    const jar = zipOf([manifest('Bundle-SymbolicName: org.example.core', 'Bundle-Version: 2.1')]);
    const { packages } = await inventoryOf([
      [
        'var/lib/dpkg/status',
        'Package: libcore-java\nStatus: install ok installed\nVersion: 2.1-1\nArchitecture: all\n',
      ],
      ['var/lib/dpkg/info/libcore-java.list', '/usr/share/java/core.jar\n'],
      ['usr/share/java/core.jar', jar],
      ['usr/share/java/other.jar', zipOf([pom('org.example', 'core', '2.1')])],
    ]);
    expect(packages.map(({ name }) => name)).toEqual(['libcore-java', 'org.example:core']);
  });
});

describe('what cannot be read of an archive', () => {
  it('is a problem of its place, and the rest stands', async () => {
    const bad = { ...pom('org.example', 'bad', '1'), crc: 1 };
    const jar = zipOf([
      bad,
      pom(UNFILLED, 'unfilled', '1'),
      inner('lib/broken.jar', Buffer.from('PK\x03\x04 and no more')),
      { ...inner('lib/bomb.jar', Buffer.alloc(100), false), size: 100 * 2 ** 20 },
      pom('org.example', 'good', '1'),
    ]);
    const result = await found('app/good.jar', jar);
    expect(result.packages).toEqual(['org.example:good@1 app/good.jar']);
    expect(result.problems).toHaveLength(4);
    expect(result.problems.join('\n')).toMatch(/its checksum does not match/);
    expect(result.problems.join('\n')).toMatch(/lib\/broken\.jar: no end record/);
    expect(result.problems.join('\n')).toMatch(/lib\/bomb\.jar: unpacks to 104857600 bytes/);
    expect(result.problems.join('\n')).toMatch(/unfilled\/pom\.properties names no project/);
  });

  it('is the deepest of many archives in archives', async () => {
    let jar = zipOf([pom('org.example', 'deep', '1')]);
    for (let depth = 0; depth < 8; depth++) jar = zipOf([inner('in.jar', jar)]);
    const { packages, problems } = await found('app/out.jar', jar);
    expect(packages).toEqual([]);
    expect(problems).toEqual([expect.stringContaining('deeper than 5 archives')]);
  });

  it('is one that names its own beginning, again and again', async () => {
    // Each entry of the directory is the same small archive: 20 names are 20 archives, 6,000 are too many.
    const leaf = zipOf([]);
    const many = Array.from({ length: 6000 }, (_, n) => inner(`${n}.jar`, leaf));
    const { problems } = await found('app/out.jar', zipOf(many));
    expect(problems).toEqual(['app/out.jar: not read to its end: more than 5000 archives in it']);
  });

  it.each([
    ['a launcher before it', Buffer.from(`#!/bin/sh\n${'x'.repeat(9000)}PK\x03\x04`), 1],
    ['a page of HTML', Buffer.from('<html>not found</html>'), 0],
  ])('is one with %s', async (_, bytes, count) => {
    expect((await found('app/x.jar', bytes)).problems).toHaveLength(count);
  });
});

it.runIf(hasProgram('jar'))(
  'reads what jar writes: streamed, with sizes behind the bytes (jar)',
  async () => {
    const made = join(folder, 'made');
    mkdirSync(join(made, 'META-INF/maven/org.example/core'), { recursive: true });
    const { name, text } = pom('org.example', 'core', '2.1');
    writeFileSync(join(made, name), text);
    const jar = (...words: string[]) => execFileSync('jar', words, { cwd: folder });
    jar('--create', '--file', 'core.jar', '-C', 'made', '.');
    mkdirSync(join(folder, 'BOOT-INF/lib'), { recursive: true });
    writeFileSync(join(folder, 'BOOT-INF/lib/core.jar'), readFileSync(join(folder, 'core.jar')));
    for (const packing of [['--no-compress'], []]) {
      jar('--create', '--file', 'app.jar', ...packing, 'BOOT-INF/lib/core.jar');
      expect(await found('app.jar', readFileSync(join(folder, 'app.jar')))).toEqual({
        packages: ['org.example:core@2.1 app.jar!/BOOT-INF/lib/core.jar'],
        problems: [],
      });
    }
  },
);
