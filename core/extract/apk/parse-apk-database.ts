import { keepReason, type NumberedLine, splitBlocks } from '../line-blocks.ts';
import { quote } from '../token.ts';

/** One record of an installed database, not checked yet. */
export interface ApkRecord {
  /** Line of the file where it begins, from 1. */
  readonly line: number;
  /** Values by their letter, the first of each; `F` and `R` are in `files`. */
  readonly fields: ReadonlyMap<string, string>;
  /** Paths without a leading slash. */
  readonly files: readonly string[];
}

interface OpenRecord {
  readonly line: number;
  readonly fields: Map<string, string>;
  readonly files: string[];
  folder: string;
}

/**
 * Splits apk's installed database into records: `K:value` lines, in any order, ended
 * by an empty line (apk-tools, src/database.c, apk_db_fdb_read).
 */
export function parseApkDatabase(text: string): {
  readonly records: readonly ApkRecord[];
  readonly problems: readonly string[];
} {
  const problems: string[] = [];
  const records = Array.from(splitBlocks(text), (block) => parseBlock(block, problems)).flat();
  return { records, problems };
}

/** One record, or more where the empty line between them is missing: no package may swallow another. */
function parseBlock(block: readonly NumberedLine[], problems: string[]): ApkRecord[] {
  const records: ApkRecord[] = [];
  let open: OpenRecord | undefined;
  for (const { number, text } of block) {
    if (text[1] !== ':') {
      keepReason(problems, `line ${number} is no field: ${quote(text)}`);
      continue;
    }
    if (text.startsWith('P:') && open?.fields.has('P')) {
      keepReason(problems, `line ${number}: a record begins inside another`);
      open = undefined;
    }
    if (!open) {
      open = { line: number, fields: new Map(), files: [], folder: '' };
      records.push(open);
    }
    takeField(open, text.slice(0, 1), text.slice(2));
  }
  return records;
}

/** `F` opens a folder, each `R` after it is a file in it. */
function takeField(record: OpenRecord, key: string, value: string): void {
  if (key === 'F') record.folder = value.replace(/^\/+/, '');
  else if (key === 'R') record.files.push(record.folder ? `${record.folder}/${value}` : value);
  else if (!record.fields.has(key)) record.fields.set(key, value);
}
