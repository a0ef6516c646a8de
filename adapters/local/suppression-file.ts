import { readFileSync } from 'node:fs';
import { type Document, isCollection, parseDocument, visit } from 'yaml';
import {
  InvalidSuppressionsError,
  readSuppressionFile,
} from '../../core/suppress/read-suppression-file.ts';
import type { SuppressionSet } from '../../core/suppress/suppression.ts';

/** Bytes of a file of suppressions, at most. */
const FILE_LIMIT = 1024 * 1024;

/** Aliases that YAML may expand to, at most: a short text may stand for a very long one. */
const ALIASES_AT_MOST = 100;

/** A file of suppressions as it is written, and as it is understood. */
export interface OpenedSuppressions {
  /** Comments and order included. */
  readonly document: Document;
  readonly set: SuppressionSet;
}

/**
 * Reads a file of suppressions; `undefined` where there is none.
 *
 * @throws InvalidSuppressionsError
 */
export function openSuppressions(path: string): OpenedSuppressions | undefined {
  const text = readText(path);
  return text === undefined ? undefined : parseSuppressions(text, path);
}

/** As `openSuppressions`, of a text. @throws InvalidSuppressionsError */
export function parseSuppressions(text: string, file: string): OpenedSuppressions {
  const { document, data } = parseYaml(text, file);
  return { document, set: readSuppressionFile(data, file) };
}

/** A text as YAML, whatever it says. @throws InvalidSuppressionsError */
export function parseYaml(
  text: string,
  file: string,
): { readonly document: Document; readonly data: unknown } {
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error) {
    const line = error.linePos?.[0].line;
    const [what = ''] = error.message.split('\n');
    throw new InvalidSuppressionsError(file, [
      `${line === undefined ? '' : `line ${line}: `}${what.replace(/ at line \d+, column \d+:?$/, '')}`,
    ]);
  }
  const circle = circularAlias(document);
  if (circle !== undefined) {
    throw new InvalidSuppressionsError(file, [`*${circle}: an alias of what it stands in`]);
  }
  return { document, data: toData(document, file) };
}

/** The name of an alias within what it stands for: it would have no end. */
function circularAlias(document: Document): string | undefined {
  let found: string | undefined;
  visit(document, {
    Alias(_key, { source }, path) {
      if (!path.some((node) => isCollection(node) && node.anchor === source)) return undefined;
      found = source;
      return visit.BREAK;
    },
  });
  return found;
}

function toData(document: Document, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: ALIASES_AT_MOST });
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    throw new InvalidSuppressionsError(file, [error.message]);
  }
}

function readText(path: string): string | undefined {
  try {
    const bytes = readFileSync(path);
    if (bytes.length > FILE_LIMIT) {
      throw new InvalidSuppressionsError(path, [`expected at most ${FILE_LIMIT} bytes`]);
    }
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    if (isNamed(error, 'ENOENT')) return undefined;
    if (isNamed(error, 'EISDIR')) {
      throw new InvalidSuppressionsError(path, ['expected a file, got a folder'], { cause: error });
    }
    if (error instanceof InvalidSuppressionsError) throw error;
    if (error instanceof TypeError) {
      throw new InvalidSuppressionsError(path, ['expected UTF-8'], { cause: error });
    }
    const code = codeOf(error);
    if (code === undefined) throw error;
    throw new InvalidSuppressionsError(path, [`cannot be read: ${code}`], { cause: error });
  }
}

function isNamed(error: unknown, code: string): boolean {
  return codeOf(error) === code;
}

/** What the operating system calls it: `EACCES`. */
function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}
