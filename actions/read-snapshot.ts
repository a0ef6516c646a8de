import { type BlockRef, blocksWith, unpackBlock } from '../core/advisory/block.ts';
import { cleanId } from '../core/advisory/clean-id.ts';
import type { AdvisoryEntry, LookupKey } from '../core/advisory/entry.ts';
import {
  createLineDecoder,
  encodeKey,
  keyOfLine,
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
   * Reads the entries of all keys at once, for the answer to be asked of each.
   *
   * @throws ObjectMissingError, MalformedObjectError
   */
  lookup(
    keys: readonly LookupKey[],
    options?: LookupOptions,
  ): Promise<(key: LookupKey) => readonly AdvisoryEntry[]>;
  /** Whether the feed had a record of that id, whatever it is about. @throws as `lookup` */
  hasRecord(id: string): Promise<boolean>;
  /** Which of these ids it has a record of. @throws as `lookup` */
  recordsAmong(ids: Iterable<string>): Promise<ReadonlySet<string>>;
  /** The ids of all records, sorted by UTF-16 code units, in batches. @throws as `lookup` */
  recordIds(): AsyncIterable<readonly string[]>;
}

/** What of entries is read. */
interface LookupOptions {
  /** Which components they are about too: to explain a match, not to make one. */
  readonly withComponents?: boolean;
}

/** Asked for a key that was not looked up: silence would read as "no advisories". */
export class KeyNotLookedUpError extends Error {
  override readonly name = 'KeyNotLookedUpError';
}

/** Neighbouring blocks are read in one range, up to so many bytes. */
const RANGE_LIMIT = 8 * 1024 * 1024;

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
  for (const range of rangesOf(refs)) yield await readRange(objects, key, range);
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
  { withComponents = false }: LookupOptions = {},
): Promise<(key: LookupKey) => readonly AdvisoryEntry[]> {
  const found = new Map<string, AdvisoryEntry[]>(keys.map((key) => [encodeKey(key), []]));
  const decode = createLineDecoder(index.feed, { withComponents });
  for (const line of await readLines(objects, index.blocks, index.entries, [...found.keys()])) {
    found.get(keyOfLine(line))?.push(decode(line));
  }
  return (key) => {
    const entries = found.get(encodeKey(key));
    if (!entries) throw new KeyNotLookedUpError(`not looked up: ${JSON.stringify(key)}`);
    return entries;
  };
}

/** The lines that are wanted of the blocks that may hold one of `keys`, in order. */
export async function readLines(
  objects: ObjectStore,
  key: string,
  refs: readonly BlockRef[],
  keys: readonly string[],
  isWanted: (line: string) => boolean = () => true,
): Promise<string[]> {
  const wanted = new Set(keys.flatMap((each) => blocksWith(refs, each)));
  const ranges = rangesOf(refs.filter((_, index) => wanted.has(index)));
  const lines = await mapLimited(ranges, RANGES_AT_ONCE, async (range) =>
    (await readRange(objects, key, range)).filter(isWanted),
  );
  return lines.flat();
}

/** Blocks that lie side by side, together. */
function rangesOf(refs: readonly BlockRef[]): BlockRef[][] {
  const ranges: BlockRef[][] = [];
  for (const ref of refs) {
    const range = ranges.at(-1);
    const joins = range?.at(-1)?.[2] === ref[1] && ref[2] - (range[0]?.[1] ?? 0) <= RANGE_LIMIT;
    if (joins) range?.push(ref);
    else ranges.push([ref]);
  }
  return ranges;
}

async function readRange(
  objects: ObjectStore,
  key: string,
  refs: readonly BlockRef[],
): Promise<string[]> {
  const start = refs[0]?.[1] ?? 0;
  const bytes = await objects.getRange(key, start, refs.at(-1)?.[2] ?? start);
  const blocks: string[][] = [];
  for (const [, from, to] of refs) {
    blocks.push(await unpackBlock(bytes.subarray(from - start, to - start)));
  }
  return blocks.flat();
}
