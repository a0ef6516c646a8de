import type { LoadedFile } from './load-libraries.ts';

/** A file that asks for a newer glibc than the one that is loaded with it. */
export interface NewerGlibc {
  /** The file that asks, and the C library that is there. */
  readonly path: string;
  readonly libc: string;
  /** Minors of releases: 38 of 2.38. */
  readonly asked: number;
  readonly there: number;
}

/** A release of the GNU C library, as symbols are bound to it. */
const RELEASE = /^GLIBC_2\.(\d+)(?:\.\d+)?$/;

/** The first of the files of a program that the glibc among them is too old for. */
export function findNewerGlibc(files: readonly LoadedFile[]): NewerGlibc | undefined {
  const libc = files.find((file) => file.elf?.soname === 'libc.so.6');
  const there = newest(libc?.elf?.provides ?? []);
  // Without one, or with one that says nothing, there is nothing to compare with.
  if (!libc || there < 0) return undefined;
  for (const file of files) {
    const asked = newest(requiredOf(file));
    if (asked > there) return { path: file.path, libc: libc.path, asked, there };
  }
  return undefined;
}

function requiredOf({ elf }: LoadedFile): readonly string[] {
  return elf?.requires?.flatMap(({ versions }) => versions) ?? [];
}

/** The minor of the highest release; below 0 where there is none. */
function newest(versions: readonly string[]): number {
  return Math.max(-1, ...versions.map((each) => Number(RELEASE.exec(each)?.[1] ?? -1)));
}
