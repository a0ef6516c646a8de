import { createReadStream } from 'node:fs';
import type { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { FeedUnavailableError, type RecordBatch } from '../../actions/ports.ts';
import { messageOf, parseRecord, RECORD_LIMIT, tooLarge } from './parse-record.ts';

const LINE_FEED = 10;
const READ_SIZE = 256 * 1024;

/** Each line of a file, gzipped or not, as a record; empty lines are none. @throws FeedUnavailableError */
export async function* readLines(path: string): AsyncGenerator<RecordBatch> {
  let number = 0;
  try {
    for await (const lines of splitLines(openBytes(path))) {
      const batch: unknown[] = [];
      for (const line of lines) {
        number++;
        if (line === undefined) batch.push(tooLarge(`${path}:${number}`));
        else if (!isBlank(line)) batch.push(parseRecord(`${path}:${number}`, line));
      }
      if (batch.length > 0) yield batch;
    }
  } catch (cause) {
    throw new FeedUnavailableError(`${path} breaks off: ${messageOf(cause)}`, { cause });
  }
}

/** The bytes of a file, unpacked when its name ends in `gz` or `zst`. */
export function openBytes(path: string): AsyncIterable<Buffer> {
  const file = createReadStream(path, { highWaterMark: READ_SIZE });
  const unpack = unpackerOf(path);
  if (!unpack) return file;
  // An error of the file destroys the pipe, and the reader meets it there.
  pipeline(file, unpack).catch(() => {});
  return unpack;
}

function unpackerOf(path: string): Transform | undefined {
  if (/gz$/i.test(path)) return createGunzip({ chunkSize: READ_SIZE });
  if (/\.zst$/i.test(path)) return createZstdDecompress({ chunkSize: READ_SIZE });
  return undefined;
}

/** Lines without their breaks, those of a chunk at once; `undefined` for one above the limit, which is skipped. */
export async function* splitLines(
  chunks: AsyncIterable<Buffer>,
): AsyncGenerator<readonly (Buffer | undefined)[]> {
  let rest = createRest();
  for await (const chunk of chunks) {
    const lines: (Buffer | undefined)[] = [];
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
      rest.add(chunk.subarray(start, end));
      lines.push(rest.line());
      rest = createRest();
      start = end + 1;
    }
    rest.add(chunk.subarray(start));
    yield lines;
  }
  if (rest.size() > 0) yield [rest.line()];
}

/** A line in the making: kept until it is above the limit, then only counted. */
function createRest() {
  let parts: Buffer[] = [];
  let size = 0;
  return {
    add(part: Buffer): void {
      size += part.length;
      if (size > RECORD_LIMIT) parts = [];
      else if (part.length > 0) parts.push(part);
    },
    size: () => size,
    line(): Buffer | undefined {
      if (size > RECORD_LIMIT) return undefined;
      return parts.length === 1 ? parts[0] : Buffer.concat(parts);
    },
  };
}

function isBlank(line: Buffer): boolean {
  return line.length === 0 || (line.length < 16 && line.toString('latin1').trim() === '');
}
