import type * as z from 'zod';
import { hashOf } from '../object/json-object.ts';
import { dayAfter, daysBetween } from './days.ts';
import { findOverlaps } from './find-overlaps.ts';
import type { Suppression, SuppressionEnd, SuppressionSet } from './suppression.ts';
import { DAYS_AT_MOST, SuppressionEntry, SuppressionFile } from './suppression-entry.ts';
import type { VexStatement } from './vex-statement.ts';

/** A file of suppressions with errors; names all of them, a line each. */
export class InvalidSuppressionsError extends Error {
  override readonly name = 'InvalidSuppressionsError';
  /** As it was named. */
  readonly file: string;
  readonly errors: readonly string[];

  constructor(file: string, errors: readonly string[], options?: ErrorOptions) {
    super(`bad ${file}:\n${errors.map((each) => `  ${each}`).join('\n')}`, options);
    this.file = file;
    this.errors = errors;
  }
}

/**
 * Checks what a file of suppressions holds, and gives it as the functions take it. What ended is no
 * error: on the day it ends nothing else may fail.
 *
 * @param file what it is called in errors
 * @throws InvalidSuppressionsError
 */
export function readSuppressionFile(data: unknown, file: string): SuppressionSet {
  // A file of comments alone has nothing in it.
  const result = SuppressionFile.safeParse(data ?? { suppressions: [] });
  if (!result.success) {
    throw new InvalidSuppressionsError(file, describeIssues(data, result.error));
  }
  const { suppressions } = result.data;
  const errors = [
    ...suppressions.flatMap((entry) => entryErrors(entry).map((error) => `${entry.id}: ${error}`)),
    ...namesakes(suppressions),
  ];
  const entries = errors.length > 0 ? [] : suppressions.map(suppressionOf);
  errors.push(...findOverlaps(entries));
  if (errors.length > 0) throw new InvalidSuppressionsError(file, errors);
  return suppressionSet(entries);
}

/** What is decided besides the file's entries. */
interface DecidedBesides {
  readonly statements?: readonly VexStatement[];
  readonly trustAttachedFrom?: readonly string[];
}

/** Entries and what is decided besides, under the version that they are. */
export function suppressionSet(
  entries: readonly Suppression[],
  { statements = [], trustAttachedFrom = [] }: DecidedBesides = {},
): SuppressionSet {
  const said = {
    entries,
    ...(statements.length > 0 && { statements }),
    ...(trustAttachedFrom.length > 0 && { trustAttachedFrom }),
  };
  return { version: hashOf(said).slice(0, 12), ...said };
}

function suppressionOf(entry: SuppressionEntry): Suppression {
  const { id, vulnerability, owner, author, reason, created } = entry;
  return {
    id,
    vulnerability,
    packages: listOf(entry.package),
    images: listOf(entry.image),
    workloads: listOf(entry.workload),
    owner,
    author,
    reason: `${reason.justification}: ${reason.text}`,
    from: `${created}T00:00:00.000Z`,
    end: endOf(entry),
  };
}

function listOf(patterns: string | readonly string[] | undefined): readonly string[] {
  return patterns === undefined ? [] : [patterns].flat();
}

function endOf({ until, judged }: SuppressionEntry): SuppressionEnd {
  if (until === 'fix') return { fix: true };
  if (until === 'change') return judged ? { change: judged } : {};
  return { date: { last: until, over: `${dayAfter(until)}T00:00:00.000Z` } };
}

function entryErrors(entry: SuppressionEntry): string[] {
  const { created, until, judged } = entry;
  const errors: string[] = [];
  if (entry.package === undefined && entry.image === undefined && entry.workload === undefined) {
    errors.push(
      'package: expected a package, an image or a workload: nothing is silenced everywhere',
    );
  }
  if (until === 'change' && !judged) {
    errors.push(
      'judged: expected the severity and whether it was known to be exploited, got nothing',
    );
  }
  if (until !== 'change' && judged) errors.push('judged: belongs to until: change');
  if (until !== 'change' && until !== 'fix') errors.push(...dateErrors(created, until));
  return errors;
}

function dateErrors(created: string, until: string): string[] {
  const days = daysBetween(created, until);
  if (days < 0) return [`until: expected a day from ${created} on, got ${until}`];
  if (days > DAYS_AT_MOST) {
    return [`until: expected at most ${DAYS_AT_MOST} days after ${created}, got ${until}`];
  }
  return [];
}

function namesakes(entries: readonly SuppressionEntry[]): string[] {
  const ids = entries.map(({ id }) => id);
  const twice = new Set(ids.filter((id, index) => ids.indexOf(id) !== index));
  return [...twice].map((id) => `${id}: id: expected it once in the file`);
}

/** Longest value that is repeated to who wrote it. */
const SHOWN = 60;

function describeIssues(data: unknown, { issues }: z.ZodError): string[] {
  return issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') {
      const known = issue.path.length > 1 ? Object.keys(SuppressionEntry.shape) : ['suppressions'];
      const inReason = issue.path.includes('reason') || issue.path.includes('judged');
      const hint = inReason ? '' : `, expected one of ${known.join(', ')}`;
      return issue.keys.map((key) => `${placeOf(data, [...issue.path, key])}: no such key${hint}`);
    }
    const got = shown(valueAt(data, issue.path));
    return [`${placeOf(data, issue.path)}: ${expectation(issue)}, got ${got}`];
  });
}

/** Of several ways to write something, the first is said. */
function expectation(issue: z.core.$ZodIssue): string {
  const [first] = issue.code === 'invalid_union' ? (issue.errors[0] ?? []) : [];
  return (first ?? issue).message
    .replace(/^(?:Invalid input|Invalid option|Too small|Too big): /, '')
    .replace(/, received [^,]*$/, '');
}

/** The entry's own name before the key, where it has one. */
function placeOf(data: unknown, path: readonly PropertyKey[]): string {
  const [list, index, ...keys] = path;
  if (index === undefined) return String(list ?? 'file');
  const id: unknown = valueAt(data, [list ?? '', index, 'id']);
  const name = typeof id === 'string' ? id : `${String(list)}[${String(index)}]`;
  return [name, keys.map(String).join('.')].filter((part) => part !== '').join(': ');
}

function valueAt(data: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      value === null || value === undefined ? undefined : Reflect.get(Object(value), key),
    data,
  );
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value) ?? String(value);
  return text.length <= SHOWN ? text : `${text.slice(0, SHOWN - 1)}…`;
}
