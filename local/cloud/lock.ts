import { randomUUID } from 'node:crypto';
import { link, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';

/** Whoever holds a folder, or did. */
const Holder = z.object({
  pid: z.int().positive(),
  /** Since when the process runs, where the system tells: a pid is given to others later. */
  started: z.string().nullable(),
});
type Holder = z.infer<typeof Holder>;

export interface FolderLock {
  release(): Promise<void>;
}

/** Another process that runs has the folder. */
export class FolderLockedError extends Error {
  override readonly name = 'FolderLockedError';

  constructor(folder: string, pid: number) {
    super(`in use by process ${pid}: ${JSON.stringify(folder)}`);
  }
}

/** A lock that does not say who holds it: perhaps nobody, after the machine has failed. */
export class UnreadableLockError extends Error {
  override readonly name = 'UnreadableLockError';

  constructor(path: string, options: ErrorOptions) {
    super(
      `cannot tell who uses the folder: ${JSON.stringify(path)} is no lock; if nobody does, remove it`,
      options,
    );
  }
}

/**
 * Takes a folder for this process alone. The lock is the file `lock.<n>` with the highest
 * number; that of a process which runs no more is not removed but outbidden, so that of many
 * who see it only one wins the next number.
 *
 * @throws FolderLockedError, UnreadableLockError
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  await mkdir(folder, { recursive: true });
  const own = join(folder, `.lock-${randomUUID()}`);
  await writeFile(
    own,
    JSON.stringify({ pid: process.pid, started: await startOf(process.pid) } satisfies Holder),
  );
  try {
    return await bid(folder, own);
  } finally {
    await rm(own);
  }
}

async function bid(folder: string, own: string): Promise<FolderLock> {
  for (;;) {
    const highest = Math.max(0, ...(await numbersIn(folder)));
    await refuseIfHeld(folder, highest);
    const path = lockPath(folder, highest + 1);
    if (!(await linkUnlessThere(own, path))) continue;

    // A number that was free because a later holder has cleared it away wins nothing.
    const others = (await numbersIn(folder)).filter((number) => number !== highest + 1);
    if (others.every((number) => number <= highest)) {
      await Promise.all(others.map((number) => rm(lockPath(folder, number), { force: true })));
      return { release: () => rm(path, { force: true }) };
    }
    await rm(path);
  }
}

async function numbersIn(folder: string): Promise<number[]> {
  const names = await readdir(folder);
  return names.flatMap((name) => /^lock\.(\d+)$/.exec(name)?.[1] ?? []).map(Number);
}

function lockPath(folder: string, number: number): string {
  return join(folder, `lock.${number}`);
}

/** Appears whole or not at all; `false` when the path is taken. */
async function linkUnlessThere(from: string, path: string): Promise<boolean> {
  try {
    await link(from, path);
    return true;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    throw error;
  }
}

async function refuseIfHeld(folder: string, number: number): Promise<void> {
  const holder = await readHolder(lockPath(folder, number));
  if (holder && (await isRunning(holder))) throw new FolderLockedError(folder, holder.pid);
}

async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    const text = await readIfThere(path);
    return text === undefined ? undefined : Holder.parse(JSON.parse(text));
  } catch (cause) {
    throw new UnreadableLockError(path, { cause });
  }
}

async function isRunning({ pid, started }: Holder): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it runs, under another user.
    if (!isCode(error, 'EPERM')) return false;
  }
  const now = await startOf(pid);
  return started === null || now === null || now === started;
}

/** Start of a process in clock ticks since boot (proc(5), `/proc/<pid>/stat`, field 22). */
async function startOf(pid: number): Promise<string | null> {
  const stat = await readIfThere(`/proc/${pid}/stat`);
  // The second field, the program's name, may hold blanks and brackets.
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isCode(error, 'ENOENT', 'ESRCH')) return undefined;
    throw error;
  }
}

function isCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}
