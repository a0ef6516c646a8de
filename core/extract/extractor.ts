import type { Problem } from '../image/capture.ts';
import type { FileTree } from '../image/file-tree.ts';
import type { Distro, Package } from '../inventory/inventory.ts';
import type { PartName } from './part-versions.ts';

/** What an extractor may look at. */
export interface ExtractorInput {
  readonly tree: FileTree;
  readonly distro: Distro | null;
}

/** A file as an OS package lists it: no leading slash, links not followed. */
export interface OwnedFile {
  readonly path: string;
  /** Name of the package. */
  readonly owner: string;
  /** The layer that wrote the list which says so last, where each package has a list of its own. */
  readonly listLayer?: number | undefined;
}

/** What one extractor found; what it could not read is a problem, the rest stands. */
export interface Extraction {
  /** `owner` is `null` in all of them: it is known only when every extractor has run. */
  readonly packages: readonly Package[];
  readonly owned: readonly OwnedFile[];
  readonly problems: readonly Problem[];
}

/**
 * Reads the packages of one format out of an image. Pure: no file system, no network, no clock;
 * never throws for what an image holds. Asynchronous only where a library that reads a database is.
 */
export interface Extractor<Result = Extraction | Promise<Extraction>> {
  readonly name: PartName;
  extract(input: ExtractorInput): Result;
}
