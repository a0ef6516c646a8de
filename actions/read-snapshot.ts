import {
  type AskedBlock,
  type BlockRef,
  blocksWith,
  linesByKey,
  unpackBlock,
} from '../core/advisory/block.ts';
import { cleanId } from '../core/advisory/clean-id.ts';
import type { AdvisoryEntry, LookupKey } from '../core/advisory/entry.ts';
import {
  type DecodingOptions,
  decodeLines,
  encodeKey,
  OLDER_SNAPSHOT_FORMATS,
  SNAPSHOT_FORMAT,
  type SnapshotIndex,
} from '../core/advisory/snapshot.ts';
import { decodeObject } from '../core/object/json-object.ts';
import { ObjectMissingError, type ObjectStore } from './ports.ts';
import { mapLimited } from './stored-objects.ts';

/** One state of a feed, read block by block as it is asked. */
interface Snapshot {
  readonly feed: string;
  readonly id: string;
  /** Distinct records. */
  readonly records: number;
  /** Ecosystems that it speaks of. */
  readonly ecosystems: readonly string[];
  /**
   * Reads the entries of all keys at once, for the answer to be asked of each; they are made
   * anew whenever it is asked, so that nobody has to hold them all.
   *
   * @throws ObjectMissingError, MalformedObjectError, which the answer throws too
   */
  lookup(
    keys: readonly LookupKey[],
    options?: DecodingOptions,
  ): Promise<(key: LookupKey) => readonly AdvisoryEntry[]>;
  /** The lines of all keys (`encodeKey`) that it has any of, to be read by `decodeLines`. @throws as `lookup` */
  lines(keys: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Whether the feed had a record of that id, whatever it is about. @throws as `lookup` */
  hasRecord(id: string): Promise<boolean>;
  /** Which of these ids it has a record of. @throws as `lookup` */
  recordsAmong(ids: Iterable<string>): Promise<ReadonlySet<string>>;
  /** The ids of all records, sorted by UTF-16 code units, in batches. @throws as `lookup` */
  recordIds(): AsyncIterable<readonly string[]>;
}

/** Asked for a key that was not looked up: silence would read as "no advisories". */
export class KeyNotLookedUpError extends Error {
  override readonly name = 'KeyNotLookedUpError';

  constructor(key: LookupKey) {
    super(`not looked up: ${JSON.stringify(key)}`);
  }
}

/** Neighbouring blocks are read in one range, up to so many bytes. */
const RANGE_LIMIT = 8 * 1024 * 1024;

/** So many bytes between two blocks are read with them: another question takes longer. */
const GAP_LIMIT = 16 * 1024;

/** Ranges read at once. */
const RANGES_AT_ONCE = 4;

/** Opens a snapshot by its key; reads its index alone. @throws ObjectMissingError, MalformedObjectError */
export async function openSnapshot(objects: ObjectStore, key: string): Promise<Snapshot> {
  const bytes = await objects.get(key);
  if (!bytes) throw new ObjectMissingError(key);
  const index = decodeObject<SnapshotIndex>(SNAPSHOT_FORMAT, bytes, OLDER_SNAPSHOT_FORMATS);
  return {
    feed: index.feed,
    id: index.id,
    records: index.records,
    ecosystems: index.ecosystems,
    lookup: (keys, options) => lookup(objects, index, keys, options),
    lines: (keys) => readKeys(objects, index, keys),
    hasRecord: async (id) => (await findRecords(objects, index, [id])).size > 0,
    recordsAmong: (ids) => findRecords(objects, index, ids),
    recordIds: () => readAllLines(objects, index.blocks, index.ids),
  };
}

/** The lines of all blocks in their order, a range at a time. @throws ObjectMissingError, MalformedObjectError */
export async function* readAllLines(
  objects: ObjectStore,
  key: string,
  refs: readonly BlockRef[],
): AsyncGenerator<string[]> {
  for (const range of rangesOf(refs.map((ref) => ({ ref, keys: [] }))))
    yield await readRange(objects, key, range, linesOf);
}

async function findRecords(
  objects: ObjectStore,
  index: SnapshotIndex,
  ids: Iterable<string>,
): Promise<ReadonlySet<string>> {
  const clean = new Map([...ids].map((id) => [cleanId(id), id]));
  const lines = await readLines(objects, index.blocks, index.ids, [...clean.keys()], (line) =>
    clean.has(line),
  );
  return new Set(lines.flatMap((line) => clean.get(line) ?? []));
}

async function lookup(
  objects: ObjectStore,
  index: SnapshotIndex,
  keys: readonly LookupKey[],
  options?: DecodingOptions,
): Promise<(key: LookupKey) => readonly AdvisoryEntry[]> {
  const asked = new Set(keys.map(encodeKey));
  const found = await readKeys(objects, index, [...asked]);
  return (key) => {
    const encoded = encodeKey(key);
    if (!asked.has(encoded)) throw new KeyNotLookedUpError(key);
    const lines = found.get(encoded);
    return lines === undefined ? [] : decodeLines(index.feed, lines, options);
  };
}

async function readKeys(
  objects: ObjectStore,
  { blocks, entries }: SnapshotIndex,
  keys: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const ranges = await mapLimited(rangesWith(entries, keys), RANGES_AT_ONCE, (range) =>
    readRange(objects, blocks, range, linesByKey),
  );
  const found = new Map<string, string>();
  for (const range of ranges) {
    for (const [key, lines] of range) {
      const known = found.get(key);
      // One key may begin in the tail of a block and fill the next.
      found.set(key, known === undefined ? lines : `${known}\n${lines}`);
    }
  }
  return found;
}

/** The lines that are wanted of the blocks that may hold one of `keys`, in order. */
export async function readLines(
  objects: ObjectStore,
  key: string,
  refs: readonly BlockRef[],
  keys: readonly string[],
  isWanted: (line: string) => boolean = () => true,
): Promise<string[]> {
  const lines = await mapLimited(rangesWith(refs, keys), RANGES_AT_ONCE, (range) =>
    readRange(objects, key, range, (block) => linesOf(block).filter(isWanted)),
  );
  return lines.flat();
}

/** The blocks that may hold one of `keys`. */
function rangesWith(refs: readonly BlockRef[], keys: readonly string[]): AskedBlock[][] {
  return rangesOf(blocksWith(refs, [...new Set(keys)].sort()));
}

/** Blocks that lie side by side, or nearly so, together. */
function rangesOf(blocks: readonly AskedBlock[]): AskedBlock[][] {
  const ranges: AskedBlock[][] = [];
  let [start, end] = [0, -1];
  for (const block of blocks) {
    const [, from, to] = block.ref;
    const joins = end >= 0 && from - end <= GAP_LIMIT && to - start <= RANGE_LIMIT;
    if (joins) ranges.at(-1)?.push(block);
    else {
      ranges.push([block]);
      start = from;
    }
    end = to;
  }
  return ranges;
}

/** What `take` makes of each block. */
async function readRange<Taken>(
  objects: ObjectStore,
  key: string,
  range: readonly AskedBlock[],
  take: (block: Buffer, keys: readonly string[]) => readonly Taken[],
): Promise<Taken[]> {
  const start = range[0]?.ref[1] ?? 0;
  const bytes = await objects.getRange(key, start, range.at(-1)?.ref[2] ?? start);
  return range.flatMap(({ ref: [, from, to], keys }) =>
    take(unpackBlock(bytes.subarray(from - start, to - start)), keys),
  );
}

function linesOf(block: Buffer): string[] {
  return block.toString('utf8').split('\n');
}
