import type { FileFacts } from '../image/file-facts.ts';

/** A regular file of a layer, before its bytes. */
export interface ProbedFile {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Permission bits. */
  readonly mode: number;
}

/**
 * Looks at one file as its bytes stream by, holding no more of them than it says. Never throws
 * for what a file holds.
 */
export interface Probe {
  /** The next bytes, from the file's first on; good only until it returns. */
  write(bytes: Buffer): void;
  /** The file is over. `undefined` when there is nothing to tell. */
  end(): FileFacts | undefined;
}
