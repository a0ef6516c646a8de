import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { RecordBatch } from '../../actions/ports.ts';
import { UnreadableRecord } from '../../core/advisory/osv.ts';
import { readUpdates } from './merge-updates.ts';
import { messageOf, parseRecord, RECORD_LIMIT, tooLarge } from './parse-record.ts';
import { isUpdateinfo } from './read-updateinfo.ts';

/** Every `.json` file and every list of updates of a folder and the folders in it, by name; links to folders are not followed. */
export async function* readFolder(folder: string): AsyncGenerator<RecordBatch> {
  const entries = await readdir(folder, { withFileTypes: true });
  entries.sort((left, right) => (left.name < right.name ? -1 : 1));
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* readFolder(path);
    else if (entry.name.endsWith('.json')) yield [await readRecord(path)];
    else if (isUpdateinfo(entry.name)) yield* readUpdates(path);
  }
}

async function readRecord(path: string): Promise<unknown> {
  try {
    const entry = await stat(path);
    if (!entry.isFile()) return new UnreadableRecord(path, 'not a regular file');
    const { size } = entry;
    return size > RECORD_LIMIT ? tooLarge(path) : parseRecord(path, await readFile(path));
  } catch (error) {
    return new UnreadableRecord(path, messageOf(error));
  }
}
