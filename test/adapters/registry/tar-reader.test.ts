import { execFileSync } from 'node:child_process';
import {
  linkSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { extract } from 'tar-stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readLayer } from '../../../adapters/registry/read-layer.ts';
import { type TarEntry, TarReader } from '../../../adapters/registry/tar-reader.ts';
import { MalformedLayerError, TooLargeError } from '../../../core/image/errors.ts';
import { captureAll, inPieces, promise, type TestEntry, tarOf } from '../../support/layers.ts';

interface ReadEntry extends Pick<TarEntry, 'name' | 'typeflag' | 'size' | 'link'> {
  readonly text: string;
}

/** Everything a reader says of an archive. */
function read(
  archive: Buffer,
  pieceSize = archive.length,
): { entries: ReadEntry[]; problems: string[] } {
  const entries: ReadEntry[] = [];
  const problems: string[] = [];
  const reader = new TarReader({
    entry({ name, typeflag, size, link }) {
      let text = '';
      return {
        write: (bytes) => {
          text += bytes.toString('latin1');
        },
        end: () => entries.push({ name, typeflag, size, link, text }),
      };
    },
    problem: (path, reason) => problems.push(`${path}: ${reason}`),
  });
  for (let at = 0; at < archive.length; at += pieceSize) {
    reader.push(archive.subarray(at, at + pieceSize));
  }
  reader.end();
  return { entries, problems };
}

/** A block with a right checksum. */
function header(fields: Readonly<Record<number, string | Buffer>>): Buffer {
  const block = Buffer.alloc(512);
  for (const [at, value] of Object.entries({ 100: '0000644', 257: 'ustar\x0000', ...fields })) {
    Buffer.from(value).copy(block, Number(at));
  }
  block.fill(' ', 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

function padded(text: string | Buffer): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]);
}

const END = Buffer.alloc(1024);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidewatch-tar-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('archives of GNU tar', () => {
  const long = 'n'.repeat(90);
  const deep = `deep/${long}/${long}/${long}`;

  beforeAll(() => {
    const root = join(folder, 'root');
    mkdirSync(join(root, deep), { recursive: true });
    writeFileSync(join(root, deep, 'file'), 'deep text');
    writeFileSync(join(root, 'é長'), 'x'.repeat(1500));
    writeFileSync(join(root, 'empty'), '');
    symlinkSync(`../${deep}/file`, join(root, 'long-link'));
    symlinkSync('empty', join(root, 'link'));
    linkSync(join(root, 'empty'), join(root, 'same'));
  });

  it.each(['oldgnu', 'gnu', 'pax'])('of the format %s are read, long names too', async (format) => {
    const archive = tar('--format', format, '--sort=name', '-C', join(folder, 'root'), '.');

    const { entries, problems, files } = await captureAll(archive);

    expect(problems).toEqual([]);
    expect(entries.map(({ path, type, link }) => [path, type, link])).toEqual([
      ['deep', 'directory', undefined],
      [`deep/${long}`, 'directory', undefined],
      [`deep/${long}/${long}`, 'directory', undefined],
      [deep, 'directory', undefined],
      [`${deep}/file`, 'file', undefined],
      ['empty', 'file', undefined],
      ['link', 'symlink', 'empty'],
      ['long-link', 'symlink', `../${deep}/file`],
      ['same', 'hardlink', 'empty'],
      ['é長', 'file', undefined],
    ]);
    expect(Buffer.from(files[`${deep}/file`] ?? '', 'base64').toString()).toBe('deep text');
  });

  it.each(['v7', 'ustar', 'gnu', 'pax'])(
    'of the format %s agree with tar-stream',
    async (format) => {
      const options = [
        '--format',
        format,
        '--sort=name',
        '--exclude=./deep',
        '--exclude=long-link',
      ];
      const archive = tar(...options, '-C', join(folder, 'root'), '.');

      expect(read(archive).entries).toEqual(await readByTarStream(archive));
    },
  );

  it('keep owners and sizes beyond octal', async () => {
    const options = ['--owner=:3000000', '--group=:4000000', '--format=gnu'];
    const archive = tar(...options, '-C', join(folder, 'root'), 'empty');

    expect((await captureAll(archive)).entries).toMatchObject([{ uid: 3_000_000, gid: 4_000_000 }]);
  });

  it.each([
    ['--format=gnu'],
    ['--format=pax', '--sparse-version=0.0'],
    ['--format=pax', '--sparse-version=0.1'],
    ['--format=pax', '--sparse-version=1.0'],
  ])('with sparse files are listed with their names and sizes: %s %s', async (...options) => {
    const root = join(folder, 'sparse');
    mkdirSync(root, { recursive: true });
    // Enough pieces for old GNU maps to go on in further blocks.
    const holes = Buffer.alloc(30 * 65_536);
    for (let at = 0; at < holes.length; at += 65_536) holes.write('data', at);
    writeFileSync(join(root, 'a-dense'), 'x');
    writeFileSync(join(root, 'b-holes'), holes);
    truncateSync(join(root, 'b-holes'), holes.length + 1_000_000);
    writeFileSync(join(root, 'c-dense'), 'y');
    const archive = tar('-S', '--hole-detection=raw', '--sort=name', ...options, '-C', root, '.');

    const { entries, problems, files } = await captureAll(archive);

    expect(archive.length).toBeLessThan(holes.length / 2);
    expect(entries.map(({ path, size }) => [path, size])).toEqual([
      ['a-dense', 1],
      ['b-holes', holes.length + 1_000_000],
      ['c-dense', 1],
    ]);
    expect(Object.keys(files)).toEqual(['a-dense', 'c-dense']);
    expect(problems).toEqual([{ path: 'b-holes', reason: 'not kept: sparse file' }]);

    const told = await readLayer(inPieces(archive), promise(archive, archive, 'none'));
    expect(told.problems).toEqual([{ path: 'b-holes', reason: 'not looked at: sparse file' }]);
  });
});

