import { type Blocks, packBlocks } from '../core/advisory/block.ts';
import { cleanId } from '../core/advisory/clean-id.ts';
import { compileRecord } from '../core/advisory/compile-record.ts';
import { createLineSorter, type LineSorter } from '../core/advisory/line-sorter.ts';
import { type OsvRecord, parseOsvRecord } from '../core/advisory/osv.ts';
import { unreadableEvents } from '../core/advisory/read-entry.ts';
import {
  encodeEntry,
  keyOfLine,
  LINES_FORMAT,
  SNAPSHOT_FORMAT,
  type SnapshotIndex,
} from '../core/advisory/snapshot.ts';
import { digestOf } from '../core/image/digest.ts';
import { hashOf } from '../core/object/json-object.ts';
import type { ObjectStore, RecordBatch } from './ports.ts';
import {
  complain,
  createTally,
  noteNewest,
  passedOverIn,
  type RecordTally,
  readCounted,
} from './record-tally.ts';
import { hexOf, writeObject } from './stored-objects.ts';

/** Where a snapshot lies. */
interface SnapshotRef {
  readonly feed: string;
  /** Hash of the sorted contents: the same records give the same id, in any order. */
  readonly id: string;
  /** Of its index; to be given to `openSnapshot`. */
  readonly key: string;
  /** Distinct records. */
  readonly records: number;
}

/** A snapshot and what was not as it should be in the feed. */
export interface WrittenSnapshot extends SnapshotRef {
  /** Records left out because they could not be read. */
  readonly malformed: number;
  /** The newest `modified` that is not after `until`; `null` when there is none. */
  readonly newest: string | null;
  /** The first of what was wrong, each naming its record, file or line. */
  readonly problems: readonly string[];
  /** What the feed holds besides its advisories, by its kind; not there where that is nothing. */
  readonly passedOver?: Readonly<Record<string, number>>;
}

/** Digits of a sequence number, base 36: two thousand million records. */
const SEQUENCE_LENGTH = 6;

/** Digits of a hash that settle which of two states of a record counts that claim the same time. */
const TIE_LENGTH = 8;

/** What has been read of a feed, not yet merged. */
interface Gathered extends RecordTally {
  readonly entries: LineSorter;
  readonly ids: LineSorter;
  sequence: number;
}

/**
 * Writes the complete state of a feed as one immutable snapshot. A record that cannot be
 * read is left out and listed; of an id that comes twice the newest `modified` stays.
 * Whatever the feed's own reading throws passes through, and nothing is written.
 * A `modified` after `until` (RFC 3339) is nobody's newest: a slip of the pen would outlast every later state.
 */
export async function writeSnapshot(
  objects: ObjectStore,
  feed: string,
  batches: AsyncIterable<RecordBatch>,
  until?: string,
): Promise<WrittenSnapshot> {
  const gathered = await gather(feed, batches, until);
  const superseded = new Set<string>();
  const ecosystems = new Set<string>();
  const ids = await packBlocks(newestIds(gathered.ids.sorted(), superseded), (line) => line);
  const entries = await packBlocks(
    withoutSuperseded(gathered.entries.sorted(), superseded, ecosystems),
    keyOfLine,
  );
  const { sequence, malformed, newest, problems } = gathered;
  const ref = await store(objects, {
    feed,
    ecosystems: [...ecosystems].sort(),
    records: sequence - superseded.size,
    ids,
    entries,
  });
  return { ...ref, malformed, newest, problems, ...passedOverIn(gathered) };
}

async function gather(
  feed: string,
  batches: AsyncIterable<RecordBatch>,
  until: string | undefined,
): Promise<Gathered> {
  const gathered: Gathered = {
    entries: createLineSorter(),
    ids: createLineSorter(),
    sequence: 0,
    ...createTally(),
  };
  for await (const batch of batches) {
    for (const json of batch) {
      const record = readCounted(gathered, json, parseOsvRecord);
      if (!record) continue;
      keep(gathered, feed, record, until);
      if (gathered.entries.isFull()) await gathered.entries.spill();
      if (gathered.ids.isFull()) await gathered.ids.spill();
    }
  }
  return gathered;
}

