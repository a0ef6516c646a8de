import type { BlockRef } from '../core/advisory/block.ts';
import { cleanId } from '../core/advisory/clean-id.ts';
import { DETAILS_FORMAT, type Details, decodeDetails, idOfLine } from '../core/advisory/details.ts';
import type { ObjectStore } from './ports.ts';
import { readAllLines, readLines } from './read-snapshot.ts';
import { readObject } from './stored-objects.ts';

/** The sparse index of a details snapshot. */
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

/** One state of a details feed, of which only the blocks that are asked for are read. */
interface DetailsSnapshot {
  /** The details of those ids that it has, by id. @throws ObjectMissingError, MalformedObjectError */
  lookup(ids: readonly string[]): Promise<ReadonlyMap<string, Details>>;
  /** As `Snapshot.hasRecord`. */
  hasRecord(id: string): Promise<boolean>;
  /** As `Snapshot.recordIds`. */
  recordIds(): AsyncIterable<readonly string[]>;
}

/** Opens a details snapshot by its key; reads its index alone. @throws ObjectMissingError, MalformedObjectError */
export async function openDetails(objects: ObjectStore, key: string): Promise<DetailsSnapshot> {
  const { blocks, refs } = await readObject<DetailsIndex>(objects, DETAILS_FORMAT, key);
  const lookup = async (ids: readonly string[]) => {
    const wanted = new Set(ids);
    const lines = await readLines(objects, blocks, refs, ids);
    const found = lines.filter((line) => wanted.has(idOfLine(line)));
    return new Map(found.map((line) => [idOfLine(line), decodeDetails(line)]));
  };
  return {
    lookup,
    hasRecord: async (id) => (await lookup([cleanId(id)])).size > 0,
    async *recordIds() {
      for await (const lines of readAllLines(objects, blocks, refs)) yield lines.map(idOfLine);
    },
  };
}
