import type { Digest } from '../core/image/digest.ts';
import { decodeObject, encodeObject, MalformedObjectError } from '../core/object/json-object.ts';
import { ObjectMissingError, type ObjectStore } from './ports.ts';

/**
 * The object at a key; `undefined` if there is none. `older`: formats of before that read the same.
 *
 * @throws MalformedObjectError, which names the key
 */
export async function findObject<Value>(
  objects: ObjectStore,
  format: string,
  key: string,
  older?: readonly string[],
): Promise<Value | undefined> {
  const bytes = await objects.get(key);
  if (!bytes) return undefined;
  try {
    return decodeObject<Value>(format, bytes, older);
  } catch (error) {
    if (!(error instanceof MalformedObjectError)) throw error;
    throw new MalformedObjectError(`${JSON.stringify(key)}: ${error.message}`, { cause: error });
  }
}

/** As `findObject`, of one that must be there. @throws ObjectMissingError, MalformedObjectError */
export async function readObject<Value>(
  objects: ObjectStore,
  format: string,
  key: string,
  older?: readonly string[],
): Promise<Value> {
  const value = await findObject<Value>(objects, format, key, older);
  if (value === undefined) throw new ObjectMissingError(key);
  return value;
}

/** Keeps a value under a key; what is there already stays. Gives the key back. */
export async function writeObject(
  objects: ObjectStore,
  format: string,
  key: string,
  value: unknown,
): Promise<string> {
  await objects.put(key, encodeObject(format, value));
  return key;
}

/** The hex digits of a digest, for keys. */
export function hexOf(digest: Digest): string {
  return digest.slice(digest.indexOf(':') + 1);
}

/** Runs `work` over `items`, at most `limit` at once; results in the items' order. */
export async function mapLimited<Item, Result>(
  items: readonly Item[],
  limit: number,
  work: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const queue = items.entries();
  const workers = Array.from({ length: Math.min(limit, items.length) }, async () => {
    for (const [index, item] of queue) results[index] = await work(item, index);
  });
  await Promise.all(workers);
  return results;
}

/**
 * What `work` makes of `items`, in their order; at most `ahead` are begun or done and not yet taken.
 * Of several that fail the first in order counts, and nothing more is begun.
 */
export async function* inOrder<Item, Result>(
  items: readonly Item[],
  ahead: number,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  const underWay: Promise<{ readonly result: Result } | { readonly error: unknown }>[] = [];
  const queue = items.values();
  const begin = () => {
    const item = queue.next();
    if (item.done) return;
    const settled = work(item.value).then(
      (result) => ({ result }),
      (error: unknown) => ({ error }),
    );
    underWay.push(settled);
  };
  for (let count = 0; count < ahead; count++) begin();
  try {
    for (let first = underWay.shift(); first; first = underWay.shift()) {
      const done = await first;
      if ('error' in done) throw done.error;
      yield done.result;
      begin();
    }
  } finally {
    // Whoever stops must not meet later what is still under way.
    await Promise.all(underWay);
  }
}
