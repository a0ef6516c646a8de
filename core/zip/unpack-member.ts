import { crc32, inflateRawSync } from 'node:zlib';
import type { Member } from './zip-directory.ts';

/** APPNOTE 4.4.5. */
export const STORED = 0;
export const DEFLATED = 8;
/** General purpose flag, bit 0 (4.4.4). */
const ENCRYPTED = 1;

/** The bytes of a member, of the size that the directory says. @throws Error when they are not that */
export function unpackMember(packed: Buffer, { method, flags, size }: Member): Buffer {
  checkMethod({ method, flags });
  // One byte more than promised is allowed for, so that a longer one is noticed.
  const bytes = method === STORED ? packed : inflateRawSync(packed, { maxOutputLength: size + 1 });
  if (bytes.length !== size) throw new Error(`expected ${size} bytes, got ${bytes.length}`);
  return bytes;
}

/** @throws Error for what we cannot unpack */
export function checkMethod({ method, flags }: Pick<Member, 'method' | 'flags'>): void {
  if (flags & ENCRYPTED) throw new Error('encrypted');
  if (method !== STORED && method !== DEFLATED) throw new Error(`compression method ${method}`);
}

/** Whether bytes are those that the directory means. */
export function isWhole(bytes: Buffer, { crc }: Member): boolean {
  return crc32(bytes) === crc;
}
