import type { FileTree, TreeEntry } from '../image/file-tree.ts';
import { folderOf } from '../image/path-parts.ts';
import type { OpaqueFile } from './coverage.ts';

/** A list of packages that is not read. */
interface UnreadList {
  readonly pattern: RegExp;
  /** For people. */
  readonly packages: string;
  /** What knows of them. */
  readonly tool: string;
}

/**
 * What says that packages were installed which no extractor reads. One of a folder speaks for all in it.
 * Those of conda are not here: what is in them is listed by Python or is native.
 */
const UNREAD: readonly UnreadList[] = [
  // RubyGems; those in `default` are Ruby's own, and come with it.
  {
    pattern: /(?:^|\/)specifications\/[^/]+-\d[^/]*\.gemspec$/,
    packages: 'gems of Ruby',
    tool: 'bundler-audit',
  },
  {
    pattern: /(?:^|\/)vendor\/composer\/installed\.json$/,
    packages: 'PHP packages of Composer',
    tool: 'composer audit',
  },
  // https://github.com/dotnet/runtime, docs/design/features/host-probing.md
  {
    pattern: /^(?!(?:.*\/)?node_modules\/).*\.deps\.json$/,
    packages: '.NET packages',
    tool: 'dotnet list package --vulnerable',
  },
  {
    pattern: /(?:^|\/)\.yarn\/cache\/[^/]+\.zip$/,
    packages: 'npm packages that Yarn keeps zipped',
    tool: 'yarn npm audit',
  },
];

/** Installed packages that are not read and that no OS package has brought: no advisory is ever matched with them. */
export function findUnreadLists(
  tree: FileTree,
  ownerOf: (path: string) => string | null,
): OpaqueFile[] {
  const found = new Map<string, OpaqueFile>();
  for (const entry of tree.entries()) {
    const list = unreadList(entry);
    if (!list) continue;
    const { path } = entry;
    const folder = `${list.packages} ${folderOf(path)}`;
    if (found.has(folder) || ownerOf(path) !== null) continue;
    found.set(folder, {
      path,
      why: `a list of ${list.packages}, which are not read`,
      remedy: `have ${list.tool} look at them where they are built`,
    });
  }
  return [...found.values()];
}

function unreadList({ type, path }: TreeEntry): UnreadList | undefined {
  if (type !== 'file' || !ENDS.test(path)) return undefined;
  return UNREAD.find(({ pattern }) => pattern.test(path));
}

/** Most of an image's files end otherwise. */
const ENDS = /\.(?:gemspec|json|zip)$/;
