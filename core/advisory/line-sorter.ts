import { packTemporary, unpackTemporary } from './block.ts';

/** Sorts more lines than memory would hold as they stand: a batch at a time, kept compressed, merged at the end. */
export interface LineSorter {
  /** Takes a line without line break. */
  add(line: string): void;
  /** Says: `spill` before you add many more. */
  isFull(): boolean;
  /** Sorts and compresses what is held. */
  spill(): Promise<void>;
  /** All lines by UTF-16 code units, in batches; nothing can be added afterwards. */
  sorted(): AsyncIterable<readonly string[]>;
}

/** A sorted run: its lines in compressed chunks. */
type Run = (Uint8Array | undefined)[];

interface Cursor {
  readonly run: Run;
  lines: readonly string[];
  at: number;
  /** Chunk that is being unpacked, ahead of need. */
  next: Promise<readonly string[]> | undefined;
  chunk: number;
}

/** Bytes that are sorted in memory at once. */
const BATCH_SIZE = 4 * 1024 * 1024;
/** Characters of one compressed chunk of a run. */
const CHUNK_SIZE = 96 * 1024;
/** Lines handed out at once. */
const LINES_OUT = 2048;

/** A sorter; `batchSize` (bytes) bounds what it holds uncompressed. */
export function createLineSorter(batchSize = BATCH_SIZE): LineSorter {
  const runs: Run[] = [];
  const batch = createBatch(batchSize);
  let spilling: Promise<void> = Promise.resolve();

  async function spill(): Promise<void> {
    // One batch may be compressed while the next is filled, not more.
    await spilling;
    spilling = packRun(batch.take()).then((run) => void runs.push(run));
  }

  return {
    add: batch.add,
    isFull: () => batch.size() >= batchSize,
    spill,
    async *sorted() {
      if (batch.size() > 0) await spill();
      await spilling;
      yield* merge(runs);
    },
  };
}

/**
 * Lines in the making, as bytes: texts would outlive the collector's young generation, a
 * batch of them at a time, and to move them costs more than to write them down.
 */
function createBatch(batchSize: number) {
  let bytes = Buffer.allocUnsafeSlow(batchSize);
  let end = 0;
  return {
    size: () => end,
    add(line: string): void {
      // UTF-8 has at most three bytes for what UTF-16 has one unit for.
      const needed = end + 3 * line.length + 1;
      if (needed > bytes.length) bytes = grown(bytes, end, needed);
      end += bytes.write(line, end);
      bytes[end++] = LINE_FEED;
    },
    take(): string[] {
      const lines = bytes.toString('utf8', 0, end - 1).split('\n');
      end = 0;
      return lines;
    },
  };
}

const LINE_FEED = 10;

function grown(bytes: Buffer, used: number, needed: number): Buffer<ArrayBuffer> {
  const larger = Buffer.allocUnsafeSlow(Math.max(needed, bytes.length + bytes.length / 4));
  bytes.copy(larger, 0, 0, used);
  return larger;
}

async function packRun(lines: string[]): Promise<Run> {
  lines.sort();
  const chunks: Promise<Uint8Array>[] = [];
  let start = 0;
  let size = 0;
  for (const [index, line] of lines.entries()) {
    size += line.length + 1;
    if (size < CHUNK_SIZE && index < lines.length - 1) continue;
    chunks.push(packTemporary(lines.slice(start, index + 1).join('\n')));
    start = index + 1;
    size = 0;
    // Compressing all at once would hold the batch a second time.
    await chunks.at(-8);
  }
  return Promise.all(chunks);
}

async function* merge(runs: readonly Run[]): AsyncGenerator<readonly string[]> {
  /** By the line they stand at, the lowest last. */
  const cursors: Cursor[] = [];
  for (const run of runs) {
    const cursor: Cursor = { run, lines: [], at: 0, next: undefined, chunk: 0 };
    await refill(cursor);
    insert(cursors, cursor);
  }
  let out: string[] = [];
  for (let lowest = cursors.pop(); lowest; lowest = cursors.pop()) {
    out.push(headOf(lowest));
    lowest.at++;
    if (lowest.at === lowest.lines.length) await refill(lowest);
    if (lowest.lines.length > 0) insert(cursors, lowest);
    if (out.length < LINES_OUT) continue;
    yield out;
    out = [];
  }
  if (out.length > 0) yield out;
}

function insert(cursors: Cursor[], cursor: Cursor): void {
  const line = headOf(cursor);
  let low = 0;
  let high = cursors.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const other = cursors[middle];
    if (other && headOf(other) > line) low = middle + 1;
    else high = middle;
  }
  cursors.splice(low, 0, cursor);
}

function headOf({ lines, at }: Cursor): string {
  return lines[at] ?? '';
}

async function refill(cursor: Cursor): Promise<void> {
  cursor.lines = await (cursor.next ?? unpackChunk(cursor));
  cursor.at = 0;
  cursor.next = cursor.chunk < cursor.run.length ? unpackChunk(cursor) : undefined;
}

async function unpackChunk(cursor: Cursor): Promise<readonly string[]> {
  const bytes = cursor.run[cursor.chunk];
  // Read once: let go of, while the result grows.
  cursor.run[cursor.chunk++] = undefined;
  return bytes ? (await unpackTemporary(bytes)).split('\n') : [];
}
