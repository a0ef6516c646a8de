import { MalformedLayerError } from '../../core/image/errors.ts';
import { decodeName } from './tar-header.ts';

/** Values where a zero byte would let two readers see two different paths. */
const NO_ZERO = new Set(['path', 'linkpath', 'uname', 'gname']);

/**
 * The `length key=value\n` records of a pax header (POSIX pax, "pax Extended Header"). A
 * later record wins; an empty value takes the key away.
 *
 * @throws MalformedLayerError
 */
export function parsePaxRecords(bytes: Buffer): ReadonlyMap<string, string> {
  const records = new Map<string, string>();
  for (let at = 0; at < bytes.length; ) {
    const { key, value, end } = parseRecord(bytes, at);
    // Go keeps the header's own value then.
    if (value.length === 0) records.delete(key);
    else records.set(key, decodeName(value));
    at = end;
  }
  return records;
}

function parseRecord(
  bytes: Buffer,
  at: number,
): { readonly key: string; readonly value: Buffer; readonly end: number } {
  const space = bytes.indexOf(0x20, at);
  const digits = bytes.toString('latin1', at, Math.max(space, at));
  const end = at + Number(digits);
  const equals = bytes.indexOf(0x3d, space);
  const isWhole = /^[1-9]\d{0,8}$/.test(digits) && bytes[end - 1] === 0x0a;
  if (!isWhole || equals <= space + 1 || equals >= end) throw malformed(bytes, at);
  const key = decodeName(bytes.subarray(space + 1, equals));
  const value = bytes.subarray(equals + 1, end - 1);
  if (key.includes('\0') || (NO_ZERO.has(key) && value.includes(0))) throw malformed(bytes, at);
  return { key, value, end };
}

/**
 * A record's decimal number.
 *
 * @throws MalformedLayerError
 */
export function paxNumber(records: ReadonlyMap<string, string>, key: string): number | undefined {
  const text = records.get(key);
  if (text === undefined) return undefined;
  const value = /^-?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(value)) {
    throw new MalformedLayerError(`pax record ${key} is no number: ${JSON.stringify(text)}`);
  }
  return value;
}

function malformed(bytes: Buffer, at: number): MalformedLayerError {
  const text = bytes.toString('latin1', at, Math.min(at + 80, bytes.length));
  return new MalformedLayerError(`malformed pax record: ${JSON.stringify(text)}`);
}
