import { constants, deflateRawSync } from 'node:zlib';
import { entryOf, type MadeLayer, many, one } from './hostile-layers.ts';
import { type FileInZip, zipOf } from './zip-archive.ts';

const MEBIBYTE = 1024 * 1024;

const POM = 'META-INF/maven/org.example/core/pom.properties';
/** A file of an archive; its text is empty where only its bytes matter. */
type ArchiveFile = Omit<FileInZip, 'text'> & { readonly text?: string };

const PROJECT: ArchiveFile = {
  name: POM,
  text: 'groupId=org.example\nartifactId=core\nversion=1.0\n',
};

/** Images with archives of Java that want to cost time or memory, or say what is not so. */
export const HOSTILE_ARCHIVES = {
  'a jar in a jar that unpacks to a gigabyte': () =>
    jar([{ name: 'in.jar', packed: zeros(1024), size: 1024 * MEBIBYTE }]),
  'a jar in a jar that unpacks to a gigabyte, and says less': () =>
    jar([{ name: 'in.jar', packed: zeros(1024), size: 40 * MEBIBYTE }]),
  'jars in a jar of 40 MB each': () =>
    jar(Array.from({ length: 10 }, (_, index) => filled(`${index}.jar`, 40))),
  'a description that unpacks to a gigabyte': () =>
    jar([{ name: POM, packed: zeros(1024), size: 100 }, PROJECT]),
  'a manifest that unpacks to a gigabyte': () =>
    jar([{ name: 'META-INF/MANIFEST.MF', packed: zeros(1024), size: 100 }, PROJECT]),
  'a jar of 100,000 files': () =>
    jar([...numbered(100_000, (index) => ({ name: `${index}`, stored: true })), PROJECT], true),
  '20 jars of 30,000 files in a jar': () => {
    const bytes = zip(numbered(30_000, (index) => ({ name: `${index}`, stored: true })));
    return jarOf(overlapping(20, { name: 'in.jar', bytes, stored: true }));
  },
  'jars in each other, 50 deep': () => {
    let bytes = zip([PROJECT]);
    for (let depth = 0; depth < 50; depth++) {
      bytes = zip([{ name: 'in.jar', bytes, stored: depth % 2 === 0 }]);
    }
    return jarOf(bytes);
  },
  'a jar that begins anew in itself, 500 times': () => jarOf(endlessJar(500)),
  'a jar whose 20 jars are the same one, four times over': () => {
    let bytes = zip([PROJECT]);
    for (let depth = 0; depth < 4; depth++) bytes = overlapping(20, { name: 'in.jar', bytes });
    return jarOf(bytes);
  },
  'a jar whose 2,000 packed jars lie over each other': () =>
    jarOf(overlapping(2000, filled('in.jar', 40))),
  'a jar whose 9,000 descriptions lie over each other': () =>
    jarOf(overlapping(9000, { name: POM, text: `#${'x'.repeat(64_000)}` })),
  'a jar of 4,000 jars with manifests that unpack to 16 MB': () => {
    const manifest = { name: 'META-INF/MANIFEST.MF', packed: zeros(64), size: 64 * MEBIBYTE };
    const name = 'in.jar';
    return jarOf(overlapping(4000, { name, bytes: zip([manifest]), stored: true }));
  },
  'a jar of descriptions with names of 60 KB': () => {
    const name = `META-INF/maven/${'g'.repeat(60_000)}/core/pom.properties`;
    return jarOf(zip(numbered(200, () => ({ ...PROJECT, name }))));
  },
  'a jar whose files say another size themselves': () =>
    jarOf(
      patched({
        local: [
          [22, 0xffffffff],
          [18, 0xffffffff],
        ],
      }),
    ),
  'a jar whose files begin beyond its end': () => jarOf(patched({ local: [[26, 0xffffffff]] })),
  'a jar whose directory says that nothing is in its files': () => jar([{ ...PROJECT, size: 0 }]),
  'a jar of more files than there are numbers': () =>
    jarOf(
      patched({
        zip64: [
          [24, FAR],
          [32, FAR],
        ],
      }),
    ),
  'a jar of 9 quadrillion files': () =>
    jarOf(patched({ zip64: [[32, BigInt(Number.MAX_SAFE_INTEGER)]] })),
  'a jar whose directory begins at 8 exabytes': () => jarOf(patched({ zip64: [[48, FAR]] })),
  'a jar whose directory begins beyond its end': () => jarOf(patched({ end: [[16, 0x7fffffff]] })),
  'a jar whose directory is its own end': () =>
    jarOf(patched({ end: [[16, zip([PROJECT]).length - END_SIZE]] })),
  'a jar whose files begin in its directory': () =>
    jar([{ ...PROJECT, offset: partsOf(zip([PROJECT])).files.length }]),
  'a jar with ends in its comment': () => jarOf(withComment()),
  'a jar with names that lead out of it': () =>
    jar([
      { name: '../../../etc/x.jar', bytes: zip([PROJECT]) },
      { name: '../x', text: 'x' },
    ]),
  'a jar with a zero byte in a name': () => jar([{ name: 'a\0b.jar', bytes: zip([PROJECT]) }]),
  'a jar with a name of 10 KB': () =>
    jar([{ name: `${'n'.repeat(10_000)}.jar`, bytes: zip([PROJECT]) }]),
  'a jar of encrypted files': () =>
    jar([
      { ...PROJECT, flags: 1 },
      { name: 'in.jar', bytes: zip([PROJECT]), flags: 1 },
    ]),
  'a jar of 40 MB, cut short': () =>
    one(() => [entryOf({ name: 'app/x.jar' }, Buffer.concat([zip([PROJECT]), LARGE]))]),
  'a jar of 40 MB': () => jar([{ name: 'x', bytes: LARGE, stored: true }, PROJECT]),
  '20 jars of 10 MB': () => {
    const bytes = zip([{ name: 'x', bytes: LARGE.subarray(0, 10 * MEBIBYTE), stored: true }]);
    return one(many(20, (index) => entryOf({ name: `app/${index}.jar` }, bytes)));
  },
} satisfies Record<string, () => Promise<MadeLayer[]>>;

