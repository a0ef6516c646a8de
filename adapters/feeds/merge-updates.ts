import type { RecordBatch } from '../../actions/ports.ts';
import {
  type AmazonRelease,
  alasRecord,
  releaseOfUpdate,
  type Update,
} from '../../core/advisory/alas.ts';
import { createLineSorter, type LineSorter } from '../../core/advisory/line-sorter.ts';
import { PassedOver, UnreadableRecord } from '../../core/advisory/osv.ts';
import { readUpdateinfo } from './read-updateinfo.ts';

/**
 * Keeps the updates of a list in `lines`, to be merged; hands on what is none. `where` stands for
 * the file in what cannot be read.
 *
 * @throws FeedUnavailableError
 */
export async function* sortUpdates(
  path: string,
  lines: LineSorter,
  where: string = path,
): AsyncGenerator<RecordBatch> {
  for await (const update of readUpdateinfo(path)) {
    if (update instanceof PassedOver) yield [update];
    else if (update instanceof UnreadableRecord) yield [new UnreadableRecord(where, update.reason)];
    else {
      lines.add(`${update.id}\t${JSON.stringify(update)}`);
      if (lines.isFull()) await lines.spill();
    }
  }
}

/** OSV records of all updates that were sorted, those of one id together; `recordOf` makes one. */
export async function* mergeUpdates(
  lines: LineSorter,
  recordOf: (updates: readonly Update[]) => unknown,
): AsyncGenerator<RecordBatch> {
  let group: Update[] = [];
  for await (const batch of lines.sorted()) {
    const records: unknown[] = [];
    for (const line of batch) {
      // We wrote it, a moment ago.
      const update: Update = JSON.parse(line.slice(line.indexOf('\t') + 1));
      if (group.length > 0 && group[0]?.id !== update.id) {
        records.push(recordOf(group));
        group = [];
      }
      group.push(update);
    }
    if (records.length > 0) yield records;
  }
  if (group.length > 0) yield [recordOf(group)];
}

/** The updates of a list on this machine: of which release they are is what their packages say. */
export async function* readUpdates(path: string): AsyncGenerator<RecordBatch> {
  const lines = createLineSorter();
  yield* sortUpdates(path, lines);
  yield* mergeUpdates(lines, (updates) => recordOfAnyRelease(path, updates));
}

function recordOfAnyRelease(path: string, updates: readonly Update[]): unknown {
  const release: AmazonRelease | undefined = releaseOfUpdate(updates);
  if (release) return alasRecord(release, updates);
  return new UnreadableRecord(
    path,
    `${updates[0]?.id}: of no release of Amazon Linux that is read`,
  );
}
