import { createHash } from 'node:crypto';
import * as z from 'zod';

/** A content digest, `sha256:` and 64 hex digits (OCI image-spec, descriptor.md#digests). */
export const Digest = z.stringFormat('digest', /^sha256:[0-9a-f]{64}$/);
export type Digest = string;

/** The digest of bytes. */
export function digestOf(bytes: Uint8Array | string): Digest {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** Whether a text is a digest that we can check. */
export function isDigest(text: string): boolean {
  return Digest.safeParse(text).success;
}
