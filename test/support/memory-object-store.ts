import { ObjectMissingError, type ObjectStore } from '../../actions/ports.ts';

/** An object store one can look into. */
export interface MemoryObjectStore extends ObjectStore {
  readonly objects: Map<string, Uint8Array>;
  /** Every `get` and `getRange`, with the bytes it gave. */
  readonly reads: { readonly key: string; readonly bytes: number }[];
}

/** Keeps objects in memory, as the port says. */
export function createMemoryObjectStore(): MemoryObjectStore {
  const objects = new Map<string, Uint8Array>();
  const reads: { key: string; bytes: number }[] = [];
  return {
    objects,
    reads,
    async get(key) {
      const bytes = objects.get(key);
      reads.push({ key, bytes: bytes?.length ?? 0 });
      return bytes?.slice();
    },
    async getRange(key, start, end) {
      const bytes = objects.get(key);
      if (!bytes) throw new ObjectMissingError(key);
      reads.push({ key, bytes: end - start });
      return bytes.slice(start, end);
    },
    async put(key, bytes) {
      if (!objects.has(key)) objects.set(key, bytes.slice());
    },
    async *list(prefix) {
      const keys = [...objects.keys()].filter((key) => key.startsWith(prefix));
      yield* keys.sort((left, right) => Buffer.compare(Buffer.from(left), Buffer.from(right)));
    },
  };
}
