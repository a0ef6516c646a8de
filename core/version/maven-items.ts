/** One part of a Maven version, as its parser takes it. */
export interface MavenItem {
  /** How many lists begin with it, each within the one before: one for `1` of `x-1`. */
  readonly opens: number;
  /** Lower case, abbreviations written out, empty where it only says that it is a release; `null` for a number. */
  readonly word: string | null;
  /** Digits without leading zeros; empty for zero, and for a word. */
  readonly digits: string;
}

type Part = Omit<MavenItem, 'opens'>;

const ZERO: Part = { word: null, digits: '' };

/** What a single letter stands for before a digit. */
const ABBREVIATIONS: ReadonlyMap<string, string> = new Map([
  ['a', 'alpha'],
  ['b', 'beta'],
  ['m', 'milestone'],
]);

const ALIASES: ReadonlyMap<string, string> = new Map([
  ['cr', 'rc'],
  ['ga', ''],
  ['final', ''],
  ['release', ''],
]);

/** Separators, numbers, and what is neither. */
const TOKENS = /[.-]|\d+|[^\d.-]+/g;

/**
 * The parts of a version, in order
 * (https://maven.apache.org/pom.html#version-order-specification; ComparableVersion.parseVersion()
 * of Maven 3.9 where that says less). A hyphen, and each change between letters and digits,
 * begins a list within the list, which nothing follows; zeros and words that say nothing are
 * left out at the end of each.
 */
export function readMavenItems(version: string): MavenItem[] {
  const items: MavenItem[] = [];
  let opens = -1;
  for (const list of readLists(version.toLowerCase().match(TOKENS) ?? [])) {
    opens++;
    for (const part of withoutLastNothings(list)) {
      items.push({ ...part, opens });
      opens = 0;
    }
  }
  return items;
}

/** The lists from the outermost to the innermost, each without the one that it ends with. */
function readLists(tokens: readonly string[]): Part[][] {
  const lists = new Lists();
  for (const [index, token] of tokens.entries()) {
    const kind = kindOf(token);
    if (kind === 'separator') lists.separate(token, kindOf(tokens[index - 1]));
    else if (kind === 'number') lists.addNumber(token, kindOf(tokens[index + 1]));
    else lists.addWord(token, kindOf(tokens[index + 1]));
  }
  return lists.all;
}

type Kind = 'separator' | 'number' | 'word' | 'end';

/** Lists under construction, of which the last is added to. */
class Lists {
  readonly all: Part[][] = [];
  private list: Part[] = [];

  constructor() {
    this.nest();
  }

  separate(separator: string, before: Kind): void {
    // Nothing before a separator is a zero.
    if (before === 'separator' || before === 'end') this.list.push(ZERO);
    if (separator === '-') this.nest();
  }

  addNumber(digits: string, after: Kind): void {
    this.list.push({ word: null, digits: digits.replace(/^0+/, '') });
    if (after === 'word') this.nest();
  }

  addWord(word: string, after: Kind): void {
    // A word that a digit or the end follows begins a list: 1.0.RC2 is 1.0-RC2.
    if (after !== 'separator' && this.list.length > 0) this.nest();
    const letter = after === 'number' ? ABBREVIATIONS.get(word) : undefined;
    this.list.push({ word: letter ?? ALIASES.get(word) ?? word, digits: '' });
    if (after === 'number') this.nest();
  }

  private nest(): void {
    this.list = [];
    this.all.push(this.list);
  }
}

function kindOf(token: string | undefined): Kind {
  if (token === undefined) return 'end';
  if (token === '.' || token === '-') return 'separator';
  return /^\d/.test(token) ? 'number' : 'word';
}

function withoutLastNothings(list: readonly Part[]): readonly Part[] {
  return list.slice(0, list.findLastIndex(({ word, digits }) => word || digits) + 1);
}
