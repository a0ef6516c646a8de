import type { FileFacts } from '../../core/image/file-facts.ts';
import type { FileTree, TreeEntry } from '../../core/image/file-tree.ts';

/** A file's text, or whatever a test is about. `kept: false`: in the file table alone. */
type TreeFile =
  | string
  | {
      readonly text?: string;
      readonly bytes?: Uint8Array;
      readonly link?: string;
      readonly mode?: number;
      readonly kept?: boolean;
      readonly facts?: FileFacts;
      readonly capability?: string;
      readonly size?: number;
      readonly layer?: number;
      readonly type?: 'file' | 'directory' | 'other';
    };

/** A merged image with these files; the folders above them are made, links are followed as the kernel would. */
export function buildTree(files: Readonly<Record<string, TreeFile>>): FileTree {
  const entries = new Map<string, TreeEntry>();
  const contents = new Map<string, Uint8Array>();
  const facts = new Map<string, FileFacts>();
  for (const [path, short] of Object.entries(files)) {
    const file = typeof short === 'string' ? { text: short } : short;
    for (const folder of foldersAbove(path)) {
      if (!entries.has(folder)) entries.set(folder, anEntry(folder, { type: 'directory' }));
    }
    const { entry, content } = readFile(path, file);
    entries.set(path, entry);
    if (content) contents.set(path, content);
    if (file.facts) facts.set(path, file.facts);
  }
  const sorted = [...entries.values()].sort((left, right) => (left.path < right.path ? -1 : 1));
  return {
    entry: (path) => entries.get(path),
    resolve: (path) => follow(entries, [], path, 40)?.join('/'),
    bytes: (path) => contents.get(path),
    facts: (path) => facts.get(path),
    earlier: () => [],
    entries: () => sorted,
  };
}

function foldersAbove(path: string): string[] {
  const parts = path.split('/');
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'));
}

function readFile(
  path: string,
  { text = '', bytes, link, kept = true, type = 'file', ...told }: Exclude<TreeFile, string>,
): { readonly entry: TreeEntry; readonly content?: Uint8Array } {
  const { facts: _, ...attributes } = told;
  if (link !== undefined) {
    return { entry: anEntry(path, { type: 'symlink', link, ...attributes }) };
  }
  const entry = anEntry(path, { type, ...attributes });
  if (type !== 'file' || !kept) return { entry };
  return { entry, content: bytes ?? new TextEncoder().encode(text) };
}

function anEntry(path: string, overrides: Partial<TreeEntry>): TreeEntry {
  return { path, type: 'file', mode: 0o755, uid: 0, gid: 0, size: 0, layer: 0, ...overrides };
}

/** Goes from a real folder along a path; `linksLeft` as Linux counts them (path_resolution(7)). */
function follow(
  entries: ReadonlyMap<string, TreeEntry>,
  from: readonly string[],
  path: string,
  linksLeft: number,
): readonly string[] | undefined {
  const start = path.startsWith('/') ? [] : from;
  const [part, ...rest] = path.split('/').filter((each) => each !== '' && each !== '.');
  if (part === undefined) return start;
  const restPath = rest.join('/');
  if (part === '..') return follow(entries, start.slice(0, -1), restPath, linksLeft);

  const here = entries.get([...start, part].join('/'));
  if (here?.link !== undefined) {
    const next = `${here.link}/${restPath}`;
    return linksLeft > 0 ? follow(entries, start, next, linksLeft - 1) : undefined;
  }
  if (!here || (rest.length > 0 && here.type !== 'directory')) return undefined;
  return follow(entries, [...start, part], restPath, linksLeft);
}
