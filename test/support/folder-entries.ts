import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { symlink, type TestEntry } from './layers.ts';

/** A folder of this machine as entries of a layer, at its own path: what it holds names that path. */
export function folderEntries(folder: string): TestEntry[] {
  const found = readdirSync(folder, { recursive: true, withFileTypes: true });
  return found.map((each): TestEntry => {
    const path = join(each.parentPath, each.name);
    const name = path.replace(/^\//, '');
    if (each.isSymbolicLink()) return symlink(name, readlinkSync(path));
    if (each.isDirectory()) return { name: `${name}/`, type: 'directory' };
    return { name, text: readFileSync(path), mode: statSync(path).mode & 0o777 };
  });
}
