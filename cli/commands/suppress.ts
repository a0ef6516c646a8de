import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { previewSuppression, ratingOf } from '../../actions/preview-suppressions.ts';
import {
  addSuppression,
  NoSuchEntryError,
  removeSuppression,
} from '../../adapters/local/edit-suppressions.ts';
import {
  openSuppressions,
  parseSuppressions,
  parseYaml,
} from '../../adapters/local/suppression-file.ts';
import { SEVERITIES } from '../../core/advisory/severity.ts';
import { dayOf } from '../../core/suppress/days.ts';
import { InvalidSuppressionsError } from '../../core/suppress/read-suppression-file.ts';
import { endText, JUSTIFICATIONS } from '../../core/suppress/suppression.ts';
import type { SuppressionEntry } from '../../core/suppress/suppression-entry.ts';
import { UnusableInputError, UsageError } from '../command-errors.ts';
import { gitAuthor } from '../git-author.ts';
import type { Io } from '../io.ts';
import { oneOf } from '../one-of.ts';
import { STORE_OPTIONS, type Stores, withStores } from '../open-stores.ts';
import { createPage } from '../print/page.ts';
import { printPreview, printSuppressions, scopeText } from '../print/print-suppressions.ts';
import type { Command } from './command.ts';

/** Decides what is not to be heard of, in a file that is reviewed as code. */
export const suppress: Command = {
  name: 'suppress',
  summary: 'writes down what is not to be told, by whose word and until when',
  synopsis:
    'FINDING --owner NAME --reason "WORD: TEXT" --until DAY|fix|change [--package P]... [--image P]... [--workload P]... | --list | --remove ENTRY',
  options: [
    ['FINDING', 'the id of a vulnerability (CVE-…, GHSA-…): its aliases count'],
    [
      '--package P',
      'a package’s name, or its purl (without a version: any). One of package, image and workload at least; * is any text, each may be repeated',
    ],
    ['--image P', 'registry/repository, or registry/repository|channel'],
    ['--workload P', 'a workload without its container: ecs/prod/api'],
    ['--owner NAME', 'who is asked when it ends, and told 14, 3 and 0 days before'],
    ['--reason TEXT', `one of ${JUSTIFICATIONS.join(', ')}; then a colon, and why`],
    [
      '--until END',
      'the last day (YYYY-MM-DD); fix: until a version without it is known; change: until it is rated worse, or known to be exploited',
    ],
    ['--author NAME', 'who writes it; by default whom git knows'],
    ['--id ENTRY', 'what the entry is called; by default after the finding and its first scope'],
    [
      '--severity S',
      'with --until change: how it is rated now; with --state or --stack, what the last night says',
    ],
    ['--exploited', 'with --until change: it is known to be exploited already'],
    ['--file FILE', 'suppressions.yaml by default'],
    [
      '--state DIR, --stack NAME',
      'shows what it would silence there, of the last night’s findings, what is silenced already, and which versions fix it',
    ],
    ['--dry-run', 'shows it, and writes nothing'],
    ['--list', 'shows what is in the file'],
    ['--remove ENTRY', 'takes an entry out'],
  ],
  status: '0; 2 when the words or the file are not valid: then nothing is written.',
  run: runSuppress,
};

type Words = ReturnType<typeof readWords>['values'];

function readWords(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      ...STORE_OPTIONS,
      package: { type: 'string', multiple: true, default: [] },
      image: { type: 'string', multiple: true, default: [] },
      workload: { type: 'string', multiple: true, default: [] },
      owner: { type: 'string' },
      reason: { type: 'string' },
      until: { type: 'string' },
      author: { type: 'string' },
      id: { type: 'string' },
      severity: { type: 'string' },
      exploited: { type: 'boolean', default: false },
      file: { type: 'string', default: 'suppressions.yaml' },
      'dry-run': { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
      remove: { type: 'string' },
    },
  });
}

async function runSuppress(args: readonly string[], io: Io): Promise<number> {
  const { positionals, values } = readWords(args);
  const [finding, ...more] = positionals;
  const asked = [finding !== undefined, values.list, values.remove !== undefined].filter(Boolean);
  if (asked.length !== 1 || more.length > 0) {
    throw new UsageError('expected one FINDING, --list or --remove ENTRY');
  }
  try {
    if (values.list) return list(values, io);
    if (values.remove !== undefined) return remove(values, values.remove, io);
    return await add(values, finding ?? '', io);
  } catch (error) {
    throw readable(error, values.file);
  }
}

/** A line an error, without a heading. */
function readable(error: unknown, file: string): unknown {
  if (error instanceof NoSuchEntryError) return new UnusableInputError(`${file}: ${error.message}`);
  if (!(error instanceof InvalidSuppressionsError)) return error;
  const lines = error.errors.map((each) => `${file}: ${each}`);
  return new UnusableInputError(lines.join('\n'), { cause: error });
}

function today(): string {
  return dayOf(new Date().toISOString());
}

function list({ file }: Words, io: Io): number {
  const opened = openSuppressions(file);
  if (!opened) throw new UnusableInputError(`no such file: ${file}`);
  printSuppressions(createPage(io), file, opened.set, today());
  return 0;
}

