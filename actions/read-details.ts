import type { BlockRef } from '../core/advisory/block.ts';
import { cleanId } from '../core/advisory/clean-id.ts';
import {
  DETAILS_FORMAT,
  type Details,
  decodeDetails,
  idOfLine,
  OLDER_DETAILS_FORMATS,
} from '../core/advisory/details.ts';
import {
  decodeLikelihood,
  type Likelihood,
  OLDER_SCORES_FORMATS,
  SCORES_FORMAT,
} from '../core/advisory/likelihood.ts';
import type { FeedState } from '../core/run/run.ts';
import type { ObjectStore } from './ports.ts';
import { readAllLines, readLines } from './read-snapshot.ts';
import { readObject } from './stored-objects.ts';

/** The sparse index of a snapshot that is kept by vulnerability: of details, or of scores. */
export interface DetailsIndex {
  readonly feed: string;
  /** Hash of the sorted contents. */
  readonly id: string;
  /** Distinct records. */
  readonly records: number;
  /** Key of the object that holds all blocks. */
  readonly blocks: string;
  /** By id. */
  readonly refs: readonly BlockRef[];
}

/** One state of such a feed, of which only the blocks that are asked for are read. */
interface SnapshotById<Value> {
  /** What it says of those ids that it has, by id. @throws ObjectMissingError, MalformedObjectError */
  lookup(ids: readonly string[]): Promise<ReadonlyMap<string, Value>>;
  /** As `Snapshot.hasRecord`. */
  hasRecord(id: string): Promise<boolean>;
  /** As `Snapshot.recordIds`. */
  recordIds(): AsyncIterable<readonly string[]>;
}

/** Opens a details snapshot by its key; reads its index alone. @throws ObjectMissingError, MalformedObjectError */
export function openDetails(objects: ObjectStore, key: string): Promise<SnapshotById<Details>> {
  return openById(objects, key, {
    formats: [DETAILS_FORMAT, ...OLDER_DETAILS_FORMATS],
    decode: decodeDetails,
  });
}

/** The same of a scores snapshot. */
export function openScores(objects: ObjectStore, key: string): Promise<SnapshotById<Likelihood>> {
  return openById(objects, key, {
    formats: [SCORES_FORMAT, ...OLDER_SCORES_FORMATS],
    decode: decodeLikelihood,
  });
}

/** What scores feeds say of ids; only the blocks of these are read. @throws as `openScores` */
export async function readLikelihoods(
  objects: ObjectStore,
  feeds: readonly FeedState[],
  ids: Iterable<string>,
): Promise<(id: string) => Likelihood | undefined> {
  const wanted = [...new Set(ids)].filter((id) => id.startsWith('CVE-')).sort();
  const found = new Map<string, Likelihood>();
  for (const { kind, key } of feeds) {
    if (kind !== 'scores' || key === null || wanted.length === 0) continue;
    const scores = await (await openScores(objects, key)).lookup(wanted);
    for (const [id, likelihood] of scores) found.set(id, likelihood);
  }
  return (id) => found.get(id);
}

async function openById<Value>(
  objects: ObjectStore,
  key: string,
  {
    formats: [format, ...older],
    decode,
  }: { readonly formats: readonly [string, ...string[]]; decode(line: string): Value },
): Promise<SnapshotById<Value>> {
  const { blocks, refs } = await readObject<DetailsIndex>(objects, format, key, older);
  const lookup = async (ids: readonly string[]) => {
    const wanted = new Set(ids);
    const lines = await readLines(objects, blocks, refs, ids);
    const found = lines.filter((line) => wanted.has(idOfLine(line)));
    return new Map(found.map((line) => [idOfLine(line), decode(line)]));
  };
  return {
    lookup,
    hasRecord: async (id) => (await lookup([cleanId(id)])).size > 0,
    async *recordIds() {
      for await (const lines of readAllLines(objects, blocks, refs)) yield lines.map(idOfLine);
    },
  };
}
