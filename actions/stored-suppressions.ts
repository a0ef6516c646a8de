import { hashOf } from '../core/object/json-object.ts';
import { createSuppressor, type Suppressor } from '../core/suppress/create-suppressor.ts';
import type { SuppressionSet, SuppressionsRef } from '../core/suppress/suppression.ts';
import type { VexStatement } from '../core/suppress/vex-statement.ts';
import type { ObjectStore, SuppressionSource } from './ports.ts';
import { readObject, writeObject } from './stored-objects.ts';

/** Format of what somebody has decided not to hear of. */
export const SUPPRESSIONS_FORMAT = 'suppressions/1';

/** What a run, or a step of a night, says of what it was judged by. */
interface JudgedBy {
  readonly suppressions?: SuppressionsRef;
}

/** What was deployed under a key of a store. @throws ObjectMissingError, MalformedObjectError when it is read */
export function createStoredSuppressions(objects: ObjectStore, key: string): SuppressionSource {
  return { read: () => readObject<SuppressionSet>(objects, SUPPRESSIONS_FORMAT, key) };
}

/**
 * Keeps what holds now under its version, and what images carry beside it, so that everything is
 * judged by one and the same; nothing where nothing was decided.
 */
export async function keepSuppressions(
  objects: ObjectStore,
  set: SuppressionSet | undefined,
  attached: readonly VexStatement[] = [],
): Promise<JudgedBy> {
  if (!set) return {};
  const { version } = set;
  const isPlain = attached.length === 0;
  const name = isPlain ? version : `${version}-${hashOf(attached).slice(0, 12)}`;
  const key = `suppressions/${name}.json`;
  await writeObject(objects, SUPPRESSIONS_FORMAT, key, isPlain ? set : { ...set, attached });
  return { suppressions: { version, key } };
}

/** What something was judged by; `undefined` when nothing was decided. @throws ObjectMissingError, MalformedObjectError */
export async function readSuppressions(
  objects: ObjectStore,
  judged: JudgedBy | undefined,
): Promise<SuppressionSet | undefined> {
  const ref = judged?.suppressions;
  return ref && readObject<SuppressionSet>(objects, SUPPRESSIONS_FORMAT, ref.key);
}

/**
 * Judges as a run did; `carriedBy` says what the images carry of which the run may not know, and is
 * asked only where any of it may count.
 *
 * @throws as `readSuppressions`
 */
export async function readSuppressor(
  objects: ObjectStore,
  run: (JudgedBy & { readonly at: string }) | undefined,
  carriedBy: () => Promise<readonly VexStatement[]> = async () => [],
): Promise<Suppressor> {
  const set = await readSuppressions(objects, run);
  const trusts = set?.trustAttachedFrom !== undefined;
  return createSuppressor(set, run?.at ?? '', trusts ? await carriedBy() : []);
}
