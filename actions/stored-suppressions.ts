import { createSuppressor, type Suppressor } from '../core/suppress/create-suppressor.ts';
import type { SuppressionSet, SuppressionsRef } from '../core/suppress/suppression.ts';
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

/** Keeps what holds now under its version, so that everything is judged by one and the same; nothing where nothing was decided. */
export async function keepSuppressions(
  objects: ObjectStore,
  source: SuppressionSource,
): Promise<JudgedBy> {
  const set = await source.read();
  if (!set) return {};
  const { version } = set;
  const key = `suppressions/${version}.json`;
  await writeObject(objects, SUPPRESSIONS_FORMAT, key, set);
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

/** Judges as a run did. @throws as `readSuppressions` */
export async function readSuppressor(
  objects: ObjectStore,
  run: (JudgedBy & { readonly at: string }) | undefined,
): Promise<Suppressor> {
  return createSuppressor(await readSuppressions(objects, run), run?.at ?? '');
}
