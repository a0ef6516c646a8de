import { DamagedDatabaseError } from './damaged-database-error.ts';

/** A file of pages of one size, each of which has one place in one chain or tree. */
export interface PagedFile {
  /**
   * The page of that number.
   *
   * @throws DamagedDatabaseError when the file ends before it, or when it was taken before: a circle
   */
  take(number: number): Buffer;
}

/** Pages by number, of which `first` is the file's first. `changed`: pages that stand in for those of the file. */
export function openPages(
  bytes: Buffer,
  pageSize: number,
  first: 0 | 1,
  changed: ReadonlyMap<number, Buffer> = new Map(),
): PagedFile {
  const taken = new Set<number>();
  return {
    take(number) {
      const start = (number - first) * pageSize;
      const page = changed.get(number) ?? bytes.subarray(Math.max(start, 0), start + pageSize);
      if (number < first || page.length !== pageSize) {
        throw new DamagedDatabaseError(`page ${number} lies beyond the end of the file`);
      }
      if (taken.has(number)) throw new DamagedDatabaseError(`page ${number} is used twice`);
      taken.add(number);
      return page;
    },
  };
}
