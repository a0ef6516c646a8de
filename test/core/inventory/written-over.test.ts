import { describe, expect, it } from 'vitest';
import { inventoryOf, program } from '../../support/inventory-of.ts';
import type { TestEntry } from '../../support/layers.ts';
import { elfOf } from '../../support/made-up-elf.ts';

const OS: TestEntry = ['etc/os-release', 'ID=debian\nVERSION_ID=12\n'];
const TAR = 'usr/lib/node_modules/npm/node_modules/tar/package.json';
const FILES = ['usr/bin/tool', 'usr/bin/script', TAR];

const THEIRS = elfOf(Buffer.from('what the package brought'));
const OTHER = elfOf(Buffer.from('what somebody else has put in its place'));

function npm(version: string, more = ''): TestEntry {
  return [TAR, JSON.stringify({ name: 'tar', version, more })];
}

/** A package database of dpkg's, of apk's: each package with its version. */
type Database = (packages: Readonly<Record<string, string>>) => readonly TestEntry[];

const dpkg: Database = (packages) => [
  [
    'var/lib/dpkg/status',
    Object.entries(packages)
      .map(
        ([name, version]) =>
          `Package: ${name}\nStatus: install ok installed\nVersion: ${version}\nArchitecture: amd64\n\n`,
      )
      .join(''),
  ],
];
const LIST: TestEntry = ['var/lib/dpkg/info/tool.list', FILES.map((each) => `/${each}\n`).join('')];

const apk: Database = (packages) => [
  [
    'lib/apk/db/installed',
    Object.entries(packages)
      .map(([name, version]) => {
        const files = FILES.map((each) => {
          const slash = each.lastIndexOf('/');
          return `F:${each.slice(0, slash)}\nR:${each.slice(slash + 1)}\n`;
        });
        return `P:${name}\nV:${version}\nA:x86_64\n${name === 'tool' ? files.join('') : ''}\n`;
      })
      .join(''),
  ],
];

const BASE = [OS, program('usr/bin/tool', THEIRS), program('usr/bin/script', '#!/bin/sh\n:\n')];

/** Whom npm's package belongs to, and what is said of the executables. */
async function judged(...layers: readonly (readonly TestEntry[])[]) {
  const { packages, coverage } = await inventoryOf(...layers);
  const { owned, scripts, opaqueFiles } = coverage ?? expect.unreachable();
  return {
    npm: packages
      .filter(({ type }) => type === 'npm')
      .map(({ version, owner }) => `${version} ${owner}`),
    owned,
    scripts,
    opaque: opaqueFiles.map(({ path, why }) => `${path}: ${why}`),
  };
}

const ALL_OWNED = { npm: ['6.2.1 tool'], owned: 2, scripts: 0, opaque: [] };

describe.each([
  ['dpkg', dpkg, [LIST]],
  ['apk', apk, []],
] as const)('a file of a package of %s', (_, database, lists) => {
  const installed = [...BASE, ...database({ tool: '1' }), ...lists, npm('6.2.1')];

  it('is not the package’s once a layer has written another over it', async () => {
    const overwritten = [
      program('usr/bin/tool', OTHER),
      program('usr/bin/script', '#!/bin/sh\necho other\n'),
      npm('6.1.0'),
    ];
    const expected = {
      npm: ['6.1.0 null'],
      owned: 0,
      scripts: 1,
      opaque: [
        'usr/bin/tool: a native program or library of no package, written over a file of tool',
      ],
    };
    expect(await judged(installed, overwritten)).toEqual(expected);
    // Nor when the database is written anew for other packages.
    const later = [...database({ tool: '1', curl: '8' })];
    expect(await judged(installed, overwritten, later)).toEqual(expected);
  });

  it('is not when it was taken away first, or its folder was', async () => {
    const put = [program('usr/bin/tool', OTHER), npm('6.2.1')];
    expect(await judged(installed, ['usr/bin/.wh.tool', 'usr/.wh.lib'], put)).toMatchObject({
      npm: ['6.2.1 null'],
      owned: 1,
    });
    expect(await judged(installed, ['.wh.usr', ...put])).toMatchObject({ npm: ['6.2.1 null'] });
    expect(await judged(installed, ['usr/.wh..wh..opq', ...put])).toMatchObject({
      npm: ['6.2.1 null'],
      owned: 0,
    });
  });

  it('is when the package manager has written it: in the same layer, or with another version', async () => {
    expect(await judged(installed)).toEqual(ALL_OWNED);
    expect(
      await judged(installed, [
        ...database({ tool: '2' }),
        ...lists,
        program('usr/bin/tool', OTHER),
        npm('6.2.2'),
      ]),
    ).toEqual({ ...ALL_OWNED, npm: ['6.2.2 tool'] });
  });

  it('is when the same was copied up: of another mode or owner', async () => {
    expect(
      await judged(installed, [
        { name: 'usr/bin/tool', text: THEIRS, mode: 0o4755, uid: 7 },
        { name: 'usr/bin/script', text: '#!/bin/sh\n:\n', mode: 0o755, gid: 7 },
        npm('6.2.1'),
      ]),
    ).toEqual(ALL_OWNED);
    // A script that may not be executed is none that counts; it comes back.
    const chmod = (mode: number): TestEntry[] => [
      { name: 'usr/bin/script', text: '#!/bin/sh\n:\n', mode },
    ];
    expect(await judged(installed, chmod(0o644), chmod(0o755))).toEqual(ALL_OWNED);
  });

  it('is when it came after the database that lists it, where nothing had stood', async () => {
    const [osRelease, tool, script] = BASE as [TestEntry, TestEntry, TestEntry];
    expect(
      await judged(
        [osRelease, ...database({ tool: '1' }), ...lists],
        [tool],
        [script],
        [npm('6.2.1'), { name: 'usr/bin/tool', text: THEIRS, mode: 0o700 }],
      ),
    ).toEqual(ALL_OWNED);
  });

  it('is where layers list only their own packages, and the last one all', async () => {
    expect(
      await judged(
        [...installed],
        [...database({ curl: '8' })],
        [
          ...database({ tool: '1', curl: '8' }),
          { name: 'usr/bin/tool', text: THEIRS, mode: 0o700 },
        ],
      ),
    ).toEqual(ALL_OWNED);
  });
});

it('is the package’s that took it over, of two that list it', async () => {
  const files = [program('usr/bin/tool', OTHER), npm('6.2.2')];
  const theirs = LIST as [string, string];
  const inventory = await judged(
    [...BASE, ...dpkg({ tool: '1' }), LIST, npm('6.2.1')],
    [...dpkg({ tool: '1', zfork: '3' }), ['var/lib/dpkg/info/zfork.list', theirs[1]], ...files],
  );
  expect(inventory).toEqual({ ...ALL_OWNED, npm: ['6.2.2 zfork'] });
});

it('is when dpkg has installed it again', async () => {
  expect(
    await judged(
      [...BASE, ...dpkg({ tool: '1' }), LIST, npm('6.2.1')],
      ['usr/bin/.wh.tool'],
      [LIST, ...dpkg({ tool: '1' }), program('usr/bin/tool', THEIRS)],
    ),
  ).toEqual(ALL_OWNED);
});
