import type { Digest } from './digest.ts';
import type { FileFacts } from './file-facts.ts';

/** What one entry of a layer's archive is. Devices and FIFOs are `other`: listed, never read. */
export type EntryType = 'file' | 'directory' | 'symlink' | 'hardlink' | 'other';

/** One entry of a layer, in the archive's order. */
export interface LayerEntry {
  /** `/`-separated, no leading or trailing slash, no `.` or `..` part; the root itself is not listed. */
  readonly path: string;
  readonly type: EntryType;
  /** Permission bits with setuid, setgid and sticky: `0o7777`. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes; 0 for all but files. */
  readonly size: number;
  /** A symlink's text as it stands in the archive; a hard link's normalised path. */
  readonly link?: string;
  /** The extended attribute `security.capability`, hex (`vfs_cap_data`, capabilities(7)). */
  readonly capability?: string;
}

/** Something in a layer that could not be taken as it stood; the rest of the layer stands. */
export interface Problem {
  /** Path in the image, or what was read (`manifest`, `config`, `sha256:…`). */
  readonly path: string;
  readonly reason: string;
}

/**
 * What is kept of one layer, for good: its file table, the wanted files verbatim, and what its
 * programs, libraries and archives say of themselves. It depends on the layer's bytes and on `WANTED_VERSION` alone, never on
 * an extractor, so that a better extractor runs again without a pull.
 */
export interface Capture {
  /** `WANTED_VERSION` at the time: which files were kept. */
  readonly wanted: number;
  readonly layer: Digest;
  readonly diffId: Digest;
  /** Bytes of the blob and of the archive in it. */
  readonly size: number;
  readonly unpackedSize: number;
  readonly entries: readonly LayerEntry[];
  /** Wanted files by path, base64: bytes, since no encoding can be trusted. A path that occurs twice keeps the last. */
  readonly files: Readonly<Record<string, string>>;
  /** What is told of files whose bytes are not kept, by path; of a path that occurs twice, of the last. */
  readonly facts: Readonly<Record<string, FileFacts>>;
  readonly problems: readonly Problem[];
}
