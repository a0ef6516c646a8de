import type { ObjectStore } from '../../actions/ports.ts';
import { callWithRetries, type Faults } from './faults.ts';

/** Puts an object store under the faults and crashes that S3 would be under, by S3's call names. */
export function createFaultyObjectStore(store: ObjectStore, faults: Faults): ObjectStore {
  return {
    get: (key) => callWithRetries(faults, 's3:GetObject', () => store.get(key)),
    getRange: (key, start, end) =>
      callWithRetries(faults, 's3:GetObject', () => store.getRange(key, start, end)),
    put: (key, bytes) => callWithRetries(faults, 's3:PutObject', () => store.put(key, bytes)),
    async *list(prefix) {
      yield* await callWithRetries(faults, 's3:ListObjectsV2', () => allKeys(store, prefix));
    },
  };
}

async function allKeys(store: ObjectStore, prefix: string): Promise<readonly string[]> {
  const keys: string[] = [];
  for await (const key of store.list(prefix)) keys.push(key);
  return keys;
}
