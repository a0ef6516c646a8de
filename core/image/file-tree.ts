import type { EntryType } from './capture.ts';
import type { FileFacts } from './file-facts.ts';

/** One path of a merged image. A hard link is shown as the file it links to. */
export interface TreeEntry {
  readonly path: string;
  readonly type: Exclude<EntryType, 'hardlink'>;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  /** A symlink's text. */
  readonly link?: string;
  /** As in `LayerEntry`. */
  readonly capability?: string;
  /** Index into the image's layers of the layer that brought it. */
  readonly layer: number;
  /**
   * The last layer that put something else here than stood here before, in a layer below. Writing the same anew
   * (a change of its mode or owner does), or where nothing has stood, is none. @default what stood here first
   */
  readonly replaced?: number;
}

/** What a kept file was in a layer, which a layer above has written anew. */
export interface EarlierFile {
  /** Index of the layer that brought it so. */
  readonly layer: number;
  /** `undefined` where there were too many to hold: it is the last then, whatever it once was before. */
  readonly bytes: Uint8Array | undefined;
}

/** The files of an image after its layers were laid over each other. Paths have no leading slash. */
export interface FileTree {
  /** The entry at a path, links not followed. */
  entry(path: string): TreeEntry | undefined;
  /**
   * The path after following every link on the way, the last one included, as the
   * kernel would under this root; `undefined` when it dangles, circles, or runs through a file.
   */
  resolve(path: string): string | undefined;
  /** Bytes of a wanted file at its own path (no links followed); `undefined` if it was not kept or is not there. */
  bytes(path: string): Uint8Array | undefined;
  /** What is told of a file at its own path (no links followed); `undefined` if nothing is. */
  facts(path: string): FileFacts | undefined;
  /**
   * What a kept file at its own path was before, the newest first, back to where it was not there:
   * a layer that took it away ends the row.
   */
  earlier(path: string): Iterable<EarlierFile>;
  /** All entries, sorted by path. */
  entries(): Iterable<TreeEntry>;
}
