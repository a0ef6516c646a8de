import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { RecordBatch } from '../../actions/ports.ts';
import { UnreadableRecord } from '../../core/advisory/osv.ts';
import { ARCHIVE_ENDINGS } from './archive-name.ts';
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
    else if (mayHoldAdvisories(entry.name)) yield [new UnreadableRecord(path, NOT_OF_A_FOLDER)];
  }
}

const NOT_OF_A_FOLDER = 'an archive or list in a folder is not read: name the file itself';

/** An archive beside records may be the same ones or others: which is for whoever put it there to say. */
function mayHoldAdvisories(name: string): boolean {
  const { zip, tar, lines } = ARCHIVE_ENDINGS;
  return [zip, tar, lines, /updateinfo\.xml\.\w+$/i].some((ending) => ending.test(name));
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
