import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { extract, type Header } from 'tar-stream';
import { FeedUnavailableError } from '../../actions/ports.ts';
import { messageOf, parseRecord, RECORD_LIMIT, tooLarge } from './parse-record.ts';
import { openBytes } from './read-lines.ts';

/** Each `.json` file of a gzipped tar archive as a record. @throws FeedUnavailableError */
export async function* readTar(path: string): AsyncGenerator<unknown> {
  const archive = extract();
  // An error of the file or of gzip destroys the archive, and the reader meets it there.
  pipeline(Readable.from(openBytes(path)), archive).catch(() => {});
  try {
    for await (const entry of archive) {
      const member = `${path}!${entry.header.name}`;
      if (!isRecord(entry.header)) entry.resume();
      else if ((entry.header.size ?? 0) > RECORD_LIMIT) {
        entry.resume();
        yield tooLarge(member);
      } else yield parseRecord(member, await collect(entry));
    }
  } catch (cause) {
    throw new FeedUnavailableError(`${path} breaks off: ${messageOf(cause)}`, { cause });
  }
}

function isRecord({ type, name }: Header): boolean {
  return type === 'file' && name.endsWith('.json');
}

async function collect(chunks: AsyncIterable<unknown>): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const chunk of chunks) {
    if (!Buffer.isBuffer(chunk)) throw new TypeError(`expected bytes, got ${typeof chunk}`);
    parts.push(chunk);
  }
  return Buffer.concat(parts);
}
