import type { FileTree } from '../../image/file-tree.ts';
import { toldFiles } from '../../image/told-files.ts';
import { type Crate, parseAudit } from './parse-audit.ts';

/** Unpacked bytes of all lists of an image; one has some hundred kilobytes, and packs a thousandfold if it means harm. */
const IMAGE_LIMIT = 32 * 1024 * 1024;

/** The crates that a program lists, or what is wrong with its list. */
export type AuditedCrates = readonly Crate[] | string;

const known = new WeakMap<FileTree, ReadonlyMap<string, AuditedCrates>>();

/** The crates of each program that cargo-auditable left a list in, by path; unpacked once for all that ask. */
export function auditedCrates(tree: FileTree): ReadonlyMap<string, AuditedCrates> {
  const found = known.get(tree) ?? readAll(tree);
  known.set(tree, found);
  return found;
}

function readAll(tree: FileTree): ReadonlyMap<string, AuditedCrates> {
  const found = new Map<string, AuditedCrates>();
  let left = IMAGE_LIMIT;
  for (const { entry, facts } of toldFiles(tree)) {
    const section = facts.elf?.rustAudit;
    if (section === undefined) continue;
    if (left <= 0) {
      found.set(entry.path, `lists of crates of more than ${IMAGE_LIMIT} bytes were not read`);
      continue;
    }
    const { crates, unpacked } = parseAudit(section);
    left -= unpacked;
    found.set(entry.path, crates);
  }
  return found;
}
