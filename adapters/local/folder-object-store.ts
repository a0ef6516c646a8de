import { randomUUID } from 'node:crypto';
import type { Dirent } from 'node:fs';
import { link, mkdir, open, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ObjectMissingError, type ObjectStore } from '../../actions/ports.ts';
import { ObjectTooShortError } from '../object-store-errors.ts';

/** Where bytes lie until they are whole; no key begins so. */
const PARTIAL = '.partial';

/** A key that has no place below the store's folder. */
export class UnusableKeyError extends Error {
  override readonly name = 'UnusableKeyError';

  constructor(key: string, options?: ErrorOptions) {
    super(`not a key for a folder: ${JSON.stringify(key)}`, options);
  }
}

/**
 * Immutable objects as files below a folder; `/` in a key makes folders. Unlike in S3, a key
 * cannot also be the folder of another one: an `UnusableKeyError`.
 */
export function createFolderObjectStore({ folder }: { readonly folder: string }): ObjectStore {
  return {
    async get(key) {
      try {
        return new Uint8Array(await readFile(pathOf(folder, key)));
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    },

    async getRange(key, start, end) {
      const path = pathOf(folder, key);
      if (start === end) return new Uint8Array();
      try {
        return await readRange(key, path, start, end);
      } catch (error) {
        if (isMissing(error)) throw new ObjectMissingError(key);
        throw error;
      }
    },

    async put(key, bytes) {
      const path = pathOf(folder, key);
      const partial = join(folder, PARTIAL, randomUUID());
      await mkdir(dirname(partial), { recursive: true });
      await writeFile(partial, bytes);
      try {
        await publish(key, partial, path);
      } finally {
        await rm(partial, { force: true });
      }
    },

    list: (prefix) => keysBelow(folder, '', prefix),
  };
}

function pathOf(folder: string, key: string): string {
  const segments = key.split('/');
  const escapes = segments.some((each) => each === '' || each === '.' || each === '..');
  if (escapes || segments[0] === PARTIAL || /[\\\0]/.test(key)) throw new UnusableKeyError(key);
  return join(folder, ...segments);
}

async function readRange(
  key: string,
  path: string,
  start: number,
  end: number,
): Promise<Uint8Array> {
  const file = await open(path, 'r');
  try {
    const bytes = new Uint8Array(end - start);
    const { bytesRead } = await file.read(bytes, 0, bytes.length, start);
    if (bytesRead !== bytes.length) throw new ObjectTooShortError(key, end);
    return bytes;
  } finally {
    await file.close();
  }
}

/** A hard link appears whole or not at all, and never replaces what is there. */
async function publish(key: string, partial: string, path: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await link(partial, path);
  } catch (error) {
    if (isCode(error, 'EEXIST') && (await isFile(path))) return;
    if (isCode(error, 'EEXIST', 'ENOTDIR')) throw new UnusableKeyError(key, { cause: error });
    throw error;
  }
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/** Walks in the order of whole keys: a folder sorts as its name with the slash that follows. */
async function* keysBelow(
  folder: string,
  parent: string,
  prefix: string,
): AsyncGenerator<string, void, undefined> {
  const entries = (await entriesOf(join(folder, parent)))
    .filter(({ name }) => parent !== '' || name !== PARTIAL)
    .map((entry) => ({ entry, key: parent + entry.name + (entry.isDirectory() ? '/' : '') }))
    .filter(({ key }) => key.startsWith(prefix) || (key.endsWith('/') && prefix.startsWith(key)))
    .sort((left, right) => Buffer.compare(Buffer.from(left.key), Buffer.from(right.key)));
  for (const { entry, key } of entries) {
    if (entry.isDirectory()) yield* keysBelow(folder, key, prefix);
    else yield key;
  }
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/** Also where the key, or the beginning of it, is something else than it would have to be. */
function isMissing(error: unknown): boolean {
  return isCode(error, 'ENOENT', 'ENOTDIR', 'EISDIR');
}

function isCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}
