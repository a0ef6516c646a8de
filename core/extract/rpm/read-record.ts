import { DamagedDatabaseError } from './damaged-database-error.ts';
import { parseHeader, type RpmHeader } from './parse-header.ts';
import type { RpmRecord } from './rpm-package.ts';

const NAME = 1000;
const VERSION = 1001;
const RELEASE = 1002;
const EPOCH = 1003;
const ARCH = 1022;
const OLD_FILE_NAMES = 1027;
const FILE_STATES = 1029;
const SOURCE_RPM = 1044;
const DIR_INDEXES = 1116;
const BASE_NAMES = 1117;
const DIR_NAMES = 1118;

/** `RPMFILE_STATE_NORMAL`; files in others were replaced by another package's, or never installed. */
const IS_THERE = 0;

/** An installed package and its files. */
export interface InstalledRpm extends RpmRecord {
  /** Without a leading slash. */
  readonly files: readonly string[];
}

/** How much more may be said of files: a short header can name a long folder a million times. */
export interface FileBudget {
  characters: number;
}

/**
 * Reads a database's header of a package. Takes what its files' names need from the budget.
 *
 * @throws DamagedDatabaseError when it has no name or version, or cannot be read
 */
export function readRecord(blob: Buffer, budget: FileBudget): InstalledRpm {
  const header = parseHeader(blob);
  const name = header.text(NAME);
  const version = header.text(VERSION);
  const release = header.text(RELEASE);
  if (!name) throw new DamagedDatabaseError('a header without a name');
  if (!version || !release) {
    throw new DamagedDatabaseError(
      `record of ${JSON.stringify(name.slice(0, 80))} without a version`,
    );
  }
  return {
    name,
    version: `${version}-${release}`,
    epoch: header.numbers(EPOCH)[0] ?? null,
    arch: header.text(ARCH) ?? null,
    sourceRpm: header.text(SOURCE_RPM) ?? null,
    files: listFiles(header, budget),
  };
}

function listFiles(header: RpmHeader, budget: FileBudget): string[] {
  const states = header.numbers(FILE_STATES);
  const folders = header.texts(DIR_NAMES);
  const indexes = header.numbers(DIR_INDEXES);
  const names = header.texts(BASE_NAMES);
  // As packages of the last century have them.
  const paths = names.length > 0 ? names : header.texts(OLD_FILE_NAMES);
  const files: string[] = [];
  for (const [index, name] of paths.entries()) {
    if ((states[index] ?? IS_THERE) !== IS_THERE) continue;
    const folder = names.length > 0 ? folders[indexes[index] ?? -1] : '';
    if (folder === undefined) throw new DamagedDatabaseError('a header with a file in no folder');
    budget.characters -= folder.length + name.length;
    if (budget.characters < 0) throw new DamagedDatabaseError('more files than are read');
    files.push(`${folder}${name}`.replace(/^\/+/, ''));
  }
  return files;
}
