import type { Digest } from '../image/digest.ts';

/** Names (`name=version`) that differ between two observations, sorted. */
export interface PackagesChanged {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** `name: old -> new`. */
  readonly changed: readonly string[];
}

/** The C library of an image. */
export interface Libc {
  readonly name: 'glibc' | 'musl';
  /** Upstream's, as far as the package says it: `2.43`, `1.2.5`. */
  readonly version: string;
  /** What compiled code depends on: `2.43`, `1.2`. */
  readonly series: string;
  /** The package that said so. */
  readonly evidence: string;
}

/** A runtime of a watched image. */
export interface ObservedRuntime {
  readonly language: 'node' | 'java' | 'go';
  readonly version: string;
  /** At which what is built on it breaks: Node's and Java's major, Go's minor. */
  readonly series: string;
}

/** One digest that a watched tag pointed at, on one platform. */
export interface Observation {
  /** `registry/repository:tag`. */
  readonly image: string;
  /** When the tag moved there (RFC 3339, milliseconds). */
  readonly at: string;
  /** When we saw it. */
  readonly seenAt: string;
  readonly digest: Digest;
  /** `UNREAD_PLATFORM` where the image was not read: see `isRead`. */
  readonly platform: string;
  readonly platformDigest: Digest;
  readonly python: {
    readonly version: string;
    readonly minor: string;
    readonly evidence: string;
  } | null;
  /** Runtimes of other languages; absent where there is none, and where nobody looked for them yet. */
  readonly runtimes?: readonly ObservedRuntime[];
  /** `null` where none is installed as a package. */
  readonly libc: Libc | null;
  /** Against the observation before; `null` where there is none that was read. */
  readonly packagesChanged: PackagesChanged | null;
  /**
   * By part (`python`), what the code that recorded this one reads in the image before, where an
   * earlier version recorded something else of it; `null`: nothing. Absent where all is as recorded.
   */
  readonly reread?: Readonly<Record<string, string | null>>;
}

/** Stands for the platforms of an image that was not read: the move is recorded all the same. */
export const UNREAD_PLATFORM = 'unknown';

/** Whether the image was read: if not, that no Python is named says nothing about it. */
export function isRead({ platform }: Pick<Observation, 'platform'>): boolean {
  return platform !== UNREAD_PLATFORM;
}

/** A series without what stood for images that have been read since. */
export function withoutReadLater(series: readonly Observation[]): Observation[] {
  const read = new Set(series.filter(isRead).map(moveKey));
  return series.filter((each) => isRead(each) || !read.has(moveKey(each)));
}

/** Names one move of a tag. */
export function moveKey({ at, digest }: Pick<Observation, 'at' | 'digest'>): string {
  return `${at} ${digest}`;
}
