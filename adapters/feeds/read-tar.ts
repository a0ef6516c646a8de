import { FeedUnavailableError, type RecordBatch } from '../../actions/ports.ts';
import { UnreadableRecord } from '../../core/advisory/osv.ts';
import { type TarEntry, TarReader, type TarSink } from '../registry/tar-reader.ts';
import { messageOf, parseRecord, RECORD_LIMIT, tooLarge } from './parse-record.ts';
import { openBytes } from './read-lines.ts';

/** Each `.json` file of a gzipped tar archive as a record. @throws FeedUnavailableError */
export async function* readTar(path: string): AsyncGenerator<RecordBatch> {
  let read: unknown[] = [];
  // Not a stream an entry: an archive has millions of them, and a stream costs more than its record.
  const reader = new TarReader({
    entry: (entry) => sinkOf(path, entry, (record) => read.push(record)),
    problem: (member, reason) => read.push(new UnreadableRecord(`${path}!${member}`, reason)),
  });
  try {
    for await (const chunk of openBytes(path)) {
      reader.push(chunk);
      if (read.length > 0) yield read;
      read = [];
    }
    reader.end();
  } catch (cause) {
    throw new FeedUnavailableError(`${path} breaks off: ${messageOf(cause)}`, { cause });
  }
}

function sinkOf(
  path: string,
  { name, size, typeflag, isSparse }: TarEntry,
  take: (record: unknown) => void,
): TarSink | undefined {
  if (typeflag !== '0' || !name.endsWith('.json')) return undefined;
  const member = `${path}!${name}`;
  if (!isSparse && size <= RECORD_LIMIT) {
    return createSink(size, (bytes) => take(parseRecord(member, bytes)));
  }
  take(isSparse ? new UnreadableRecord(member, 'a sparse file') : tooLarge(member));
  return undefined;
}

/** Hands on the bytes of an entry when they are there; most come in one piece. */
function createSink(size: number, done: (bytes: Uint8Array) => void): TarSink {
  let bytes: Buffer | undefined;
  let at = 0;
  return {
    write(piece) {
      if (piece.length === size) return done(piece);
      bytes ??= Buffer.allocUnsafe(size);
      at += piece.copy(bytes, at);
      if (at === size) done(bytes);
    },
    end() {
      if (size === 0) done(Buffer.alloc(0));
    },
  };
}