function remove({ file, 'dry-run': isDry }: Words, id: string, io: Io): number {
  if (!existsSync(file)) throw new UnusableInputError(`no such file: ${file}`);
  const text = readFileSync(file, 'utf8');
  // What is no YAML is told as such, and neither is left behind: others may repeat what the entry says (`*owner`).
  const rest = readableText(removeSuppression(readableText(text, file), id), file);
  if (!isDry) replace(file, rest);
  io.print(`${isDry ? 'Would take' : 'Took'} ${id} out of ${file}.`);
  return 0;
}

/** The text, if it is YAML: other entries may be as wrong as they like. @throws InvalidSuppressionsError */
function readableText(text: string, file: string): string {
  parseYaml(text, file);
  return text;
}

/** With a night at hand only where the words name one: the file is at home everywhere. */
async function add(words: Words, finding: string, io: Io): Promise<number> {
  const { state, stack } = words;
  const work = (stores: Stores | undefined) => addWith(words, finding, stores, io);
  const isNamed = state !== undefined || stack !== undefined;
  return isNamed ? withStores({ state, stack }, work) : work(undefined);
}

async function addWith(
  words: Words,
  finding: string,
  stores: Stores | undefined,
  io: Io,
): Promise<number> {
  const { file, 'dry-run': isDry } = words;
  const known = openSuppressions(file);
  const taken = new Set(known?.set.entries.map(({ id }) => id));
  const entry = await entryOf(words, finding, taken, stores);
  const text = addSuppression(known ? readFileSync(file, 'utf8') : undefined, entry);
  const { set } = parseSuppressions(text, file);
  const made = set.entries.find(({ id }) => id === entry.id);
  if (!made) throw new Error(`not written: ${entry.id}`);
  if (!isDry) replace(file, text);
  const done = isDry ? 'Would add' : 'Added';
  io.print(
    `${done} ${made.id} to ${file}: ${finding} in ${scopeText(made)}, ${endText(made.end)}.`,
  );
  if (stores) {
    const preview = await previewSuppression(stores, made, new Date().toISOString());
    printPreview(createPage(io), preview);
  } else if (made.end.fix) {
    io.print(
      'Whether a fix is known already, and it silences nothing: --state or --stack says so.',
    );
  }
  if (!isDry) io.print('It holds from the first night after it is deployed.');
  return 0;
}

async function entryOf(
  words: Words,
  vulnerability: string,
  taken: ReadonlySet<string>,
  stores: Stores | undefined,
): Promise<SuppressionEntry> {
  const { owner, until, package: packages, image: images, workload: workloads } = words;
  if (owner === undefined) throw new UsageError('expected --owner NAME');
  if (until === undefined) throw new UsageError('expected --until DAY, fix or change');
  const scope = [...packages, ...images, ...workloads];
  if (scope.length === 0) {
    throw new UsageError(
      'expected --package, --image or --workload: nothing is silenced everywhere',
    );
  }
  const author = words.author ?? gitAuthor();
  if (author === undefined) {
    throw new UnusableInputError('git does not know who works here: expected --author NAME');
  }
  return {
    id: words.id ?? freeId([vulnerability, scope[0] ?? ''].join('-'), taken),
    vulnerability,
    ...(packages.length > 0 && { package: written(packages) }),
    ...(images.length > 0 && { image: written(images) }),
    ...(workloads.length > 0 && { workload: written(workloads) }),
    owner,
    author,
    reason: reasonOf(words.reason),
    created: today(),
    until,
    ...(await judgedOf(words, vulnerability, stores)),
  };
}

/** One pattern is written without a list. */
function written(patterns: readonly string[]): string | string[] {
  const [only, ...more] = patterns;
  return only !== undefined && more.length === 0 ? only : [...patterns];
}

function reasonOf(text: string | undefined): SuppressionEntry['reason'] {
  const [, word, why] = /^(\w+):\s*(.+)$/s.exec(text ?? '') ?? [];
  const justification = JUSTIFICATIONS.find((each) => each === word);
  if (!justification || !why) {
    throw new UsageError(
      `expected --reason "WORD: TEXT" with one of ${JUSTIFICATIONS.join(', ')}, got ${JSON.stringify(text ?? '')}`,
    );
  }
  return { justification, text: why };
}

async function judgedOf(
  { until, severity, exploited }: Words,
  vulnerability: string,
  stores: Stores | undefined,
): Promise<Pick<SuppressionEntry, 'judged'>> {
  if (until !== 'change') {
    if (severity !== undefined || exploited) {
      throw new UsageError('--severity and --exploited belong to --until change');
    }
    return {};
  }
  if (severity !== undefined) {
    return { judged: { severity: oneOf('--severity', SEVERITIES, severity), exploited } };
  }
  const now = stores && (await ratingOf(stores, vulnerability));
  if (!now) {
    throw new UsageError(
      'expected --severity S: until it changes from what? (--state or --stack knows, if the last night found it)',
    );
  }
  return {
    judged: { severity: now.severity, exploited: exploited || now.exploited !== undefined },
  };
}

/** `CVE-2026-1-openssl` as an entry is called; a number where that is taken. */
function freeId(name: string, taken: ReadonlySet<string>): string {
  const id = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 90)
    .replace(/^-+|-+$/g, '');
  if (!taken.has(id)) return id;
  let number = 2;
  while (taken.has(`${id}-${number}`)) number++;
  return `${id}-${number}`;
}

/** Whole or not at all. */
function replace(file: string, text: string): void {
  const draft = `${file}.new`;
  writeFileSync(draft, text);
  renameSync(draft, file);
}
