import { execFile } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import * as zlib from 'node:zlib';
import { type ExpectedLayer, readLayer } from '../adapters/registry/read-layer.ts';
import { digestOf } from '../core/image/digest.ts';
import type { BenchRow } from './measure.ts';
import { createRandom } from './random.ts';

type Expected = Readonly<Record<Format, ExpectedLayer>>;

/** What a child process is to do: write the layer in every format, or read it in one. */
type Task =
  | { readonly way: 'write'; readonly folder: string }
  | {
      readonly way: 'bare' | 'read';
      readonly path: string;
      readonly format: Format;
      readonly expected: ExpectedLayer;
    };

/** What one child process measured. */
interface Measurement {
  readonly seconds: number;
  /** Unpacked. */
  readonly megabytes: number;
  /** Peak resident set, bytes. */
  readonly rss: number;
}

const FORMATS = ['gzip', 'zstd', 'plain'] as const;
type Format = (typeof FORMATS)[number];

const MEDIA_TYPES: Readonly<Record<Format, string>> = {
  gzip: 'application/vnd.oci.image.layer.v1.tar+gzip',
  zstd: 'application/vnd.oci.image.layer.v1.tar+zstd',
  plain: 'application/vnd.oci.image.layer.v1.tar',
};

const SOURCE = fileURLToPath(import.meta.url);
const run = promisify(execFile);

/** Of each way: the best of these, since other work on the machine only ever slows down. */
const ROUNDS = 5;

/** Entries of the synthetic layer; their sizes add up to some 220 MB. */
const ENTRIES = 12_000;

/**
 * Layer reading (both hashes, file table, wanted files) against bare decompression of the
 * same blob, each in a process of its own: MB of archive per second, share, peak memory.
 */