it('agrees with tar-stream on any archive, in any pieces', async () => {
  const name = fc.stringMatching(/^[a-zé長]{1,40}(?:\/[a-z .]{1,100}[a-z]){0,3}$/);
  const entry: fc.Arbitrary<TestEntry> = fc.oneof(
    fc.tuple(name, fc.string({ maxLength: 2000 })),
    name.map((each) => ({ name: each, type: 'directory' as const })),
    fc.tuple(name, name).map(([at, to]) => ({ name: at, linkname: to, type: 'symlink' as const })),
    fc.tuple(name, name).map(([at, to]) => ({ name: at, linkname: to, type: 'link' as const })),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(entry, { maxLength: 5 }),
      fc.integer({ min: 1, max: 3000 }),
      async (entries, pieceSize) => {
        const archive = await tarOf(entries);
        const result = read(archive, pieceSize);
        expect(result.entries).toEqual(await readByTarStream(archive));
        expect(result.problems).toEqual([]);
      },
    ),
    { numRuns: 100 },
  );
});

describe('a broken archive', () => {
  it('is refused wherever it is cut within a header or an entry’s data', async () => {
    const archive = await tarOf([
      ['a', 'x'.repeat(600)],
      ['b', ''],
    ]);
    const whole = read(archive).entries;

    for (let length = 1; length < 1112; length += 1) {
      expect(() => read(archive.subarray(0, length))).toThrow(MalformedLayerError);
    }
    for (let length = 1537; length < 2048; length += 1) {
      expect(() => read(archive.subarray(0, length))).toThrow(MalformedLayerError);
    }
    // As in Go's archive/tar, the blocks that end an archive may be missing.
    expect(read(archive.subarray(0, 2048)).entries).toEqual(whole);
  });

  it('is refused when any byte of a header is another', async () => {
    const archive = await tarOf([['a', 'x']]);

    for (let at = 0; at < 512; at += 1) {
      const broken = Buffer.from(archive);
      broken[at] = (broken[at] ?? 0) + 1;
      if (at === 154 || at === 155) continue; // The blanks that close the checksum.
      expect(() => read(broken)).toThrow(MalformedLayerError);
    }
  });

  it.each([
    ['a size that is no number', header({ 0: 'a', 124: 'many', 156: '0' })],
    ['a negative size', header({ 0: 'a', 124: Buffer.alloc(12, 0xff), 156: '0' })],
    [
      'a size beyond all bounds',
      header({ 0: 'a', 124: Buffer.concat([Buffer.of(0x80), Buffer.alloc(11, 0xff)]), 156: '0' }),
    ],
    [
      'a zero block amid the entries',
      Buffer.concat([Buffer.alloc(512), header({ 0: 'a', 156: '0' })]),
    ],
    ['an extended header for no entry', Buffer.concat([pax('path=x'), END])],
    ['a record of a wrong length', Buffer.concat([pax('path=x', 3), header({ 0: 'a', 156: '0' })])],
    ['a zero byte in a path', Buffer.concat([pax('path=a\0b'), header({ 0: 'a', 156: '0' })])],
    [
      'a size record that is no number',
      Buffer.concat([pax('size=1e3'), header({ 0: 'a', 156: '0' })]),
    ],
  ])('with %s is refused', (_what, archive) => {
    expect(() => read(archive)).toThrow(MalformedLayerError);
  });

  it('with an extended header of megabytes is too large', () => {
    const huge = header({ 0: 'x', 124: '00020000000', 156: 'x' });

    expect(() => read(huge)).toThrow(TooLargeError);
  });
});

