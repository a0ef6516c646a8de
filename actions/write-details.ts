import { type Blocks, packBlocks } from '../core/advisory/block.ts';
import { compileDetails } from '../core/advisory/compile-details.ts';
import {
  DETAILS_FORMAT,
  DETAILS_LINES_FORMAT,
  encodeDetails,
  idOfLine,
} from '../core/advisory/details.ts';
import {
  compileLikelihood,
  SCORES_FORMAT,
  SCORES_LINES_FORMAT,
} from '../core/advisory/likelihood.ts';
import { createLineSorter } from '../core/advisory/line-sorter.ts';
import { digestOf } from '../core/image/digest.ts';
import { hashOf } from '../core/object/json-object.ts';
import type { ObjectStore, RecordBatch } from './ports.ts';
import type { DetailsIndex } from './read-details.ts';
import { createTally, noteNewest, readCounted } from './record-tally.ts';
import { hexOf, writeObject } from './stored-objects.ts';
import type { WrittenSnapshot } from './write-snapshot.ts';

/** How records that are kept by their vulnerability's id become lines. */
interface Kept {
  readonly format: string;
  /** Of the lines. */
  readonly lines: string;
  /** The id, a tab, the rest; and when that was last changed. @throws MalformedAdvisoryError */
  compile(json: unknown): { readonly line: string; readonly modified: string };
}

const DETAILS: Kept = {
  format: DETAILS_FORMAT,
  lines: DETAILS_LINES_FORMAT,
  compile(json) {
    const { details, modified } = compileDetails(json);
    return { line: encodeDetails(details), modified };
  },
};

const SCORES: Kept = {
  format: SCORES_FORMAT,
  lines: SCORES_LINES_FORMAT,
  compile: compileLikelihood,
};

/** Writes the complete state of a details feed as one immutable snapshot; otherwise as `writeSnapshot`. */
export function writeDetails(
  objects: ObjectStore,
  feed: string,
  batches: AsyncIterable<RecordBatch>,
  until?: string,
): Promise<WrittenSnapshot> {
  return writeById(objects, DETAILS, feed, { batches, until });
}

/** The same of a feed of scores. */
export function writeScores(
  objects: ObjectStore,
  feed: string,
  batches: AsyncIterable<RecordBatch>,
  until?: string,
): Promise<WrittenSnapshot> {
  return writeById(objects, SCORES, feed, { batches, until });
}

async function writeById(
  objects: ObjectStore,
  kept: Kept,
  feed: string,
  {
    batches,
    until,
  }: { readonly batches: AsyncIterable<RecordBatch>; readonly until: string | undefined },
): Promise<WrittenSnapshot> {
  const tally = createTally();
  const lines = createLineSorter();
  for await (const batch of batches) {
    for (const json of batch) {
      const compiled = readCounted(tally, json, kept.compile);
      if (!compiled) continue;
      const { line, modified } = compiled;
      noteNewest(tally, modified, until);
      // Sorted by id, then time: of the same id the last is the newest.
      const [id, rest] = line.split('\t', 2);
      lines.add(`${id}\t${modified}\t${rest}`);
      if (lines.isFull()) await lines.spill();
    }
  }
  const counted = { records: 0 };
  const blocks = await packBlocks(newestLines(lines.sorted(), counted), idOfLine);
  const ref = await store(objects, { kept, feed, records: counted.records }, blocks);
  const { malformed, newest, problems } = tally;
  return { feed, records: counted.records, ...ref, malformed, newest, problems };
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

interface Contents {
  readonly kept: Kept;
  readonly feed: string;
  readonly records: number;
}

async function store(
  objects: ObjectStore,
  { kept, feed, records }: Contents,
  { refs, bytes: parts, hash }: Blocks,
): Promise<{ readonly id: string; readonly key: string }> {
  const id = hashOf([kept.lines, feed, records, hash]);
  const bytes = Buffer.concat(parts);
  const prefix = `snapshots/${encodeURIComponent(feed)}/${id}`;
  const blocks = `${prefix}.${hexOf(digestOf(bytes)).slice(0, 16)}.blocks`;
  const index: DetailsIndex = { feed, id, records, blocks, refs };
  // The blocks first: an index that is there is one that can be read.
  await objects.put(blocks, bytes);
  return { id, key: await writeObject(objects, kept.format, `${prefix}.index`, index) };
}