export async function benchLayers(): Promise<BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'tidewatch-layers-'));
  try {
    // By a child too: a parent's peak memory counts as its children's.
    const written: Expected = await runChild(SOURCE, { way: 'write', folder });
    const program = await bundle(folder);
    const rows: BenchRow[] = [];
    for (const format of FORMATS) {
      rows.push(...(await benchFormat(program, join(folder, format), format, written[format])));
    }
    return rows;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** As Lambda has it: stripping types as Node loads the sources takes memory too. */
async function bundle(folder: string): Promise<string> {
  const program = join(folder, 'layers.mjs');
  const options = [
    '--bundle',
    '--minify',
    '--platform=node',
    '--format=esm',
    '--external:tar-stream',
  ];
  await run('node_modules/.bin/esbuild', [SOURCE, ...options, `--outfile=${program}`]);
  return program;
}

async function benchFormat(
  program: string,
  path: string,
  format: Format,
  expected: ExpectedLayer,
): Promise<BenchRow[]> {
  const bare: Measurement[] = [];
  const read: Measurement[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    bare.push(await runChild(program, { way: 'bare', path, format, expected }));
    read.push(await runChild(program, { way: 'read', path, format, expected }));
  }
  const megabytes = Math.max(...read.map((each) => each.megabytes));
  const fastest = (all: readonly Measurement[]) => Math.min(...all.map(({ seconds }) => seconds));
  const name = `read a ${format} layer`;
  return [
    {
      name,
      value: megabytes / fastest(read),
      unit: 'MB/s',
      note: `bare ${(megabytes / fastest(bare)).toFixed(0)} MB/s, ${megabytes.toFixed(0)} MB unpacked`,
    },
    { name: `${name}, of bare`, value: (100 * fastest(bare)) / fastest(read), unit: '%' },
    {
      name: `${name}, peak memory`,
      value: Math.max(...read.map(({ rss }) => rss)) / 1e6,
      unit: 'MB',
      note: `bare ${(Math.max(...bare.map(({ rss }) => rss)) / 1e6).toFixed(0)} MB`,
    },
  ];
}

/** Runs this file, or a bundle of it, as a program; see the end. */
async function runChild<Result>(program: string, task: Task): Promise<Result> {
  const { stdout } = await run(process.execPath, [program, JSON.stringify(task)]);
  return JSON.parse(stdout);
}

async function runTask(task: Task): Promise<Expected | Measurement> {
  if (task.way === 'write') return writeLayers(task.folder);
  const blob = createReadStream(task.path, { highWaterMark: 64 * 1024 });
  const start = performance.now();
  const bytes =
    task.way === 'read'
      ? (await readLayer(blob, task.expected)).unpackedSize
      : await decompressBare(blob, task.format);
  const seconds = (performance.now() - start) / 1000;
  return { seconds, megabytes: bytes / 1e6, rss: process.resourceUsage().maxRSS * 1024 };
}

async function writeLayers(folder: string): Promise<Expected> {
  const tar = await synthesizeLayer();
  const diffId = digestOf(tar);
  const write = async (format: Format): Promise<ExpectedLayer> => {
    const blob = compress(tar, format);
    await writeFile(join(folder, format), blob);
    return { digest: digestOf(blob), size: blob.length, mediaType: MEDIA_TYPES[format], diffId };
  };
  return { gzip: await write('gzip'), zstd: await write('zstd'), plain: await write('plain') };
}

async function decompressBare(blob: AsyncIterable<Buffer>, format: Format): Promise<number> {
  let bytes = 0;
  const count = async (source: AsyncIterable<Buffer>) => {
    for await (const chunk of source) bytes += chunk.length;
  };
  const options = { chunkSize: 128 * 1024 };
  if (format === 'gzip') await pipeline(blob, zlib.createGunzip(options), count);
  else if (format === 'zstd') await pipeline(blob, zlib.createZstdDecompress(options), count);
  else await count(blob);
  return bytes;
}

function compress(tar: Buffer, format: Format): Buffer {
  if (format === 'gzip') return zlib.gzipSync(tar);
  return format === 'zstd' ? zlib.zstdCompressSync(tar) : tar;
}

/** Many small files and a few large ones, half noise and half text: packs to about 40 %, as real layers do. */
async function synthesizeLayer(): Promise<Buffer> {
  const random = createRandom(2026);
  const content = createContent(random);
  // Here alone: a measured process must not carry it.
  const { pack } = await import('tar-stream');
  const archive = pack();
  const chunks: Buffer[] = [];
  const collecting = (async () => {
    for await (const chunk of archive as AsyncIterable<Buffer>) chunks.push(chunk);
  })();
  for (let index = 0; index < ENTRIES; index += 1) {
    // From 100 bytes to 80 KB, and some libraries of 4 MB.
    const isLarge = index % 600 === 0;
    const size = isLarge ? 4_000_000 : Math.floor(100 * 10 ** (2.9 * random()));
    const at = Math.floor(random() * (content.length - size));
    const wanted = index % 50 === 1 ? `p${index}-1.0.dist-info/METADATA` : `file-${index}.bin`;
    const name = `usr/lib/folder-${index % 97}/${wanted}`;
    archive.entry({ name, mtime: new Date(0) }, content.subarray(at, at + size));
  }
  archive.finalize();
  await collecting;
  return Buffer.concat(chunks);
}

function createContent(random: () => number): Buffer {
  const content = Buffer.alloc(16 * 1024 * 1024);
  const words = Array.from({ length: 500 }, () =>
    random()
      .toString(36)
      .slice(2, 4 + random() * 8),
  );
  for (let at = 0; at < content.length; at += 1024) {
    if (random() < 0.3) {
      for (let i = 0; i < 1024; i += 4)
        content.writeUInt32LE(Math.floor(random() * 2 ** 32), at + i);
    } else {
      const text = Array.from({ length: 200 }, () => words[Math.floor(random() * 500)]).join(' ');
      content.write(text, at, 1024, 'latin1');
    }
  }
  return content;
}

// The child process of `measure`.
const [, program, task] = process.argv;
if (task && program === SOURCE) {
  process.stdout.write(JSON.stringify(await runTask(JSON.parse(task))));
}
