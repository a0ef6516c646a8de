import { gunzipSync } from 'node:zlib';
import * as z from 'zod';
import { describeIssue } from '../world/describe-issue.ts';
import { byCodeUnits } from '../world/layer-archive.ts';
import { InvalidLocksError } from './invalid-locks-error.ts';

/** Unpacked bytes; locks of years lie far below. */
const LOCKS_LIMIT = 1024 * 1024 * 1024;

/** What apko is told to build for one architecture, with the tags that it becomes. */
const LockVariant = z.strictObject({
  /** As Go names it: `amd64`. */
  arch: z.string().regex(/^[a-z0-9_]+$/, 'not an architecture'),
  /** Words of a shell; empty when there is none. */
  cmd: z.string(),
  entrypoint: z.string(),
  environment: z.record(z.string().min(1), z.string()),
  /** How apko would cut layers; the builder has its own rule. */
  layering: z.unknown(),
  packages: z.array(z.string().regex(/^[^\s=]+=[^\s=]+$/, 'not name=version')),
  /** A uid. */
  runAs: z.string().regex(/^\d+$/, 'not a uid'),
  tags: z.array(z.string().min(1)).min(1),
});
export type LockVariant = z.output<typeof LockVariant>;

/** The packages of one image at one time, as they were published. */
const Lock = z.strictObject({
  /** `registry/repository`. */
  image: z.string().min(1),
  lockedAt: z.iso.datetime({ offset: true }).transform((text) => new Date(text).toISOString()),
  variants: z.array(LockVariant).min(1),
});
export type Lock = z.output<typeof Lock>;

/**
 * Reads locks (newline-delimited JSON, gzipped or not) and puts them in order of time,
 * then of image.
 *
 * @throws InvalidLocksError naming the line
 */
export function parseLocks(bytes: Uint8Array): Lock[] {
  const lines = unpack(bytes).split('\n');
  if (lines.at(-1) === '') lines.pop();
  const locks = lines.map((text, index) => parseLock(text, index + 1));
  if (locks.length === 0) throw new InvalidLocksError('no lock');
  return locks.sort(
    (left, right) =>
      byCodeUnits(left.lockedAt, right.lockedAt) || byCodeUnits(left.image, right.image),
  );
}

function unpack(bytes: Uint8Array): string {
  try {
    const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
    const plain = isGzip ? gunzipSync(bytes, { maxOutputLength: LOCKS_LIMIT }) : bytes;
    return new TextDecoder('utf-8', { fatal: true }).decode(plain);
  } catch (cause) {
    throw new InvalidLocksError('unreadable gzip data or text', { cause });
  }
}

function parseLock(text: string, line: number): Lock {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new InvalidLocksError(`line ${line}: not JSON`, { cause });
  }
  const result = Lock.safeParse(json, { reportInput: true });
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new InvalidLocksError(`line ${line}: ${issue ? describeIssue(issue) : 'not a lock'}`);
}
