import { quote } from '../../core/extract/token.ts';
import { MalformedLayerError, TooLargeError } from '../../core/image/errors.ts';
import { decodeName } from './tar-header.ts';

/** Values where a zero byte would let two readers see two different paths. */
const NO_ZERO = new Set(['path', 'linkpath', 'uname', 'gname']);

/** As star, GNU tar and Go write extended attributes (https://pkg.go.dev/archive/tar, "PAX records"); libarchive encodes them otherwise. */
export const CAPABILITY = 'SCHILY.xattr.security.capability';

/** The records that we look at; what others hold is never made a text of. */
const KNOWN = new Set([
  'path',
  'linkpath',
  'size',
  'uid',
  'gid',
  'GNU.sparse.major',
  'GNU.sparse.minor',
  'GNU.sparse.name',
  'GNU.sparse.realsize',
  'GNU.sparse.size',
  CAPABILITY,
]);

/** Records of which it is enough to know that they are there: lists without end. */
const THERE = new Set(['GNU.sparse.map', 'GNU.sparse.offset', 'GNU.sparse.numbytes']);

/** Bytes of a value that we look at, or of a name: four times what a path may have. */
const VALUE_LIMIT = 16_384;

/**
 * Those that we look at of the `length key=value\n` records of a pax header (POSIX pax, "pax
 * Extended Header"). A later record wins; an empty value takes the key away.
 *
 * @throws MalformedLayerError, TooLargeError
 */
export function parsePaxRecords(bytes: Buffer): ReadonlyMap<string, string> {
  const records = new Map<string, string>();
  for (let at = 0; at < bytes.length; ) {
    const { key, value, end } = parseRecord(bytes, at);
    // Go keeps the header's own value then.
    if (value.length === 0) records.delete(key);
    else if (THERE.has(key)) records.set(key, '');
    else if (KNOWN.has(key)) records.set(key, decodeName(checkLength(`pax record ${key}`, value)));
    at = end;
  }
  return records;
}

/** @throws TooLargeError */
export function checkLength(what: string, value: Buffer): Buffer {
  if (value.length <= VALUE_LIMIT) return value;
  throw new TooLargeError(`${what} of ${value.length} bytes, limit ${VALUE_LIMIT}`);
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
  // No key that we know has any but ASCII letters.
  const key = bytes.toString('latin1', space + 1, equals);
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
    throw new MalformedLayerError(`pax record ${key} is no number: ${quote(text)}`);
  }
  return value;
}

function malformed(bytes: Buffer, at: number): MalformedLayerError {
  const text = bytes.toString('latin1', at, Math.min(at + 80, bytes.length));
  return new MalformedLayerError(`malformed pax record: ${JSON.stringify(text)}`);
}
