import { ObjectMissingError, type ObjectStore } from '../../actions/ports.ts';
import { ObjectTooShortError } from '../object-store-errors.ts';

/** Immutable objects that live as long as the process: for one scan, which keeps nothing. */
export function createMemoryObjectStore(): ObjectStore {
  const objects = new Map<string, Uint8Array>();
  return {
    async get(key) {
      return objects.get(key)?.slice();
    },

    async getRange(key, start, end) {
      const bytes = objects.get(key);
      if (!bytes) throw new ObjectMissingError(key);
      if (end > bytes.length) throw new ObjectTooShortError(key, end);
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
