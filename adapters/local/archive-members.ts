import { stat } from 'node:fs/promises';
import { posix } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { ImageNotFoundError, MalformedLayerError, TooLargeError } from '../../core/image/errors.ts';
import { MalformedManifestError } from '../../core/image/manifest.ts';
import { normalisePath } from '../../core/image/normalise-path.ts';
import { TarReader } from '../registry/tar-reader.ts';
import { type ImageFile, type ImageFiles, openFile, openRange } from './image-files.ts';

/** Three for each layer and a handful more is what writers put there. */
const MEMBER_LIMIT = 100_000;

type Member =
  | { readonly kind: 'file'; readonly offset: number; readonly size: number }
  | { readonly kind: 'link'; readonly target: string };

/**
 * The members of an uncompressed tar archive on disk, read where they lie. Links between
 * them count: `docker save` wrote a layer that two images share as one.
 *
 * @throws ImageNotFoundError, MalformedManifestError, TooLargeError
 */
export async function openArchive(path: string): Promise<ImageFiles> {
  const archive = await openFile(path);
  if (!archive) throw await notAnArchive(path);
  const members = await listMembers(path, archive);
  return {
    name: path,
    async open(name) {
      const member = follow(members, name);
      return member && openRange(path, member.offset, member.size);
    },
  };
}

async function notAnArchive(path: string): Promise<ImageNotFoundError> {
  const found = await stat(path).catch(() => undefined);
  const quoted = JSON.stringify(path);
  if (found?.isDirectory()) return new ImageNotFoundError(`${quoted} is a folder, no archive`);
  return new ImageNotFoundError(
    found ? `${quoted} is no regular file` : `no such archive: ${quoted}`,
  );
}

async function listMembers(path: string, archive: ImageFile): Promise<ReadonlyMap<string, Member>> {
  const members = new Map<string, Member>();
  const reader = new TarReader({
    entry(entry) {
      const name = normalisePath(entry.name).path;
      const { typeflag, offset, size, link } = entry;
      if (typeflag === '0') members.set(name, { kind: 'file', offset, size });
      if (typeflag === '1') members.set(name, { kind: 'link', target: link });
      if (typeflag === '2') {
        members.set(name, { kind: 'link', target: posix.join(posix.dirname(name), link) });
      }
      if (members.size > MEMBER_LIMIT) {
        throw new TooLargeError(`archive of more than ${MEMBER_LIMIT} members`);
      }
      return undefined;
    },
    problem() {
      // What matters of the archive is checked against digests.
    },
  });
  try {
    for await (const chunk of archive.bytes()) reader.push(Buffer.from(chunk));
    reader.end();
  } catch (cause) {
    if (!(cause instanceof MalformedLayerError)) throw cause;
    const packed = await packingOf(archive);
    const why =
      packed === undefined ? 'is no tar archive' : `is packed: unpack it first (${packed})`;
    throw new MalformedManifestError(`${JSON.stringify(path)} ${why}`, { cause });
  }
  return members;
}

/** What unpacks a file, by its beginning: gzip (RFC 1952), zstd (RFC 8878), xz, bzip2. */
async function packingOf(archive: ImageFile): Promise<string | undefined> {
  const start = (await buffer(archive.bytes(0, 6))).toString('hex');
  return PACKINGS.find(([magic]) => start.startsWith(magic))?.[1];
}

const PACKINGS = [
  ['1f8b', 'gunzip'],
  ['28b52ffd', 'unzstd'],
  ['fd377a585a00', 'unxz'],
  ['425a68', 'bunzip2'],
] as const;

function follow(
  members: ReadonlyMap<string, Member>,
  name: string,
): Extract<Member, { kind: 'file' }> | undefined {
  const seen = new Set<string>();
  let at = normalisePath(name).path;
  for (let member = members.get(at); member; member = members.get(at)) {
    if (member.kind === 'file') return member;
    if (seen.has(at)) return undefined;
    seen.add(at);
    at = normalisePath(member.target).path;
  }
  return undefined;
}
