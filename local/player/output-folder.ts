import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type FolderLock, lockFolder } from '../cloud/lock.ts';

/** A folder that holds what is not ours. */
export class OutputFolderError extends Error {
  override readonly name = 'OutputFolderError';
}

/** A folder for one play's output, locked until it is released. */
export interface OutputFolder {
  readonly folder: string;
  /** `.state`: the stores' own files. */
  readonly state: string;
  release(): Promise<void>;
}

/** Says that a folder is an output of ours, which the next play may replace. */
const MARKER = join('.state', 'tidewatch-output');

/** What a play leaves: the only things that a later one removes. */
const OUTPUTS = [
  'alerts.ndjson',
  'findings.ndjson',
  'observations.ndjson',
  'runs.ndjson',
  'report.html',
  'reports',
];
const STATE = ['dynamodb', 'objects', 'log.ndjson'];

/**
 * Takes a folder that is empty, not there, or an earlier output, which goes.
 *
 * @throws OutputFolderError for any other; FolderLockedError while another play uses it
 */
export async function prepareOutput(folder: string): Promise<OutputFolder> {
  await refuseForeign(folder);
  const state = join(folder, '.state');
  const lock: FolderLock = await lockFolder(state);
  await writeFile(join(folder, MARKER), '');
  for (const name of OUTPUTS) await rm(join(folder, name), { recursive: true, force: true });
  for (const name of STATE) await rm(join(state, name), { recursive: true, force: true });
  return { folder, state, release: () => lock.release() };
}

async function refuseForeign(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true }).catch((cause: unknown) => {
    throw new OutputFolderError(`not a folder: ${JSON.stringify(folder)}`, { cause });
  });
  const names = await readdir(folder);
  if (names.length === 0) return;
  const isOurs = await stat(join(folder, MARKER)).then(
    () => true,
    () => false,
  );
  if (isOurs) return;
  throw new OutputFolderError(
    `neither empty nor an earlier output: ${JSON.stringify(folder)} holds ${JSON.stringify(names[0])}`,
  );
}
