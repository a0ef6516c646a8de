import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Digest, digestOf } from '../../core/image/digest.ts';

/** Bytes by digest. */
export interface BlobStore {
  get(digest: Digest): Promise<Uint8Array | undefined>;
  put(bytes: Uint8Array): Promise<Digest>;
}

/** Keeps blobs in memory. */
export function createMemoryBlobStore(): BlobStore {
  const blobs = new Map<Digest, Uint8Array>();
  return {
    get: async (digest) => blobs.get(digest),
    async put(bytes) {
      const digest = digestOf(bytes);
      if (!blobs.has(digest)) blobs.set(digest, Uint8Array.from(bytes));
      return digest;
    },
  };
}

/** Keeps blobs as files, named by the hex of their digests, in a folder that is there. */
export function createFolderBlobStore(folder: string): BlobStore {
  let written = 0;
  return {
    async get(digest) {
      try {
        return new Uint8Array(await readFile(pathOf(folder, digest)));
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
        throw error;
      }
    },

    async put(bytes) {
      const digest = digestOf(bytes);
      await mkdir(folder, { recursive: true });
      // Two pushes of one blob may overlap: each writes its own file, and either wins.
      written += 1;
      const path = pathOf(folder, digest);
      const partial = `${path}.${process.pid}.${written}`;
      await writeFile(partial, bytes);
      await rename(partial, path);
      return digest;
    },
  };
}

function pathOf(folder: string, digest: Digest): string {
  return join(folder, digest.slice('sha256:'.length));
}
