import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { RecordBatch } from '../../actions/ports.ts';
import { ARCHIVE_ENDINGS } from './archive-name.ts';
import { readUpdates } from './merge-updates.ts';
import { readFolder } from './read-folder.ts';
import { readLines } from './read-lines.ts';
import { readTar } from './read-tar.ts';
import { isUpdateinfo } from './read-updateinfo.ts';
import { readZip } from './read-zip.ts';

/** A path that holds no advisories in any form that we read. */
export class UnknownAdvisoriesError extends Error {
  override readonly name = 'UnknownAdvisoriesError';
}

type Reader = (path: string) => AsyncIterable<RecordBatch>;

const READERS: readonly (readonly [isOurs: (path: string) => boolean, reader: Reader])[] = [
  [(path) => ARCHIVE_ENDINGS.zip.test(path), readZip],
  [(path) => ARCHIVE_ENDINGS.tar.test(path), readTar],
  [(path) => ARCHIVE_ENDINGS.lines.test(path), readLines],
  [isUpdateinfo, readUpdates],
];

/**
 * Reads OSV records, unparsed, from a folder of `.json` files, a `.zip`, a `.tar.gz` or
 * `.tgz` of such, or an `.ndjson` or `.jsonl`, gzipped or not; and Amazon Linux's from an
 * `updateinfo.xml`, packed or not, as its feed does. What is no JSON comes as an `UnreadableRecord`
 * in its place.
 *
 * @throws UnknownAdvisoriesError, FeedUnavailableError when an archive breaks off
 */
export async function* readAdvisories(path: string): AsyncGenerator<RecordBatch> {
  const found = await find(path);
  if (found.isDirectory()) {
    yield* readFolder(path);
    return;
  }
  const reader = READERS.find(([isOurs]) => isOurs(path))?.[1];
  if (!reader || !found.isFile()) {
    throw new UnknownAdvisoriesError(
      `advisories must be a folder, .zip, .tar.gz, .tgz, .ndjson or .jsonl (or .gz of these), or updateinfo.xml (or .gz or .zst of it), got ${JSON.stringify(path)}`,
    );
  }
  yield* reader(path);
}

async function find(path: string): Promise<Stats> {
  try {
    return await stat(path);
  } catch (cause) {
    throw new UnknownAdvisoriesError(`no advisories at ${JSON.stringify(path)}`, { cause });
  }
}
