import { isMap, isNode, isSeq, parseDocument, stringify, YAMLSeq } from 'yaml';
import type { SuppressionEntry } from '../../core/suppress/suppression-entry.ts';

/** The beginning of a file that was not there. */
const NEW_FILE = `# What Tidewatch is not to tell, and until when: docs/suppressions.md.
# yaml-language-server: $schema=./docs/suppressions.schema.json
suppressions: []
`;

/** An entry that is not in the file. */
export class NoSuchEntryError extends Error {
  override readonly name = 'NoSuchEntryError';
}

/** The text of a file with one entry more at its end; every other line stays as it is. `undefined`: there is no file yet. */
export function addSuppression(text: string | undefined, entry: SuppressionEntry): string {
  const old = text?.trim() ? text : NEW_FILE;
  const list = parseDocument(old).get('suppressions');
  const last = isSeq(list) && !list.flow ? list.items.at(-1) : undefined;
  const dash = isNode(last) ? dashBefore(old, last.range?.[0] ?? 0) : undefined;
  const isAtEnd = isNode(last) && /^(?:\s*#[^\n]*\n?|\s)*$/.test(old.slice(last.range?.[1]));
  if (dash === undefined || !isAtEnd) return rewritten(old, (items) => items.push(entry));
  const lines = stringify([entry], { lineWidth: 0 }).trimEnd().split('\n');
  return `${old.trimEnd()}\n${lines.map((line) => `${dash}${line}`).join('\n')}\n`;
}

/** The text without an entry and the comments right above it; every other line stays as it is. @throws NoSuchEntryError */
export function removeSuppression(text: string, id: string): string {
  const list = parseDocument(text).get('suppressions');
  const items = isSeq(list) ? list.items : [];
  const index = items.findIndex((item) => isMap(item) && item.get('id') === id);
  const item = items[index];
  if (!isNode(item)) throw new NoSuchEntryError(`no entry ${JSON.stringify(id)}`);
  const isBlock = isSeq(list) && !list.flow && items.length > 1;
  const [start, end] = item.range ?? [];
  if (
    !isBlock ||
    start === undefined ||
    end === undefined ||
    dashBefore(text, start) === undefined
  ) {
    return rewritten(text, (all) => all.splice(index, 1));
  }
  const from = withComments(text, text.lastIndexOf('\n', start) + 1);
  const next = text.indexOf('\n', end - 1);
  return text.slice(0, from) + (next < 0 ? '' : text.slice(next + 1));
}

/** What stands before the dash of an item in its line; `undefined` where it is not alone there. */
function dashBefore(text: string, start: number): string | undefined {
  const line = text.slice(text.lastIndexOf('\n', start - 1) + 1, start);
  return /^( *)- +$/.exec(line)?.[1];
}

/** Where the indented comments begin that stand right above a line. */
function withComments(text: string, lineStart: number): number {
  return /(?:(?<=\n)[ \t]+#[^\n]*\n)+$/.exec(text.slice(0, lineStart))?.index ?? lineStart;
}

/** As the library writes it: comments and order stay, how it was laid out may not. */
function rewritten(text: string, change: (items: unknown[]) => void): string {
  const document = parseDocument(text);
  if (document.contents === null) document.contents = document.createNode({}) as never;
  let list = document.get('suppressions');
  if (!isSeq(list)) {
    list = new YAMLSeq();
    document.set('suppressions', list);
  }
  const { items } = list as YAMLSeq;
  change(items);
  // An empty list is written in brackets, what follows is not.
  (list as YAMLSeq).flow = items.length === 0;
  (list as YAMLSeq).items = items.map((item) => (isNode(item) ? item : document.createNode(item)));
  return document.toString({ lineWidth: 0 });
}
