import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Whether there is a C compiler that makes programs for this machine. */
export const HAS_COMPILER = runs('gcc', '--version');

/** Sources by name and the commands that make of them what is wanted, in a folder of their own. */
export interface Build {
  readonly sources: Readonly<Record<string, string>>;
  /** Arguments of gcc, one list a call. */
  readonly calls: readonly (readonly string[])[];
}

/** The files that gcc makes, by name. */
export function compile({ sources, calls }: Build, ...wanted: readonly string[]): Buffer[] {
  const folder = mkdtempSync(join(tmpdir(), 'tidewatch-compile-'));
  try {
    for (const [name, text] of Object.entries(sources)) writeFileSync(join(folder, name), text);
    for (const call of calls) execFileSync('gcc', call, { cwd: folder, stdio: 'pipe' });
    return wanted.map((name) => readFileSync(join(folder, name)));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function runs(command: string, ...words: readonly string[]): boolean {
  try {
    execFileSync(command, words, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
