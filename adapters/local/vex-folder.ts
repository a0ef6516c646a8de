import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DOCUMENT_LIMIT, InvalidVexError, parseOpenVex } from '../../core/suppress/open-vex.ts';
import { InvalidSuppressionsError } from '../../core/suppress/read-suppression-file.ts';
import type { VexStatement } from '../../core/suppress/vex-statement.ts';

/** Documents of a folder, at most. */
const DOCUMENTS_AT_MOST = 200;

/** What the documents of OpenVEX (`.json`) of a folder say, by file name. @throws InvalidSuppressionsError naming each that is wrong */
export function readVexFolder(folder: string): readonly VexStatement[] {
  const files = namesIn(folder).filter((name) => name.endsWith('.json'));
  if (files.length > DOCUMENTS_AT_MOST) {
    throw new InvalidSuppressionsError(folder, [
      `expected at most ${DOCUMENTS_AT_MOST} documents, got ${files.length}`,
    ]);
  }
  const errors: string[] = [];
  const statements = files.sort().flatMap((name) => {
    try {
      return parseOpenVex(readJson(join(folder, name)));
    } catch (error) {
      if (!(error instanceof InvalidVexError)) throw error;
      errors.push(...error.errors.map((each) => `${name}: ${each}`));
      return [];
    }
  });
  if (errors.length > 0) throw new InvalidSuppressionsError(folder, errors);
  return statements;
}

/** Whether there is such a folder. */
export function hasFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    throw new InvalidSuppressionsError(folder, ['expected a folder of OpenVEX documents'], {
      cause: error,
    });
  }
}

function readJson(path: string): unknown {
  const bytes = readBytes(path);
  if (bytes.length > DOCUMENT_LIMIT) {
    throw new InvalidVexError([`expected at most ${DOCUMENT_LIMIT} bytes`]);
  }
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new InvalidVexError(['expected JSON']);
  }
}

function readBytes(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? `: ${error.code}` : '';
    throw new InvalidVexError([`cannot be read${code}`]);
  }
}
