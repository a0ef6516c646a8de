/** An operator that EventBridge may know and we do not, or a pattern that is none. */
export class UnknownPatternError extends Error {
  override readonly name = 'UnknownPatternError';
}

type Json = Readonly<Record<string, unknown>>;

/**
 * Whether an event matches a rule's pattern: the comparison operators that EventBridge documents
 * (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html),
 * but for `cidr`.
 *
 * @throws UnknownPatternError
 */
export function matchesPattern(pattern: unknown, event: unknown): boolean {
  return Object.entries(objectOf(pattern)).every(([key, expected]) => {
    if (key === '$or') {
      if (!Array.isArray(expected)) throw new UnknownPatternError('$or: expected a list');
      return expected.some((each) => matchesPattern(each, event));
    }
    const value = isObject(event) ? event[key] : undefined;
    return Array.isArray(expected) ? matchesAny(expected, value) : matchesPattern(expected, value);
  });
}

/** One of the expected values fits the value, or one of its elements. */
function matchesAny(expected: readonly unknown[], value: unknown): boolean {
  return expected.some((each) => {
    if (isObject(each) && 'exists' in each) return each.exists === (value !== undefined);
    const values = Array.isArray(value) ? value : [value];
    return values.some((one) => one !== undefined && matchesOne(each, one));
  });
}

function matchesOne(expected: unknown, value: unknown): boolean {
  if (!isObject(expected)) return expected === value;
  const entries = Object.entries(expected);
  const [name = '', argument] = entries[0] ?? [];
  const operator = OPERATORS[name];
  if (!operator || entries.length !== 1) {
    throw new UnknownPatternError(`unknown operator: ${JSON.stringify(expected)}`);
  }
  return operator(argument, value);
}

type Operator = (argument: unknown, value: unknown) => boolean;

const OPERATORS: Readonly<Record<string, Operator>> = {
  prefix: withCase((value, start) => value.startsWith(start)),
  suffix: withCase((value, end) => value.endsWith(end)),
  'equals-ignore-case': (argument, value) => lower(value) === lower(argument),
  wildcard: (argument, value) =>
    [argument].flat().some((each) => typeof value === 'string' && wildcard(each).test(value)),
  'anything-but': (argument, value) =>
    isObject(argument)
      ? !anyOf(argument, value)
      : ![argument].flat().some((each) => each === value),
  numeric: matchesNumbers,
};

/** `anything-but` takes an operator with one argument or several. */
function anyOf(operator: Json, value: unknown): boolean {
  return Object.entries(operator).some(([name, argument]) =>
    [argument].flat().some((each) => matchesOne({ [name]: each }, value)),
  );
}

function withCase(matches: (value: string, argument: string) => boolean): Operator {
  return (argument, value) => {
    if (typeof value !== 'string') return false;
    if (typeof argument === 'string') return matches(value, argument);
    const folded = isObject(argument) ? argument['equals-ignore-case'] : undefined;
    if (typeof folded !== 'string') {
      throw new UnknownPatternError(`unknown operator: ${JSON.stringify(argument)}`);
    }
    return matches(value.toLowerCase(), folded.toLowerCase());
  };
}

const COMPARISONS: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '=': (a, b) => a === b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};

function matchesNumbers(argument: unknown, value: unknown): boolean {
  if (!Array.isArray(argument)) throw new UnknownPatternError('numeric: expected a list');
  if (typeof value !== 'number') return false;
  for (let index = 0; index < argument.length; index += 2) {
    const compare = COMPARISONS[String(argument[index])];
    if (!compare) throw new UnknownPatternError(`numeric: ${JSON.stringify(argument)}`);
    if (!compare(value, Number(argument[index + 1]))) return false;
  }
  return true;
}

function wildcard(pattern: unknown): RegExp {
  const parts = String(pattern)
    .split('*')
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's');
}

function lower(value: unknown): unknown {
  return typeof value === 'string' ? value.toLowerCase() : value;
}

function objectOf(value: unknown): Json {
  if (!isObject(value)) throw new UnknownPatternError(`no pattern: ${JSON.stringify(value)}`);
  return value;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
