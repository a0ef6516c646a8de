import { gunzipSync, gzipSync } from 'node:zlib';
import { digestOf } from '../image/digest.ts';

/** An object that is not what its key promised. */
export class MalformedObjectError extends Error {
  override readonly name = 'MalformedObjectError';
}

/**
 * A compressed JSON object. `format` names its type and version (`run/1`): objects
 * live for months, and code that no longer knows a format must say so.
 */
export function encodeObject(format: string, value: unknown): Uint8Array {
  return gzipSync(JSON.stringify({ format, value }));
}

/** UTF-16 units of JSON that are compressed at once. */
const PIECE = 4 * 1024 * 1024;

/**
 * As `encodeObject`, for a value whose text is not to be held whole: it is written and compressed a piece
 * at a time, each as a gzip member of its own (RFC 1952: a file is any number of them).
 */
export function encodeLargeObject(format: string, value: object): Uint8Array {
  const members: Buffer[] = [];
  let piece = '';
  for (const text of textOf({ format, value }, PARTS_DEPTH)) {
    piece += text;
    if (piece.length < PIECE) continue;
    members.push(gzipSync(piece));
    piece = '';
  }
  if (piece !== '' || members.length === 0) members.push(gzipSync(piece));
  return members.length === 1 && members[0] ? members[0] : Buffer.concat(members);
}

/** Envelope, value, its lists: what is in those is written whole. */
const PARTS_DEPTH = 3;

/** What JSON.stringify makes of a value, in parts. */
function* textOf(value: unknown, depth: number): Generator<string> {
  if (typeof value === 'string' && value.length > PIECE) yield* longText(value);
  else if (depth === 0 || typeof value !== 'object' || value === null) {
    yield JSON.stringify(value) ?? 'null';
  } else if (Array.isArray(value)) {
    yield* inBrackets('[]', value, (each) => ['', each], depth);
  } else {
    const entries = Object.entries(value).filter(([, each]) => each !== undefined);
    yield* inBrackets('{}', entries, ([key, each]) => [`${JSON.stringify(key)}:`, each], depth);
  }
}

function* inBrackets<Item>(
  [open, close]: string,
  items: readonly Item[],
  partsOf: (item: Item) => readonly [before: string, value: unknown],
  depth: number,
): Generator<string> {
  yield open ?? '';
  for (const [index, item] of items.entries()) {
    const [before, value] = partsOf(item);
    yield index === 0 ? before : `,${before}`;
    yield* textOf(value, depth - 1);
  }
  yield close ?? '';
}

/** A string that is as long as many pieces. Halves of a character that is cut are escaped, and are one again when read. */
function* longText(text: string): Generator<string> {
  yield '"';
  for (let at = 0; at < text.length; at += PIECE) {
    yield JSON.stringify(text.slice(at, at + PIECE)).slice(1, -1);
  }
  yield '"';
}

/**
 * The reverse of `encodeObject`. We wrote what we read: the format vouches for the type.
 * `older`: formats of before that read the same.
 *
 * @throws MalformedObjectError when the bytes are of another format or none
 */
export function decodeObject<Value>(
  format: string,
  bytes: Uint8Array,
  older: readonly string[] = [],
): Value {
  let envelope: { readonly format?: unknown; readonly value?: Value } | null;
  try {
    envelope = JSON.parse(gunzipSync(bytes).toString('utf8'));
  } catch (cause) {
    throw new MalformedObjectError(`not a ${format} object`, { cause });
  }
  const isKnown = envelope?.format === format || older.some((each) => each === envelope?.format);
  if (!isKnown || envelope?.value === undefined) {
    throw new MalformedObjectError(
      `expected a ${format} object, got ${JSON.stringify(envelope?.format)}`,
    );
  }
  return envelope.value;
}

/** A short hash of any JSON value, for ids and keys: 32 hex digits. Key order matters. */
export function hashOf(value: unknown): string {
  return digestOf(JSON.stringify(value)).slice('sha256:'.length, 'sha256:'.length + 32);
}
