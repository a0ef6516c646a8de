import { WANTED_FILE_LIMIT } from '../../core/image/wanted-files.ts';

/** What a layer may cost us. Beyond any of these it is refused, but for a wanted file that is too large. */
export interface LayerLimits {
  /** Packed bytes. */
  readonly blobBytes: number;
  readonly unpackedBytes: number;
  /** Unpacked bytes for each packed one, looked at beyond `RATIO_FREE_BYTES`. */
  readonly ratio: number;
  readonly entries: number;
  /** UTF-16 units of a path or a link. */
  readonly pathLength: number;
  /** UTF-16 units of all paths and links of the layer. */
  readonly pathsLength: number;
  /** A larger wanted file is listed, not kept, and is a problem; bytes. */
  readonly wantedFileBytes: number;
  /** Bytes of all wanted files of the layer. */
  readonly wantedBytes: number;
  /** What is told of one file, UTF-16 units as JSON; more is a problem. */
  readonly fileFacts: number;
  /** What is told of all files of the layer, UTF-16 units as JSON. */
  readonly facts: number;
  /** Problems that are kept; the others are counted. */
  readonly problems: number;
}

/** A few megabytes of zeros compress a thousandfold and harm nobody. */
export const RATIO_FREE_BYTES = 64 * 1024 * 1024;

/** Far above what real images need, far below what would harm; time is the caller's to bound. */
export const LAYER_LIMITS: LayerLimits = {
  blobBytes: 16 * 1024 ** 3,
  unpackedBytes: 64 * 1024 ** 3,
  ratio: 200,
  entries: 500_000,
  // Linux's PATH_MAX.
  pathLength: 4096,
  pathsLength: 64 * 1024 * 1024,
  wantedFileBytes: WANTED_FILE_LIMIT,
  wantedBytes: 128 * 1024 * 1024,
  fileFacts: 4 * 1024 * 1024,
  facts: 64 * 1024 * 1024,
  problems: 1000,
};
