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
