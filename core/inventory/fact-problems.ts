import type { Problem } from '../image/capture.ts';
import type { FileTree } from '../image/file-tree.ts';
import { toldFiles } from '../image/told-files.ts';

/** What could not be read of the files whose bytes were not kept. */
export function factProblems(tree: FileTree): Problem[] {
  return toldFiles(tree).flatMap(({ entry: { path }, facts }) =>
    [...(facts.problems ?? []), ...(facts.elf?.problems ?? [])].map((reason) => ({ path, reason })),
  );
}
