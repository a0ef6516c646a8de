import type { Problem } from '../../image/capture.ts';
import type { FileTree } from '../../image/file-tree.ts';
import type { Distro } from '../../inventory/inventory.ts';
import { osEcosystem } from '../os-release/os-ecosystem.ts';
import { readText } from '../read-text.ts';

const PATH = 'etc/apk/repositories';

/**
 * The branch in a repository's address (apk-repositories(5)): `…/alpine/v3.20/main`. What comes first
 * is a tag: only packages that are asked for by it come from there.
 */
const BRANCH = /^(?!#)(?<tag>@\S+\s+)?\S*\/(?<branch>v\d{1,3}\.\d{1,3}|edge)\/[a-z]+\/?$/;

/**
 * Alpine says its release in os-release, and apk takes packages from where its settings say. Where these
 * name another branch, packages of it may be here, and their fixes are not those of the release.
 */
export function checkRepositories(tree: FileTree, distro: Distro | null): Problem[] {
  const ecosystem = osEcosystem('apk', distro);
  if (!ecosystem.startsWith('Alpine:')) return [];
  const release = ecosystem.slice('Alpine:'.length);
  const file = readText(tree, PATH);
  if (file.kind === 'unreadable') return [file.problem];
  if (file.kind === 'absent') return [];
  const branches = file.text.split('\n').flatMap((line) => {
    const { tag, branch } = BRANCH.exec(line.trim())?.groups ?? {};
    return branch !== undefined && tag === undefined && branch !== release ? [branch] : [];
  });
  return [...new Set(branches)].map((branch) => ({
    path: file.path,
    reason: `packages may come from ${branch}: all are matched as those of ${release}`,
  }));
}
