import { TooLargeError } from './errors.ts';

/** What one image may cost once its layers lie over each other. Beyond any of these it is refused. */
export interface ImageLimits {
  /** Of all layers, hidden ones included. */
  readonly entries: number;
  /** UTF-16 units of the paths that show, folders that no entry describes included, and `NAME_WEIGHT` for each. */
  readonly paths: number;
  /** UTF-16 units of all links that are followed, each time anew. */
  readonly links: number;
  /** Bytes of the wanted files that show. */
  readonly wantedBytes: number;
}

/** Bytes of what wanted files were in layers below: beyond it no image is refused, but the oldest are let go. */
export const EARLIER_BYTES = 64 * 1024 * 1024;

/** Far above what real images need: 5 GB have some 200,000 files, whose paths weigh 35 million. */
export const IMAGE_LIMITS: ImageLimits = {
  entries: 4_000_000,
  paths: 96 * 1024 * 1024,
  links: 64 * 1024 * 1024,
  wantedBytes: 192 * 1024 * 1024,
};

/** Linux's PATH_MAX. */
export const PATH_LIMIT = 4096;

/** What a name costs beside its path. */
export const NAME_WEIGHT = 64;

const WORDS: Readonly<Record<keyof ImageLimits, string>> = {
  entries: 'entries',
  paths: 'characters of paths',
  links: 'characters of links to follow',
  wantedBytes: 'bytes of wanted files',
};

/** What an image has cost so far. */
export type Spent = { -readonly [What in keyof ImageLimits]: number };

/** Counts what an image costs. */
export class Budget {
  readonly limits: ImageLimits;
  readonly spent: Spent = { entries: 0, paths: 0, links: 0, wantedBytes: 0 };

  constructor(limits: ImageLimits) {
    this.limits = limits;
  }

  /** @throws TooLargeError when more than `times` the limit is spent */
  spend(what: keyof ImageLimits, amount: number, times = 1): void {
    this.spent[what] += amount;
    const limit = this.limits[what] * times;
    if (this.spent[what] > limit) {
      throw new TooLargeError(`image of more than ${limit} ${WORDS[what]}`);
    }
  }
}