describe('an entry', () => {
  it('of a size in base-256 is read', () => {
    const size = Buffer.alloc(12);
    size[0] = 0x80;
    size.writeUInt32BE(5, 8);
    const archive = Buffer.concat([header({ 0: 'a', 124: size, 156: '0' }), padded('hello'), END]);

    expect(read(archive).entries).toMatchObject([{ name: 'a', size: 5, text: 'hello' }]);
  });

  it('takes its size from a pax record', () => {
    const archive = Buffer.concat([
      pax('size=5'),
      header({ 0: 'a', 124: '00000000000', 156: '0' }),
      padded('hello'),
      header({ 0: 'b', 156: '0' }),
      END,
    ]);

    expect(read(archive).entries).toMatchObject([{ size: 5, text: 'hello' }, { name: 'b' }]);
  });

  it('that is a link has no data, whatever its size field says', () => {
    const archive = Buffer.concat([
      header({ 0: 'l', 124: '00000001000', 156: '2', 157: 'target' }),
      header({ 0: 'b', 156: '0' }),
      END,
    ]);

    expect(read(archive).entries.map(({ name, size }) => [name, size])).toEqual([
      ['l', 0],
      ['b', 0],
    ]);
  });

  it('of an archive older than POSIX is a folder when its name ends with a slash', () => {
    const archive = Buffer.concat([header({ 0: 'a/', 257: '\0\0\0' }), header({ 0: 'b' }), END]);

    expect(read(archive).entries.map(({ typeflag }) => typeflag)).toEqual(['5', '0']);
  });

  it.each([
    ['a name alone', ['GNU.sparse.name=evil']],
    ['a size alone', ['GNU.sparse.realsize=99', 'GNU.sparse.size=99']],
    [
      'a version nobody knows',
      ['GNU.sparse.major=2', 'GNU.sparse.minor=0', 'GNU.sparse.name=evil'],
    ],
    ['half a version', ['GNU.sparse.major=1', 'GNU.sparse.name=evil', 'GNU.sparse.realsize=9']],
  ])('that says with %s that it is sparse is taken as it stands, as by Go', (_what, records) => {
    const archive = Buffer.concat([
      pax(records),
      header({ 0: 'a', 124: '5', 156: '0' }),
      padded('hello'),
      END,
    ]);

    const { entries, problems } = read(archive);
    expect(entries).toMatchObject([{ name: 'a', size: 5, text: 'hello' }]);
    expect(problems).toEqual([expect.stringMatching(/^a: .*sparse/)]);
  });

  it.each([
    ['1.0', ['GNU.sparse.major=1', 'GNU.sparse.minor=0']],
    ['0.1', ['GNU.sparse.map=0,5']],
    ['0.0', ['GNU.sparse.offset=0', 'GNU.sparse.numbytes=5']],
  ])(
    'that is sparse as of version %s has the name and size that this gives',
    (_version, records) => {
      const archive = Buffer.concat([
        pax([...records, 'GNU.sparse.name=real', 'GNU.sparse.realsize=99']),
        header({ 0: 'a', 124: '5', 156: '0' }),
        padded('hello'),
        END,
      ]);

      expect(read(archive)).toMatchObject({ entries: [{ name: 'real', size: 99 }], problems: [] });
    },
  );

  it('that is a link is refused where it says that it is sparse', () => {
    const archive = Buffer.concat([
      pax(['GNU.sparse.major=1', 'GNU.sparse.minor=0']),
      header({ 0: 'a', 156: '2', 157: 'b' }),
      END,
    ]);

    expect(() => read(archive)).toThrow(MalformedLayerError);
  });

  it('keeps a name that is not UTF-8 apart from others', async () => {
    const names = [Buffer.from([0x61, 0xff]), Buffer.from([0x61, 0xfe, 0xc3, 0xa9])];
    const archive = Buffer.concat([...names.map((name) => header({ 0: name, 156: '0' })), END]);

    const { entries } = await captureAll(archive);

    expect(entries.map(({ path }) => path)).toEqual(['a\udcff', 'a\udcfeé']);
    expect(JSON.parse(JSON.stringify(entries))).toEqual(entries);
  });

  it('of an unknown type is listed and is a problem', async () => {
    const archive = Buffer.concat([header({ 0: 'a', 124: '5', 156: 'Z' }), padded('12345'), END]);

    const { entries, problems } = await captureAll(archive);

    expect(entries).toMatchObject([{ path: 'a', type: 'other', size: 0 }]);
    expect(problems).toEqual([{ path: 'a', reason: 'tar entry of type "Z"' }]);
  });
});

