import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Bytes of the files below a folder of objects, by the first part of their keys. */
export interface StoredSizes {
  /** 0 of what is not there. */
  get(kind: string): number;
}

/** Sizes of what an object store keeps in a folder. */
export function sizesBelow(folder: string): StoredSizes {
  const sizes = new Map<string, number>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const [kind = ''] = path.slice(folder.length + 1).split('/');
    sizes.set(kind, (sizes.get(kind) ?? 0) + statSync(path).size);
  }
  return { get: (kind) => sizes.get(kind) ?? 0 };
}
