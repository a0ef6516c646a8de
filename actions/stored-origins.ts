import type { Origins } from '../core/base/origin.ts';
import type { Run } from '../core/run/run.ts';
import type { ObjectStore } from './ports.ts';
import { findObject, writeObject } from './stored-objects.ts';

const FORMAT = 'origins/1';

const NOTHING: Origins = { tags: [], images: [], findings: {}, judgedBy: '' };

/** What a run knows of where its images come from; nothing in a night of before it was asked for. */
export async function readOrigins(
  objects: ObjectStore,
  run: Pick<Run, 'origins'> | undefined,
): Promise<Origins> {
  return (run?.origins && (await findObject<Origins>(objects, FORMAT, run.origins))) || NOTHING;
}

/** Keeps them under a key, and gives it back. */
export function writeOrigins(objects: ObjectStore, key: string, origins: Origins): Promise<string> {
  return writeObject(objects, FORMAT, key, origins);
}