const END_SIZE = 22;
/** Of its end record and its locator. */
const ZIP64_SIZE = 56 + 20;
const LARGE = Buffer.alloc(40 * MEBIBYTE, 1);
const FAR = 2n ** 64n - 1n;

function zip(files: readonly ArchiveFile[], zip64 = false): Buffer {
  return zipOf(
    files.map((each) => ({ text: '', ...each })),
    zip64,
  );
}

function jar(files: readonly ArchiveFile[], zip64 = false): Promise<MadeLayer[]> {
  return jarOf(zip(files, zip64));
}

function jarOf(bytes: Buffer): Promise<MadeLayer[]> {
  return one(() => [entryOf({ name: 'app/x.jar' }, bytes)]);
}

function numbered<Item>(count: number, make: (index: number) => Item): Item[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

/** So many mebibytes of zeros, packed a thousandfold: blocks of deflate that stand for themselves. */
function zeros(mebibytes: number): Buffer {
  const block = deflateRawSync(Buffer.alloc(MEBIBYTE), { finishFlush: constants.Z_FULL_FLUSH });
  const blocks = Array.from({ length: mebibytes }, () => block);
  return Buffer.concat([...blocks, deflateRawSync(Buffer.alloc(0))]);
}

function filled(name: string, mebibytes: number): ArchiveFile {
  return { name, packed: zeros(mebibytes), size: mebibytes * MEBIBYTE };
}

/** The parts of a small archive without a comment. */
function partsOf(bytes: Buffer): {
  readonly files: Buffer;
  readonly directory: Buffer;
  readonly end: Buffer;
} {
  const end = bytes.subarray(bytes.length - END_SIZE);
  const at = end.readUInt32LE(16);
  return { files: bytes.subarray(0, at), directory: bytes.subarray(at, -END_SIZE), end };
}

/** A file under one name so many times, its bytes only once. */
function overlapping(count: number, file: ArchiveFile): Buffer {
  const { files, directory, end } = partsOf(zip([file]));
  end.writeUInt16LE(count, 10);
  end.writeUInt32LE(count * directory.length, 12);
  return Buffer.concat([files, ...numbered(count, () => directory), end]);
}

/**
 * An archive whose one file is all of it that follows the file's header, which is an archive with the same
 * end and such a file: headers and entries lie in two rows of equal steps, so that each finds its own.
 */
function endlessJar(depth: number): Buffer {
  const step = 128;
  const size = 2 * depth * step + END_SIZE;
  const { files, directory, end } = partsOf(zip([{ name: 'x.jar', stored: true }]));
  const header = padded(files, 28, step);
  const entries = Array.from({ length: depth }, (_, index) => {
    const entry = padded(directory, 32, step);
    entry.writeUInt32LE(size - (index + 1) * step, 20);
    entry.writeUInt32LE(size - (index + 1) * step, 24);
    return entry;
  });
  end.writeUInt32LE(step, 12);
  end.writeUInt32LE(depth * step, 16);
  return Buffer.concat([...entries.map(() => header), ...entries, end]);
}

/** A header with so much behind it that it has a length; where it says how much that is: at `at`. */
function padded(header: Buffer, at: number, length: number): Buffer {
  const bytes = Buffer.concat([header, Buffer.alloc(length - header.length)]);
  bytes.writeUInt16LE(length - header.length, at);
  return bytes;
}

/** Numbers of a small archive that are replaced by others, by their places in its records. */
interface Patches {
  readonly local?: readonly (readonly [at: number, value: number])[];
  readonly end?: readonly (readonly [at: number, value: number])[];
  /** Of a zip64 end record. */
  readonly zip64?: readonly (readonly [at: number, value: bigint])[];
}

function patched({ local = [], end = [], zip64 }: Patches): Buffer {
  const bytes = zip([PROJECT], zip64 !== undefined);
  for (const [at, value] of local) bytes.writeUInt32LE(value, at);
  for (const [at, value] of end) bytes.writeUInt32LE(value, bytes.length - END_SIZE + at);
  const record = bytes.length - END_SIZE - ZIP64_SIZE;
  for (const [at, value] of zip64 ?? []) bytes.writeBigUInt64LE(value, record + at);
  return bytes;
}

/** End records in a comment, as many as there is room for: the last one ends where the archive does. */
function withComment(): Buffer {
  const bytes = zip([PROJECT]);
  const { end } = partsOf(bytes);
  const comment = Buffer.concat(numbered(2900, () => end));
  for (let at = 0; at < comment.length; at += END_SIZE) comment.writeUInt32LE(0x7fffffff, at + 16);
  const whole = Buffer.concat([bytes, comment]);
  whole.writeUInt16LE(comment.length, bytes.length - 2);
  return whole;
}