it('leaves a global header out, as the runtimes do, and says so when it matters', () => {
  const git = Buffer.concat([pax('comment=abc', 0, 'g'), header({ 0: 'a', 156: '0' }), END]);
  const path = Buffer.concat([pax('path=evil', 0, 'g'), header({ 0: 'a', 156: '0' }), END]);

  expect(read(git)).toMatchObject({ entries: [{ name: 'a' }], problems: [] });
  expect(read(path).entries).toMatchObject([{ name: 'a' }]);
  expect(read(path).problems).toEqual([expect.stringContaining('global pax header')]);
});

it.each([
  ['pax header', pax('path=evil')],
  ['long name', Buffer.concat([header({ 0: 'L', 124: '5', 156: 'L' }), padded('evil\0')])],
  ['long link', Buffer.concat([header({ 0: 'K', 124: '5', 156: 'K' }), padded('evil\0')])],
])('drops a %s before a global header, as the runtimes do', (_what, extended) => {
  const archive = Buffer.concat([
    extended,
    pax('comment=abc', 0, 'g'),
    header({ 0: 'a', 156: '2', 157: 'b' }),
    END,
  ]);

  expect(read(archive)).toMatchObject({
    entries: [{ name: 'a', link: 'b' }],
    problems: [expect.stringContaining('runtimes drop')],
  });
});

it('says when something follows the end of the archive', () => {
  const archive = Buffer.concat([header({ 0: 'a', 156: '0' }), END, header({ 0: 'b', 156: '0' })]);

  expect(read(archive).entries).toHaveLength(1);
  expect(read(archive).problems).toEqual([expect.stringContaining('after the end')]);
  expect(read(Buffer.concat([header({ 0: 'a' }), END, Buffer.alloc(9000)])).problems).toEqual([]);
});

function tar(...options: readonly string[]): Buffer {
  return execFileSync('tar', ['-c', '--numeric-owner', ...options], { maxBuffer: 2 ** 26 });
}

function pax(records: string | readonly string[], wrongBy = 0, type = 'x'): Buffer {
  const body = Buffer.concat(
    [records].flat().map((record) => {
      // The length counts its own digits.
      const bytes = Buffer.from(record);
      const digits = String(bytes.length + 4).length;
      const length = bytes.length + 2 + digits + wrongBy;
      return Buffer.concat([Buffer.from(`${length} `), bytes, Buffer.from('\n')]);
    }),
  );
  const size = body.length.toString(8).padStart(11, '0');
  return Buffer.concat([header({ 0: 'pax', 124: size, 156: type }), padded(body)]);
}

async function readByTarStream(archive: Buffer): Promise<ReadEntry[]> {
  const types: Record<string, string> = { file: '0', link: '1', symlink: '2', directory: '5' };
  const entries: ReadEntry[] = [];
  // Not in its types: takes v7 too.
  const options: object = { allowUnknownFormat: true };
  const reader = extract(options);
  const reading = (async () => {
    for await (const entry of reader) {
      let text = '';
      for await (const chunk of entry as AsyncIterable<Buffer>) text += chunk.toString('latin1');
      const { name, type, size, linkname } = entry.header;
      entries.push({
        name,
        typeflag: types[type ?? ''] ?? '?',
        size: size ?? 0,
        link: linkname ?? '',
        text,
      });
    }
  })();
  reader.end(archive);
  await reading;
  return entries;
}
