import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { VersionScheme } from '../../core/version/scheme.ts';
import { SCHEMES } from '../../core/version/scheme-of.ts';
import { UnusableInputError, UsageError } from '../command-errors.ts';
import type { Io } from '../io.ts';
import type { Command } from './command.ts';

const SIGNS = new Map([
  ['<', -1],
  ['=', 0],
  ['>', 1],
]);

interface Comparison {
  /** One-based. */
  readonly line: number;
  readonly left: string;
  readonly operator: string;
  readonly right: string;
}

/** Compares `left <TAB> op <TAB> right` lines with a scheme and prints those that disagree. */
export const conformance: Command = {
  name: 'conformance',
  summary: 'compares a version scheme with a table of comparisons',
  synopsis: 'SCHEME FILE.tsv',
  options: [
    ['SCHEME', [...SCHEMES.keys()].join(', ')],
    [
      'FILE',
      'a comparison a line, left<TAB>op<TAB>right, op one of < = >; asked in both directions',
    ],
  ],
  status: '0 when all agree, 1 when any does not, 2 when the words or FILE are not valid.',
  run: compareTable,
};

async function compareTable(args: readonly string[], io: Io): Promise<number> {
  const { scheme, file } = readArguments(args);
  const comparisons = readComparisons(file, await readTable(file));
  let disagreements = 0;
  for (const comparison of comparisons) {
    const complaint = check(scheme, comparison);
    if (complaint === undefined) continue;
    disagreements++;
    io.print(complaint);
  }
  io.print(`${comparisons.length - disagreements} agree, ${disagreements} disagree`);
  return disagreements === 0 ? 0 : 1;
}

function readArguments(args: readonly string[]): { scheme: VersionScheme; file: string } {
  const { positionals } = parseArgs({ args: [...args], allowPositionals: true, options: {} });
  const [name, file, ...rest] = positionals;
  if (name === undefined || file === undefined || rest.length > 0) {
    throw new UsageError('expected SCHEME and FILE.tsv');
  }
  const scheme = SCHEMES.get(name);
  if (!scheme) {
    throw new UsageError(
      `unknown scheme ${JSON.stringify(name)}: one of ${[...SCHEMES.keys()].join(', ')}`,
    );
  }
  return { scheme, file };
}

async function readTable(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new UnusableInputError(
      `cannot read ${file}: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  }
}

function readComparisons(file: string, text: string): Comparison[] {
  const comparisons: Comparison[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line === '' || line.startsWith('#')) continue;
    const [left, operator, right] = line.replace(/\r$/, '').split('\t');
    if (left === undefined || right === undefined || !SIGNS.has(operator ?? '')) {
      throw new UnusableInputError(
        `${file}:${index + 1}: not "left<TAB>op<TAB>right": ${JSON.stringify(line)}`,
      );
    }
    comparisons.push({ line: index + 1, left, operator: operator ?? '', right });
  }
  if (comparisons.length === 0) throw new UnusableInputError(`${file}: no comparisons`);
  return comparisons;
}

/** What is wrong with one line, or `undefined`. */
function check(scheme: VersionScheme, comparison: Comparison): string | undefined {
  const { line, left, operator, right } = comparison;
  const expected = SIGNS.get(operator) ?? 0;
  const said = `${line}: ${left} ${operator} ${right}`;
  try {
    const [parsedLeft, parsedRight] = [scheme.parse(left), scheme.parse(right)];
    const forward = Math.sign(scheme.compare(parsedLeft, parsedRight));
    const backward = Math.sign(scheme.compare(parsedRight, parsedLeft));
    if (forward === expected && backward + expected === 0) return undefined;
    return `${said}, but ${left} ${operatorOf(forward)} ${right} and ${right} ${operatorOf(backward)} ${left}`;
  } catch (error) {
    return `${said}, but ${error instanceof Error ? error.message : String(error)}`;
  }
}

function operatorOf(sign: number): string {
  return [...SIGNS].find(([, each]) => each === sign)?.[0] ?? '?';
}
