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

  // As the manifests of these archives have it.
  it.each([
    [
      'spring-web-5.3.17.jar',
      ['Implementation-Title: spring-web', 'Automatic-Module-Name: spring.web'],
      'Implementation-Version: 5.3.17',
      'org.springframework:spring-web@5.3.17',
    ],
    [
      'spring-boot-actuator-3.2.0.jar',
      ['Implementation-Title: Spring Boot Actuator', 'Automatic-Module-Name: spring.boot.actuator'],
      'Implementation-Version: 3.2.0',
      'org.springframework.boot:spring-boot-actuator@3.2.0',
    ],
    [
      'spring-kafka-2.8.3.jar',
      ['Implementation-Title: spring-kafka', 'Implementation-Vendor-Id: org.springframework.kafka'],
      'Implementation-Version: 2.8.3',
      'org.springframework.kafka:spring-kafka@2.8.3',
    ],
    [
      'tomcat-embed-core-9.0.60.jar',
      ['Bundle-SymbolicName: org.apache.tomcat-embed-core', 'Implementation-Title: Apache Tomcat'],
      'Bundle-Version: 9.0.60',
      'org.apache.tomcat.embed:tomcat-embed-core@9.0.60',
    ],
    [
      'tomcat-annotations-api-9.0.60.jar',
      [
        'Bundle-SymbolicName: org.apache.tomcat-annotations-api',
        'Implementation-Title: javax.annotation',
        'Implementation-Version: 1.3.FR',
      ],
      'Bundle-Version: 9.0.60',
      'org.apache.tomcat:tomcat-annotations-api@9.0.60',
    ],
    [
      'catalina.jar',
      ['Bundle-SymbolicName: org.apache.tomcat-catalina', 'Implementation-Title: Apache Tomcat'],
      'Bundle-Version: 9.0.60',
      'org.apache.tomcat:tomcat-catalina@9.0.60',
    ],
    [
      'hibernate-core-5.6.7.Final.jar',
      ['Bundle-SymbolicName: org.hibernate.orm.core'],
      'Bundle-Version: 5.6.7.Final',
      'org.hibernate:hibernate-core@5.6.7.Final',
    ],
    [
      'hibernate-core-6.2.5.Final.jar',
      ['Bundle-SymbolicName: org.hibernate.orm.core'],
      'Bundle-Version: 6.2.5.Final',
      'org.hibernate.orm:hibernate-core@6.2.5.Final',
    ],
    [
      'hibernate-commons-annotations-5.1.2.Final.jar',
      ['Implementation-Vendor-Id: org.hibernate'],
      'Implementation-Version: 5.1.2.Final',
      'org.hibernate.common:hibernate-commons-annotations@5.1.2.Final',
    ],
    [
      'bcprov-jdk15on-1.68.jar',
      ['Bundle-SymbolicName: bcprov', 'Implementation-Vendor-Id: org.bouncycastle'],
      'Implementation-Version: 1.68.00.0',
      'org.bouncycastle:bcprov-jdk15on@1.68',
    ],
    [
      'kotlin-stdlib-1.9.22.jar',
      ['Implementation-Title: kotlin-stdlib'],
      'Implementation-Version: 1.9.22-release-704',
      'org.jetbrains.kotlin:kotlin-stdlib@1.9.22',
    ],
    [
      'okhttp-4.9.1.jar',
      ['Automatic-Module-Name: okhttp3'],
      'Created-By: 1',
      'com.squareup.okhttp3:okhttp@4.9.1',
    ],
    [
      'groovy-3.0.10.jar',
      ['Bundle-SymbolicName: groovy'],
      'Bundle-Version: 3.0.10',
      'org.codehaus.groovy:groovy@3.0.10',
    ],
    [
      'groovy-4.0.18.jar',
      ['Bundle-SymbolicName: groovy'],
      'Bundle-Version: 4.0.18',
      'org.apache.groovy:groovy@4.0.18',
    ],
    [
      'checker-qual-3.12.0.jar',
      ['Bundle-SymbolicName: checker-qual'],
      'Bundle-Version: 3.12.0',
      'org.checkerframework:checker-qual@3.12.0',
    ],
    [
      'mysql-connector-java-8.0.28.jar',
      ['Implementation-Title: MySQL Connector/J', 'Implementation-Vendor-Id: com.mysql'],
      'Implementation-Version: 8.0.28',
      'mysql:mysql-connector-java@8.0.28',
    ],
    [
      'micrometer-core-1.8.4.jar',
      ['Implementation-Title: io.micrometer#micrometer-core;1.8.4'],
      'Implementation-Version: 1.8.4',
      'io.micrometer:micrometer-core@1.8.4',
    ],
  ])(
    'is what its publisher has it under where file name and manifest agree: %s',
    async (name, lines, version, expected) => {
      const jar = zipOf([manifest(...lines, version), CLASS]);
      expect(await found(`app/${name}`, jar)).toEqual({
        packages: [`${expected} app/${name}`],
        problems: [],
      });
    },
  );

  it.each([
    ['okio-2.8.0.jar', [], 'com.squareup.okio:okio@2.8.0'],
    ['antlr-2.7.7.jar', ['Created-By: 1.4'], 'antlr:antlr@2.7.7'],
    // The version was changed in one of them.
    [
      'spring-web-5.3.17.jar',
      ['Implementation-Title: spring-web', 'Implementation-Version: 5.3.18'],
      'org.springframework:spring-web@5.3.17',
    ],
    [
      'hibernate-core-6.0.0.Beta1.jar',
      ['Bundle-SymbolicName: org.hibernate.orm.core', 'Bundle-Version: 6.0.0.Beta1'],
      'org.hibernate.orm:hibernate-core@6.0.0.Beta1',
    ],
  ])(
    'is that with low confidence where one of them alone says it: %s',
    async (name, lines, expected) => {
      const jar = zipOf([manifest(...lines), CLASS]);
      expect((await found(`app/${name}`, jar)).packages).toEqual([`${expected} app/${name} (low)`]);
    },
  );

  it.each([
    ['okio-2.8.0.jar', ['Automatic-Module-Name: org.other.okio']],
    ['spring-web-1.0.jar', ['Implementation-Title: our web', 'Implementation-Version: 1.0']],
    ['spring-boot-admin-server-2.7.jar', ['Automatic-Module-Name: spring.boot.admin.server']],
    ['servlet-api-2.5.jar', []],
    ['antlr-4.0.jar', []],
  ])('is not taken for another’s that is called alike: %s', async (name, lines) => {
    const jar = zipOf([manifest(...lines), CLASS]);
    expect((await found(`app/${name}`, jar)).packages).toEqual([]);
  });

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
