import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { FeedUnavailableError } from '../../actions/ports.ts';
import { damaged } from '../registry/create-caller.ts';
import { crc32c } from './crc32c.ts';

const READ_SIZE = 1024 * 1024;
const HEAD_SIZE = 64;

/** How files of these names begin: bytes as Latin-1, white space left out. */
const BEGINNINGS: readonly (readonly [ending: RegExp, beginnings: readonly string[]])[] = [
  // An empty archive has nothing but its end record.
  [/\.zip$/i, ['PK\x03\x04', 'PK\x05\x06']],
  [/gz$/i, ['\x1f\x8b']],
  [/\.csv$/i, ['#']],
  [/\.xml$/i, ['<', '\xef\xbb\xbf<']],
  [/\.zst$/i, ['\x28\xb5\x2f\xfd']],
  [/./, ['{', '\xef\xbb\xbf{']],
];

/**
 * Whether a file is what its name says, by its first bytes: a page of a proxy is not.
 *
 * @throws FeedUnavailableError
 */
export async function checkBeginning(path: string, what: string): Promise<void> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_SIZE), 0, HEAD_SIZE, 0);
    const head = buffer.toString('latin1', 0, bytesRead);
    const expected = BEGINNINGS.find(([ending]) => ending.test(path))?.[1] ?? [];
    if (expected.some((beginning) => head.trimStart().startsWith(beginning))) return;
    throw new FeedUnavailableError(
      `${what}: not what its name says, it begins with ${JSON.stringify(head.slice(0, 16))}`,
    );
  } finally {
    await file.close();
  }
}

/**
 * Compares a file with `x-goog-hash` (https://cloud.google.com/storage/docs/xml-api/reference-headers#xgooghash):
 * `crc32c=<base64>`, `md5=<base64>`, either or both; other hashes are let pass.
 *
 * @throws DigestMismatchError as TransientFailure
 */
export async function checkHashes(
  path: string,
  header: string | null,
  what: string,
): Promise<void> {
  const promised = new Map(parseHashes(header));
  if (!promised.has('crc32c') && !promised.has('md5')) return;
  const actual = await hashesOf(path);
  for (const [name, hash] of Object.entries(actual)) {
    const expected = promised.get(name) ?? hash;
    if (expected !== hash) throw damaged(what, `${name}=${expected}`, `${name}=${hash}`);
  }
}

function parseHashes(header: string | null): [name: string, hash: string][] {
  return (header ?? '').split(',').map((each) => {
    const text = each.trim();
    // Base64 ends in `=` itself.
    const equals = text.indexOf('=');
    return [text.slice(0, equals), text.slice(equals + 1)];
  });
}

async function hashesOf(path: string): Promise<Record<'crc32c' | 'md5', string>> {
  const md5 = createHash('md5');
  let crc = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: READ_SIZE })) {
    md5.update(chunk);
    crc = crc32c(chunk, crc);
  }
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc);
  return { crc32c: bytes.toString('base64'), md5: md5.digest('base64') };
}
