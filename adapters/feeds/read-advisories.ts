import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { RecordBatch } from '../../actions/ports.ts';
import { ARCHIVE_ENDINGS } from './archive-name.ts';
import { readFolder } from './read-folder.ts';
import { readLines } from './read-lines.ts';
import { readTar } from './read-tar.ts';
import { readZip } from './read-zip.ts';

/** A path that holds no advisories in any form that we read. */
export class UnknownAdvisoriesError extends Error {
  override readonly name = 'UnknownAdvisoriesError';
}

type Reader = (path: string) => AsyncIterable<RecordBatch>;

const READERS: readonly (readonly [ending: RegExp, reader: Reader])[] = [
  [ARCHIVE_ENDINGS.zip, readZip],
  [ARCHIVE_ENDINGS.tar, readTar],
  [ARCHIVE_ENDINGS.lines, readLines],
];

/**
 * Reads OSV records, unparsed, from a folder of `.json` files, a `.zip`, a `.tar.gz` or
 * `.tgz` of such, or an `.ndjson` or `.jsonl`, gzipped or not. What is no JSON comes as
 * an `UnreadableRecord` in its place.
 *
 * @throws UnknownAdvisoriesError, FeedUnavailableError when an archive breaks off
 */
export async function* readAdvisories(path: string): AsyncGenerator<RecordBatch> {
  const found = await find(path);
  if (found.isDirectory()) {
    yield* readFolder(path);
    return;
  }
  const reader = READERS.find(([ending]) => ending.test(path))?.[1];
  if (!reader || !found.isFile()) {
    throw new UnknownAdvisoriesError(
      `advisories must be a folder, .zip, .tar.gz, .tgz, .ndjson or .jsonl (or .gz of these), got ${JSON.stringify(path)}`,
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
