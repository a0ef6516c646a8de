import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { Digest, digestOf } from '../../core/image/digest.ts';

/** Lies beside the files that it is about. */
const SEAL = 'seal.json';

/** LevelDB's own diary and lock: they say nothing of what is stored. */
const UNSEALED = new Set([SEAL, 'LOG', 'LOG.old', 'LOCK']);

/** Each file of the folder, with its bytes' digest. */
const Seal = z.record(z.string(), Digest);

/** A folder whose files are not those that were left in it. */
export class DamagedFolderError extends Error {
  override readonly name = 'DamagedFolderError';

  constructor(folder: string, what: string, options?: ErrorOptions) {
    super(`${what}: ${JSON.stringify(folder)}`, options);
  }
}

/**
 * Writes down what a database has left in its folder. LevelDB drops a log's damaged end without a
 * word, and the emulator above it ends the process where it finds more damage: so its files are
 * looked at before it opens them.
 */
export async function sealFolder(folder: string): Promise<void> {
  const digests: z.input<typeof Seal> = {};
  for (const name of await sealedNames(folder)) {
    digests[name] = digestOf(await readFile(join(folder, name)));
  }
  const partial = join(folder, `${SEAL}.partial`);
  await writeFile(partial, JSON.stringify(digests));
  await rename(partial, join(folder, SEAL));
}

/**
 * Opens a folder for writing: one without files, or one that holds what `sealFolder` saw. Until it
 * is sealed again nobody else opens it.
 *
 * @throws DamagedFolderError
 */
export async function breakSeal(folder: string): Promise<void> {
  const names = await sealedNames(folder);
  const digests = await readSeal(folder);
  if (!digests) {
    if (names.length === 0) return;
    throw new DamagedFolderError(folder, 'not closed when its process ended');
  }
  for (const [name, digest] of Object.entries(digests)) {
    const bytes = await readFile(join(folder, name)).catch((cause: unknown) => {
      throw new DamagedFolderError(folder, `cannot read ${name}`, { cause });
    });
    if (digestOf(bytes) !== digest) throw new DamagedFolderError(folder, `${name} has changed`);
  }
  const foreign = names.find((name) => !(name in digests));
  if (foreign) throw new DamagedFolderError(folder, `${foreign} was not there`);
  await rm(join(folder, SEAL));
}

async function sealedNames(folder: string): Promise<string[]> {
  const names = await readdir(folder);
  return names.filter((name) => !UNSEALED.has(name) && name !== `${SEAL}.partial`);
}

async function readSeal(folder: string): Promise<z.output<typeof Seal> | undefined> {
  let text: string;
  try {
    text = await readFile(join(folder, SEAL), 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new DamagedFolderError(folder, `cannot read ${SEAL}`, { cause: error });
  }
  try {
    return Seal.parse(JSON.parse(text));
  } catch (cause) {
    throw new DamagedFolderError(folder, `${SEAL} is not what was written`, { cause });
  }
}
