import type * as z from 'zod';
import { exampleAt } from './config-examples.ts';

/** Longest value that is repeated to who wrote it. */
const SHOWN = 60;

/** What may hold what nobody should read in a log, by mistake or not. */
const SECRET = /^(?:secret|externalId|password|token)$/;

/** One line an error: `key.path: expected …, got …`. */
export function describeConfigErrors(
  schema: z.ZodType,
  config: unknown,
  { issues }: z.ZodError,
): readonly string[] {
  return issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') {
      const known = settingsAt(schema, issue.path);
      const expected = known === '' ? '' : `, expected one of ${known}`;
      return issue.keys.map(
        (key) => `${pathText([...issue.path, key])}: no such setting${expected}`,
      );
    }
    const isKey = issue.code === 'invalid_key';
    const value = isKey ? issue.path.at(-1) : valueAt(config, issue.path);
    const got = isSecret(issue.path) && !isKey ? unshown(value) : shown(value);
    return [visible(`${pathText(issue.path) || 'config'}: ${expectation(issue)}, got ${got}`)];
  });
}

/** One line stays one: what cannot be seen is written as its code. */
function visible(line: string): string {
  return line.replace(
    /\p{C}/gu,
    (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}}`,
  );
}

/** Whatever is written below `registries` may be a password in the wrong place. */
function isSecret(path: readonly PropertyKey[]): boolean {
  return path[0] === 'registries' || SECRET.test(String(path.at(-1)));
}

/** What zod says, without what it says of the value; our own words are as they are. */
function expectation(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') return expectedType(issue);
  const count = countOf(issue);
  if (count !== undefined) return count;
  // What is wrong is a key of a record: what its value is says nothing.
  const [inKey] = issue.code === 'invalid_key' ? issue.issues : [];
  return (inKey?.message ?? issue.message)
    .replace(/^(?:Invalid input|Invalid option|Too small|Too big): /, '')
    .replace(/, received [^,]*$/, '');
}

/** What zod calls the types, for people. */
const TYPES: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

/** What is made of other settings is shown. */
function expectedType({ expected, path }: z.core.$ZodIssueInvalidType): string {
  const type = TYPES[expected] ?? expected;
  const example = STRUCTURES.has(expected) ? exampleAt(path) : undefined;
  return `expected ${type}${example === undefined ? '' : `, such as ${example}`}`;
}

const STRUCTURES: ReadonlySet<string> = new Set(['array', 'object', 'record']);

/** A list that is too short or too long. */
function countOf(issue: z.core.$ZodIssue): string | undefined {
  const isSize = issue.code === 'too_small' || issue.code === 'too_big';
  if (!isSize || issue.origin !== 'array' || !issue.message.startsWith('Too ')) return undefined;
  const [word, limit] =
    issue.code === 'too_small' ? ['at least', issue.minimum] : ['at most', issue.maximum];
  const example = exampleAt(issue.path);
  const such = issue.code === 'too_small' && example !== undefined ? `, such as ${example}` : '';
  return `expected ${word} ${limit} ${Number(limit) === 1 ? 'entry' : 'entries'}${such}`;
}

function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((key) => {
      if (typeof key === 'number') return `[${key}]`;
      const name = String(key);
      return /^\w+$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
    })
    .join('')
    .replace(/^\./, '');
}

function valueAt(config: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      value === null || value === undefined ? undefined : Reflect.get(Object(value), key),
    config,
  );
}

/** What kind of thing somebody wrote where a secret may be. */
function unshown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  const kind = Array.isArray(value) ? 'array' : typeof value;
  return `${kind === 'boolean' ? 'a boolean' : (TYPES[kind] ?? `a ${kind}`)} (not shown here, since it may be secret)`;
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'function' || typeof value === 'symbol') return `a ${typeof value}`;
  const hidden = (key: string, each: unknown) =>
    SECRET.test(key) || key === 'registries' ? '…' : each;
  const text = (JSON.stringify(value, hidden) ?? String(value))
    .replace(/\/\/[^/"]*@/g, '//…@')
    // `user:password@host`; what is before the `@` of a digest is none.
    .replace(/"[^/"@]*:[^"@]*@(?!sha\d+:)/g, '"…@');
  return text.length <= SHOWN ? text : `${text.slice(0, SHOWN - 1)}…`;
}

/** The settings that an object of the configuration may have. */
function settingsAt(schema: z.ZodType, path: readonly PropertyKey[]): string {
  const found = path.reduce<Inside | undefined>(
    (inside, key) => {
      const { shape, element, valueType } = unwrap(inside);
      if (typeof key === 'number') return element;
      return valueType ?? (shape?.[String(key)] as Inside | undefined);
    },
    schema as unknown as Inside,
  );
  const { shape, keyType } = unwrap(found);
  return (keyType?.options ?? Object.keys(shape ?? {})).join(', ');
}

/** What is looked for in a schema: objects have a shape, lists an element, records a type of their values, defaults and options a type inside. */
interface Inside {
  readonly shape?: Readonly<Record<string, unknown>>;
  readonly element?: Inside;
  readonly valueType?: Inside;
  /** Of a record whose keys are listed. */
  readonly keyType?: { readonly options?: readonly string[] };
  readonly def?: { readonly innerType?: Inside };
}

function unwrap(schema: Inside | undefined): Inside {
  const inner = schema?.def?.innerType;
  return inner ? unwrap(inner) : (schema ?? {});
}