function keep(
  gathered: Gathered,
  feed: string,
  record: OsvRecord,
  until: string | undefined,
): void {
  const sequence = (gathered.sequence++).toString(36).padStart(SEQUENCE_LENGTH, '0');
  const compiled = compileRecord(feed, record);
  for (const entry of compiled) {
    for (const version of unreadableEvents(entry)) {
      complain(
        gathered,
        `${record.id}: an event of ${entry.name} has ${JSON.stringify(version)}, no version of ${entry.ecosystem}; the event is left out`,
      );
    }
    gathered.entries.add(`${encodeEntry(entry)}\t${sequence}`);
  }
  const modified = record.modified ? sortableTime(record.modified) : '';
  noteNewest(gathered, modified, until);
  const tie = (compiled[0]?.hash ?? '').slice(0, TIE_LENGTH);
  gathered.ids.add(`${cleanId(record.id)}\t${modified}\t${tie}\t${sequence}`);
}

/** A date object a record costs more than this look at the usual form. */
const PLAIN_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

/** A time that was checked, in the one form in which times sort as texts. */
function sortableTime(time: string): string {
  return PLAIN_TIME.test(time) ? `${time.slice(0, -1)}.000Z` : new Date(time).toISOString();
}

/** The ids, each once; the sequence numbers of older states of a record go into `superseded`. */
async function* newestIds(
  batches: AsyncIterable<readonly string[]>,
  superseded: Set<string>,
): AsyncGenerator<readonly string[]> {
  let last: { readonly id: string; readonly sequence: string } | undefined;
  for await (const batch of batches) {
    const ids: string[] = [];
    for (const line of batch) {
      const current = {
        id: line.slice(0, line.indexOf('\t')),
        sequence: line.slice(-SEQUENCE_LENGTH),
      };
      // Sorted by id, then `modified`: of the same id the last is the newest.
      if (last?.id === current.id) superseded.add(last.sequence);
      else if (last) ids.push(last.id);
      last = current;
    }
    yield ids;
  }
  if (last) yield [last.id];
}

/** Entries of the newest records, sequence numbers taken off, each line once; takes down their ecosystems. */
async function* withoutSuperseded(
  batches: AsyncIterable<readonly string[]>,
  superseded: ReadonlySet<string>,
  ecosystems: Set<string>,
): AsyncGenerator<readonly string[]> {
  let previous = '';
  for await (const batch of batches) {
    const lines: string[] = [];
    for (const line of batch) {
      if (superseded.size > 0 && superseded.has(line.slice(-SEQUENCE_LENGTH))) continue;
      const entry = line.slice(0, -SEQUENCE_LENGTH - 1);
      if (entry !== previous) lines.push(entry);
      ecosystems.add(entry.slice(0, entry.indexOf('\t')));
      previous = entry;
    }
    yield lines;
  }
}

interface Contents {
  readonly feed: string;
  readonly ecosystems: readonly string[];
  readonly records: number;
  readonly ids: Blocks;
  readonly entries: Blocks;
}

async function store(
  objects: ObjectStore,
  { feed, ecosystems, records, ids, entries }: Contents,
): Promise<SnapshotRef> {
  const id = hashOf([LINES_FORMAT, feed, records, ids.hash, entries.hash]);
  const bytes = Buffer.concat([...ids.bytes, ...entries.bytes]);
  const prefix = `snapshots/${encodeURIComponent(feed)}/${id}`;
  // Another version of zstd packs the same lines otherwise: an index must never meet another's blocks.
  const blocks = `${prefix}.${hexOf(digestOf(bytes)).slice(0, 16)}.blocks`;
  const offset = ids.refs.at(-1)?.[2] ?? 0;
  const index: SnapshotIndex = {
    feed,
    id,
    records,
    ecosystems,
    blocks,
    ids: ids.refs,
    entries: entries.refs.map(([first, start, end]) => [first, start + offset, end + offset]),
  };
  // The blocks first: an index that is there is one that can be read.
  await objects.put(blocks, bytes);
  const key = await writeObject(objects, SNAPSHOT_FORMAT, `${prefix}.index`, index);
  return { feed, id, key, records };
}
