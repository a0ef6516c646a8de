import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { digestOf, isDigest } from '../../core/image/digest.ts';
import { DigestMismatchError, ImageNotFoundError, TooLargeError } from '../../core/image/errors.ts';
import { isWanted } from '../../core/image/wanted-files.ts';
import { LAYER_LIMITS, type LayerLimits } from '../registry/layer-limits.ts';

/** Manifests, indexes and configs above this are refused (bytes); registries stop at 4 MiB too. */
const DOCUMENT_LIMIT = 4 * 1024 * 1024;

/** What the system says where no file is: nothing, or a file where a folder should be. */
const MISSING = new Set<unknown>(['ENOENT', 'ENOTDIR']);

/** A file that holds a part of an image. */
export interface ImageFile {
  /** Bytes. */
  readonly size: number;
  /** Its bytes from `start` up to `end`, end excluded; all of them by default. */
  bytes(start?: number, end?: number): AsyncIterable<Uint8Array>;
}

/** The files that an image on disk consists of: a folder, or the members of an archive. */
export interface ImageFiles {
  /** For error messages. */
  readonly name: string;
  /** A file by its `/`-separated path. */
  open(path: string): Promise<ImageFile | undefined>;
}

/** Whether an image is called by that tag, or by that name as far as it goes: `1`, `go:1` and `acme/go:1` for `docker.io/acme/go:1`. */
export function isCalled(name: string, wanted: string): boolean {
  return name === wanted || name.endsWith(`:${wanted}`) || name.endsWith(`/${wanted}`);
}

/** How the layers of an image on disk are read. */
export interface LocalSourceOptions {
  /** @default LAYER_LIMITS */
  readonly limits?: LayerLimits;
  /**
   * Which files are kept.
   *
   * @default isWanted
   */
  readonly wants?: (path: string) => boolean;
}

/** The options with their defaults. */
export function withDefaults(options: LocalSourceOptions): Required<LocalSourceOptions> {
  return { limits: options.limits ?? LAYER_LIMITS, wants: options.wants ?? isWanted };
}

/** A file on disk; `undefined` when there is none, or it is a folder or a pipe, which has no ranges. */
export async function openFile(path: string): Promise<ImageFile | undefined> {
  try {
    const found = await stat(path);
    return found.isFile() ? openRange(path, 0, found.size) : undefined;
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && MISSING.has(error.code);
    if (isMissing) return undefined;
    throw error;
  }
}

/** `size` bytes of a file from an offset on, as a file of their own. */
export function openRange(path: string, offset: number, size: number): ImageFile {
  return {
    size,
    async *bytes(start = 0, end = size) {
      const last = Math.min(end, size);
      if (start >= last) return;
      yield* createReadStream(path, {
        start: offset + start,
        end: offset + last - 1,
        highWaterMark: 256 * 1024,
      });
    },
  };
}

/** A whole small file. @throws ImageNotFoundError, TooLargeError */
export async function readDocument(files: ImageFiles, path: string): Promise<Buffer> {
  const file = await files.open(path);
  if (!file) throw new ImageNotFoundError(`${files.name} has no ${path}`);
  return readWhole(file, path);
}

/** A file that must be small. @throws TooLargeError */
export async function readWhole(file: ImageFile, what: string): Promise<Buffer> {
  if (file.size > DOCUMENT_LIMIT) {
    throw new TooLargeError(`${what} of ${file.size} bytes, limit ${DOCUMENT_LIMIT}`);
  }
  return buffer(file.bytes());
}

/** Where a layout keeps a blob (OCI image-spec image-layout.md). @throws ImageNotFoundError */
export function blobPath(digest: string): string {
  if (!isDigest(digest)) throw new ImageNotFoundError(`no digest: ${JSON.stringify(digest)}`);
  return `blobs/sha256/${digest.slice('sha256:'.length)}`;
}

/** @throws DigestMismatchError */
export function checkDigest(bytes: Uint8Array, what: string, digest: string): void {
  const actual = digestOf(bytes);
  if (actual !== digest) throw new DigestMismatchError(what, digest, actual);
}

/**
 * The only image of those that bear the tag which is meant.
 *
 * @param tags of all images there are, for the message
 * @throws ImageNotFoundError
 */
export function onlyOne<Image>(
  { name }: ImageFiles,
  candidates: readonly Image[],
  tag: string,
  tags: readonly string[],
): Image {
  const [first, ...others] = candidates;
  if (first && others.length === 0) return first;
  const said = JSON.stringify(tag);
  if (first) {
    throw new ImageNotFoundError(
      `${name} has ${candidates.length} images tagged ${said}, of ${tags.join(', ')}`,
    );
  }
  const choose = tags.length > 1 ? ` (say which: ${name}:${tags[0]})` : '';
  const there = tags.length > 0 ? `only ${tags.join(', ')}${choose}` : 'and no other';
  throw new ImageNotFoundError(`${name} has no image tagged ${said}, ${there}`);
}
