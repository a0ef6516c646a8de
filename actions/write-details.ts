import { type Blocks, packBlocks } from '../core/advisory/block.ts';
import { compileDetails } from '../core/advisory/compile-details.ts';
import { DETAILS_FORMAT, encodeDetails, idOfLine } from '../core/advisory/details.ts';
import { createLineSorter } from '../core/advisory/line-sorter.ts';
import { digestOf } from '../core/image/digest.ts';
import { hashOf } from '../core/object/json-object.ts';
import type { ObjectStore, RecordBatch } from './ports.ts';
import type { DetailsIndex } from './read-details.ts';
import { noteNewest, type RecordTally, readCounted } from './record-tally.ts';
import { hexOf, writeObject } from './stored-objects.ts';
import type { WrittenSnapshot } from './write-snapshot.ts';

/** Writes the complete state of a details feed as one immutable snapshot; otherwise as `writeSnapshot`. */
export async function writeDetails(
  objects: ObjectStore,
  feed: string,
  batches: AsyncIterable<RecordBatch>,
  until?: string,
): Promise<WrittenSnapshot> {
  const tally: RecordTally = { malformed: 0, newest: null, problems: [] };
  const lines = createLineSorter();
  for await (const batch of batches) {
    for (const json of batch) {
      const compiled = readCounted(tally, json, compileDetails);
      if (!compiled) continue;
      const { details, modified } = compiled;
      noteNewest(tally, modified, until);
      // Sorted by id, then time: of the same id the last is the newest.
      const [id, rest] = encodeDetails(details).split('\t', 2);
      lines.add(`${id}\t${modified}\t${rest}`);
      if (lines.isFull()) await lines.spill();
    }
  }
  const counted = { records: 0 };
  const blocks = await packBlocks(newestLines(lines.sorted(), counted), idOfLine);
  const ref = await store(objects, feed, counted.records, blocks);
  return { feed, records: counted.records, ...ref, ...tally };
}

/** Each id once, as it was last, without the times. */
async function* newestLines(
  batches: AsyncIterable<readonly string[]>,
  counted: { records: number },
): AsyncGenerator<readonly string[]> {
  let last: { readonly id: string; readonly line: string } | undefined;
  for await (const batch of batches) {
    const lines: string[] = [];
    for (const line of batch) {
      const [id = '', , rest = ''] = line.split('\t', 3);
      if (last && last.id !== id) lines.push(last.line);
      if (last?.id !== id) counted.records++;
      last = { id, line: `${id}\t${rest}` };
    }
    yield lines;
  }
  if (last) yield [last.line];
}

async function store(
  objects: ObjectStore,
  feed: string,
  records: number,
  { refs, bytes: parts, hash }: Blocks,
): Promise<{ readonly id: string; readonly key: string }> {
  const id = hashOf([DETAILS_FORMAT, feed, records, hash]);
  const bytes = Buffer.concat(parts);
  const prefix = `snapshots/${encodeURIComponent(feed)}/${id}`;
  const blocks = `${prefix}.${hexOf(digestOf(bytes)).slice(0, 16)}.blocks`;
  const index: DetailsIndex = { feed, id, records, blocks, refs };
  // The blocks first: an index that is there is one that can be read.
  await objects.put(blocks, bytes);
  return { id, key: await writeObject(objects, DETAILS_FORMAT, `${prefix}.index`, index) };
}
