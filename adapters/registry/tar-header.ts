import { isUtf8 } from 'node:buffer';
import { MalformedLayerError } from '../../core/image/errors.ts';

/** Everything in a tar archive comes in blocks of this many bytes (POSIX pax, "ustar Interchange Format"). */
export const TAR_BLOCK = 512;

/** One header block, decoded. */
export interface TarHeader {
  readonly name: string;
  /** The type flag as a character; the `\0` of old archives as it is. */
  readonly typeflag: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** The size field, bytes. */
  readonly size: number;
  readonly link: string;
}

const USTAR = Buffer.from('ustar\0', 'latin1');
const GNU = Buffer.from('ustar  \0', 'latin1');
const STAR_TRAILER = Buffer.from('tar\0', 'latin1');

/**
 * Reads a header block as Go's archive/tar does, which every container runtime unpacks
 * with: v7, ustar, pax, GNU and star, each number octal or base-256.
 *
 * @throws MalformedLayerError a wrong checksum or a field that is no number
 */
export function decodeTarHeader(block: Buffer): TarHeader {
  checkSum(block);
  const name = textField(block, 0, 100);
  const prefix = decodePrefix(block);
  return {
    name: prefix ? `${prefix}/${name}` : name,
    typeflag: String.fromCharCode(block[156] ?? 0),
    mode: numberField(block, 100, 108),
    uid: numberField(block, 108, 116),
    gid: numberField(block, 116, 124),
    size: numberField(block, 124, 136),
    link: textField(block, 157, 257),
  };
}

/** Whether a block is all zeros; two of them end an archive. */
export function isZeroBlock(block: Buffer): boolean {
  return block[0] === 0 && block.equals(ZERO_BLOCK);
}

const ZERO_BLOCK = Buffer.alloc(TAR_BLOCK);

/** Real size and continuation of an old GNU sparse header (GNU tar manual, "Old GNU Format"). */
export function decodeOldGnuSparse(block: Buffer): {
  readonly realSize: number;
  readonly isExtended: boolean;
} {
  return { realSize: numberField(block, 483, 495), isExtended: block[482] !== 0 };
}

/** Whether one more block of an old GNU sparse map follows this one. */
export function isSparseMapExtended(block: Buffer): boolean {
  return block[504] !== 0;
}

/**
 * Bytes of a name as text, losslessly: a byte that is not UTF-8 becomes the lone surrogate
 * U+DC80 + (byte - 0x80), as in Python's PEP 383.
 */
export function decodeName(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString('utf8');
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const length = [1, 2, 3, 4].find((n) => isUtf8(bytes.subarray(at, at + n)));
    if (length === undefined) text += String.fromCharCode(0xdc00 + (bytes[at] ?? 0));
    else text += bytes.toString('utf8', at, at + length);
    at += length ?? 1;
  }
  return text;
}

/** The bytes that `decodeName` made a text of. */
export function encodeName(text: string): Buffer {
  const parts: Buffer[] = [];
  for (const character of text) {
    const code = character.charCodeAt(0);
    const isByte = character.length === 1 && code >= 0xdc80 && code <= 0xdcff;
    parts.push(isByte ? Buffer.from([code - 0xdc00]) : Buffer.from(character, 'utf8'));
  }
  return Buffer.concat(parts);
}

function checkSum(block: Buffer): void {
  const stored = numberField(block, 148, 156);
  let sum = 0;
  for (let at = 0; at < TAR_BLOCK; at += 1) sum += block[at] ?? 0;
  // The sum is taken with its own field as spaces.
  for (let at = 148; at < 156; at += 1) sum += 32 - (block[at] ?? 0);
  if (sum === stored) return;
  // Some old writers summed signed bytes.
  let signed = sum;
  for (let at = 0; at < TAR_BLOCK; at += 1) {
    if ((at < 148 || at >= 156) && (block[at] ?? 0) > 127) signed -= 256;
  }
  if (signed !== stored) {
    throw new MalformedLayerError(`tar header has checksum ${sum}, not ${stored}`);
  }
}

/** ustar's and star's first part of a long name; v7 and GNU keep other things there. */
function decodePrefix(block: Buffer): string {
  if (hasAt(block, 257, USTAR)) {
    return textField(block, 345, hasAt(block, 508, STAR_TRAILER) ? 476 : 500);
  }
  // Go before 1.8 wrote a prefix under GNU's magic: there it spoils the two times.
  const isGoPrefix =
    hasAt(block, 257, GNU) && !(isNumber(block, 345, 357) && isNumber(block, 357, 369));
  return isGoPrefix ? textField(block, 345, 500) : '';
}

function hasAt(block: Buffer, start: number, expected: Buffer): boolean {
  return block.compare(expected, 0, expected.length, start, start + expected.length) === 0;
}

function textField(block: Buffer, start: number, end: number): string {
  // Of most fields nothing is used, and to look at them as names takes longer than the rest.
  if (block[start] === 0) return '';
  const zero = block.indexOf(0, start);
  return decodeName(block.subarray(start, zero === -1 ? end : Math.min(zero, end)));
}

function isNumber(block: Buffer, start: number, end: number): boolean {
  return Number.isSafeInteger(decodeNumber(block, start, end));
}

function numberField(block: Buffer, start: number, end: number): number {
  const value = decodeNumber(block, start, end);
  if (!Number.isSafeInteger(value)) {
    const text = block.toString('latin1', start, end);
    throw new MalformedLayerError(`no number in a tar header: ${JSON.stringify(text)}`);
  }
  return value;
}

/** Octal digits padded with spaces or zeros, or base-256 when the top bit is set; NaN for the rest. */
function decodeNumber(block: Buffer, start: number, end: number): number {
  if ((block[start] ?? 0) & 0x80) return decodeBase256(block.subarray(start, end));
  let at = skipBlanks(block, start, end);
  let value = 0;
  for (let digit = digitAt(block, at); at < end && digit >= 0 && digit < 8; ) {
    value = value * 8 + digit;
    at += 1;
    digit = digitAt(block, at);
  }
  // A zero byte ends a number, whatever follows; after a space only blanks may come.
  const isOver = at === end || block[at] === 0 || skipBlanks(block, at, end) === end;
  return isOver ? value : Number.NaN;
}

function digitAt(block: Buffer, at: number): number {
  return (block[at] ?? 0) - 0x30;
}

function skipBlanks(block: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && (block[at] === 0 || block[at] === 0x20)) at += 1;
  return at;
}

/** Two's complement, the top bit being the marker (GNU tar manual, "Extensions to the tar format"). */
function decodeBase256(field: Buffer): number {
  const bits = field.length * 8 - 1;
  const value = BigInt(`0x${field.toString('hex')}`) & ((1n << BigInt(bits)) - 1n);
  return Number(BigInt.asIntN(bits, value));
}
