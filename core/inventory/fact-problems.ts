import type { Problem } from '../image/capture.ts';
import type { FileTree } from '../image/file-tree.ts';

/** What could not be read of the files whose bytes were not kept. */
export function factProblems(tree: FileTree): Problem[] {
  const problems: Problem[] = [];
  for (const { path, type } of tree.entries()) {
    if (type !== 'file') continue;
    const facts = tree.facts(path);
    for (const reason of facts?.problems ?? []) problems.push({ path, reason });
    for (const reason of facts?.elf?.problems ?? []) problems.push({ path, reason });
  }
  return problems;
}
