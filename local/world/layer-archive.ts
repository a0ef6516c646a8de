import { buffer } from 'node:stream/consumers';
import { pack } from 'tar-stream';

/** One entry of a layer that is being built. */
export type ArchiveEntry =
  | {
      readonly type: 'file';
      readonly content: Uint8Array;
      readonly mode: number;
      readonly uid: number;
    }
  | { readonly type: 'directory'; readonly mode: number; readonly uid: number }
  | { readonly type: 'symlink'; readonly link: string; readonly uid: number }
  | { readonly type: 'hardlink'; readonly link: string; readonly uid: number };

const DIRECTORY: ArchiveEntry = { type: 'directory', mode: 0o755, uid: 0 };

/**
 * The tar archive of a layer: the entries and the folders above them, sorted, hard links
 * last (their target must come first, OCI image-spec layer.md), times and group 0.
 */
export async function archiveLayer(
  entries: ReadonlyMap<string, ArchiveEntry>,
): Promise<Uint8Array> {
  const archive = pack();
  const all = withParents(entries);
  const names = [...all.keys()].sort(byCodeUnits);
  for (const isLink of [false, true]) {
    for (const name of names) {
      const entry = all.get(name);
      if (entry && (entry.type === 'hardlink') === isLink) addEntry(archive, name, entry);
    }
  }
  archive.finalize();
  return buffer(archive);
}

/** The order of JavaScript's own sort, said where a locale could sneak in. */
export function byCodeUnits(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

function withParents(entries: ReadonlyMap<string, ArchiveEntry>): Map<string, ArchiveEntry> {
  const all = new Map(entries);
  for (const path of entries.keys()) {
    const parts = path.split('/').slice(0, -1);
    while (parts.length > 0) {
      const parent = parts.join('/');
      // A folder that the layer makes a link or gives a mode of its own stays so.
      if (!all.has(parent)) all.set(parent, DIRECTORY);
      parts.pop();
    }
  }
  return all;
}

function addEntry(archive: ReturnType<typeof pack>, path: string, entry: ArchiveEntry): void {
  const common = { mtime: new Date(0), uid: entry.uid, gid: 0, uname: '', gname: '' };
  switch (entry.type) {
    case 'file':
      archive.entry({ ...common, name: path, mode: entry.mode }, Buffer.from(entry.content));
      break;
    case 'directory':
      archive.entry({ ...common, name: `${path}/`, type: 'directory', mode: entry.mode });
      break;
    case 'symlink':
      archive.entry({ ...common, name: path, type: 'symlink', mode: 0o777, linkname: entry.link });
      break;
    case 'hardlink':
      archive.entry({ ...common, name: path, type: 'link', mode: 0o644, linkname: entry.link });
      break;
  }
}
