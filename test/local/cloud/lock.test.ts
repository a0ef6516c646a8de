import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FolderLockedError, lockFolder, UnreadableLockError } from '../../../local/cloud/lock.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lock-'));
});
afterEach(() => rm(folder, { recursive: true }));

const path = (number: number) => join(folder, `lock.${number}`);
const stale = JSON.stringify({ pid: process.pid, started: '1' });

it('makes the folder, holds it, and gives it free again', async () => {
  const nested = join(folder, 'out', '.state');
  const lock = await lockFolder(nested);

  await expect(lockFolder(nested)).rejects.toThrow(FolderLockedError);
  await expect(lockFolder(nested)).rejects.toThrow(`process ${process.pid}`);
  expect(await readdir(nested)).toEqual(['lock.1']);

  await lock.release();
  await (await lockFolder(nested)).release();
  expect(await readdir(nested)).toEqual([]);
});

it('respects another process that runs, and takes over when it has ended', async () => {
  const program = `
    import { lockFolder } from ${JSON.stringify(new URL('../../../local/cloud/lock.ts', import.meta.url).href)};
    await lockFolder(${JSON.stringify(folder)});
    console.log('locked');
    setInterval(() => {}, 1000);`;
  const other = spawn(process.execPath, ['--input-type=module', '--eval', program]);
  await once(other.stdout, 'data');

  await expect(lockFolder(folder)).rejects.toThrow(`process ${other.pid}`);

  other.kill('SIGKILL');
  await once(other, 'exit');
  const lock = await lockFolder(folder);
  expect(JSON.parse(await readFile(path(2), 'utf8'))).toMatchObject({ pid: process.pid });
  await lock.release();
});

it('is not fooled by a process that was given the pid of the dead one', async () => {
  await writeFile(path(7), stale);

  await (await lockFolder(folder)).release();
});

it('refuses a lock file that it cannot read', async () => {
  await writeFile(path(1), '{"pid":');

  await expect(lockFolder(folder)).rejects.toThrow(UnreadableLockError);
});

it('lets one of many take a stale lock', async () => {
  await writeFile(path(7), stale);

  const attempts = await Promise.allSettled(Array.from({ length: 8 }, () => lockFolder(folder)));

  expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(await readdir(folder)).toEqual(['lock.8']);
});
