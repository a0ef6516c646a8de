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
  /** A larger wanted file is listed, not kept, and is a problem; bytes. */
  readonly wantedFileBytes: number;
  /** Bytes of all wanted files of the layer. */
  readonly wantedBytes: number;
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
  wantedFileBytes: WANTED_FILE_LIMIT,
  wantedBytes: 256 * 1024 * 1024,
};
