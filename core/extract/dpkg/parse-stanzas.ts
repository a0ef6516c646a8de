import { keepReason, type NumberedLine, splitBlocks } from '../line-blocks.ts';
import { quote } from '../token.ts';

/** One paragraph of a control file. */
export interface Stanza {
  /** Line of the file where it begins, from 1. */
  readonly line: number;
  /** First lines of the values, by field name in lower case. */
  readonly fields: ReadonlyMap<string, string>;
}

/** Splits a control file into paragraphs (deb822(5)): what is read here fits on one line, so continuation lines are passed over. */
export function parseStanzas(text: string): {
  readonly stanzas: readonly Stanza[];
  readonly problems: readonly string[];
} {
  const problems: string[] = [];
  const stanzas = Array.from(splitBlocks(text), (block) => parseBlock(block, problems)).flat();
  return { stanzas, problems };
}

/** One stanza, or more where the empty line between them is missing: no package may swallow another. */
function parseBlock(block: readonly NumberedLine[], problems: string[]): Stanza[] {
  const stanzas: Stanza[] = [];
  let fields = new Map<string, string>();
  const firstLines = block.filter(({ text }) => !/^[ \t]/.test(text));
  for (const { number, text } of firstLines) {
    const { key, value = '' } = /^(?<key>[^:]+):(?<value>.*)$/.exec(text)?.groups ?? {};
    if (key === undefined) {
      keepReason(problems, `line ${number} is no field: ${quote(text)}`);
      continue;
    }
    const name = key.toLowerCase();
    if (name === 'package' && fields.has(name)) {
      keepReason(problems, `line ${number}: a record begins inside another`);
      fields = new Map();
    }
    if (fields.size === 0) stanzas.push({ line: number, fields });
    if (!fields.has(name)) fields.set(name, value.trim());
  }
  return stanzas;
}
