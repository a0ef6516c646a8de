import { describe, expect, it } from 'vitest';
import { inventoryOf } from '../../support/inventory-of.ts';
import type { TestEntry } from '../../support/layers.ts';
import { zipOf } from '../../support/zip-archive.ts';

const ZIPAPP = zipOf([
  { name: '__main__.py', text: 'print(1)' },
  { name: 'requests-2.0.0.dist-info/METADATA', text: 'Name: requests\nVersion: 2.0.0\n' },
]);
const CLASS = { name: 'org/example/Main.class', text: 'x' };
const POM = 'META-INF/maven/org.example/core/pom.properties';
const PROJECT = 'groupId=org.example\nartifactId=core\nversion=2.1\n';
const JAR = zipOf([CLASS, { name: POM, text: PROJECT }]);

function behind(text: string, archive: Buffer): Buffer {
  return Buffer.concat([Buffer.from(text), archive]);
}

/** The manifest of a PHP archive of one file. */
const PHAR = Buffer.from('\x40\0\0\0\x01\0\0\0\x11\0\0\0\x01\0', 'latin1');

async function said(name: string, text: string | Buffer, mode = 0o644) {
  const entry: TestEntry = { name, text, mode };
  const { coverage, packages, problems } = await inventoryOf([entry]);
  const { opaqueFiles, scripts, listed } = coverage ?? expect.unreachable();
  return {
    opaque: opaqueFiles.map(({ why }) => why),
    scripts,
    listed,
    packages: packages.map((each) => `${each.name}@${each.version} ${each.path}`),
    problems: problems.map(({ reason }) => reason),
  };
}

const NOTHING = { opaque: [], scripts: 0, listed: 0, packages: [], problems: [] };
const PACKED = { ...NOTHING, opaque: ['an application packed into one archive'] };
const PYTHON = { ...NOTHING, opaque: ['a Python application packed into one file'] };

describe('an application in one file is opaque, whatever it is called', () => {
  it.each([
    ['made by zipapp, without an interpreter', 'app/app.pyz', ZIPAPP, 0o644, PYTHON],
    ['for an interpreter', 'app/x.pyz', behind('#!/usr/bin/env python3\n', ZIPAPP), 0o644, PYTHON],
    ['without an ending', 'app/run', behind('#!/usr/bin/env python3\n', ZIPAPP), 0o755, PACKED],
    ['without both', 'app/run', ZIPAPP, 0o644, PACKED],
    [
      'far behind a script',
      'app/run',
      behind(`#!/bin/sh\n${'# more\n'.repeat(30_000)}`, ZIPAPP),
      0o755,
      PACKED,
    ],
  ])('one %s', async (_, name, bytes, mode, expected) => {
    expect(await said(name, bytes, mode)).toEqual(expected);
  });

  it.each([
    [
      'with a first line',
      'usr/bin/composer',
      '#!/usr/bin/env php\n<?php echo 1; __HALT_COMPILER(); ?>\r\n',
    ],
    ['without', 'app/tool.phar', '<?php echo 1; __HALT_COMPILER(); ?>\n'],
    ['without its closing tag', 'app/tool.phar', '<?php echo 1; __halt_compiler();'],
  ])('one of PHP %s', async (_, name, stub) => {
    const expected = { ...NOTHING, opaque: ['a PHP application packed into one file'] };
    expect(await said(name, behind(stub, PHAR), 0o755)).toEqual(expected);
  });

  it.each([
    ['a long script', 'usr/bin/tool', `#!/bin/sh\n${'# more\n'.repeat(30_000)}`, { scripts: 1 }],
    ['PHP that speaks of it', 'app/a.php', '<?php // __HALT_COMPILER(); ?>\nand so on, and on', {}],
    ['data in an archive', 'app/a.zip', zipOf([{ name: 'a.txt', text: 'x' }]), {}],
    [
      'an archive of archives',
      'app/dist.zip',
      zipOf([{ name: 'a.jar', text: '', bytes: JAR }]),
      {},
    ],
    ['a broken archive', 'app/b.zip', Buffer.from(`PK\x03\x04${'x'.repeat(100)}`), {}],
    ['an array', 'app/a.npz', zipOf([{ name: 'a.npy', text: 'x' }, CLASS]), {}],
  ])('not %s', async (_, name, bytes, expected) => {
    expect(await said(name, bytes, 0o755)).toEqual({ ...NOTHING, ...expected });
  });
});

describe('Java', () => {
  it.each(['app/application', 'app/app.jar.original', 'app/app.zip'])(
    'is read where its archive is called %s',
    async (name) => {
      const packages = [`org.example:core@2.1 ${name}`];
      expect(await said(name, JAR)).toEqual({ ...NOTHING, listed: 1, packages });
    },
  );

  it('is opaque where such an archive names no project', async () => {
    const opaque = ['an archive of Java classes that names no project'];
    expect(await said('app/application', zipOf([CLASS]))).toEqual({ ...NOTHING, opaque });
  });

  it('is read where its archives were unpacked', async () => {
    const path = `app/classes/${POM}`;
    const packages = [`org.example:core@2.1 ${path}`];
    expect(await said(path, PROJECT)).toEqual({ ...NOTHING, packages });
    expect((await said(path, 'groupId=a')).problems).toEqual([
      expect.stringContaining('names no project'),
    ]);
  });

  it('is not passed over behind a long beginning', async () => {
    const problems = ['an archive that something else begins was not read'];
    const opaque = ['an archive that was not read'];
    const bytes = behind('x'.repeat(20_000), JAR);
    expect(await said('app/app.jar', bytes)).toEqual({ ...NOTHING, opaque, problems });
    expect(await said('app/app.jar', 'x'.repeat(20_000))).toEqual(NOTHING);
  });
});
