import type { RequiredVersions } from '../image/file-facts.ts';
import type { ElfFile } from './elf-file.ts';

/** More than any real file has, so that a lying one costs little. */
const MAX_VERSIONS = 2_000;

/** Where the version tables of a dynamic section lie. */
export interface VersionTable {
  readonly file: ElfFile;
  /** Address of its first entry; `undefined` when there is no such table. */
  readonly start: number | undefined;
  readonly count: number;
  /** The text at an offset of the dynamic section's names. */
  readonly textOf: (offset: number) => string | undefined;
}

/** The versions that a file requires of each library; `undefined` when the table cannot be read. */
export function readRequired(table: VersionTable): RequiredVersions[] | undefined {
  const found = new Map<string, Set<string>>();
  const { half, word } = table.file.numbers;
  // Elf_Verneed: vn_version, vn_cnt, vn_file, vn_aux, vn_next; Elf_Vernaux: hash, flags, other, name, next.
  for (const need of walk(table, { size: 16, next: 12 })) {
    const library = need && table.textOf(word(need.bytes, 4));
    if (!need || library === undefined) return undefined;
    const versions = found.get(library) ?? new Set<string>();
    found.set(library, versions);
    const start = need.address + word(need.bytes, 8);
    const count = half(need.bytes, 2);
    for (const each of walk({ ...table, start, count }, { size: 16, next: 12 })) {
      const name = each && table.textOf(word(each.bytes, 8));
      if (name === undefined) return undefined;
      versions.add(name);
    }
  }
  return [...found].map(([library, versions]) => ({ library, versions: [...versions].sort() }));
}

/** `vd_flags` of the entry that names the file itself (VER_FLG_BASE). */
const BASE = 1;

/** The versions that a library defines; `undefined` when the table cannot be read. */
export function readProvided(table: VersionTable): string[] | undefined {
  const names = new Set<string>();
  const { file } = table;
  const { half, word } = file.numbers;
  // Elf_Verdef: vd_version, vd_flags, vd_ndx, vd_cnt, vd_hash, vd_aux, vd_next; Elf_Verdaux: name, next.
  for (const definition of walk(table, { size: 20, next: 16 })) {
    const auxiliary = definition && file.at(definition.address + word(definition.bytes, 12), 8);
    const name = auxiliary && table.textOf(word(auxiliary, 0));
    if (!definition || name === undefined) return undefined;
    if ((half(definition.bytes, 2) & BASE) === 0) names.add(name);
  }
  return [...names].sort();
}

interface TableEntry {
  readonly address: number;
  readonly bytes: Buffer;
}

/** The entries of a chained table; an `undefined` at its end says that it leads out of what was kept. */
function* walk(
  { file, start, count }: VersionTable,
  { size, next }: { readonly size: number; readonly next: number },
): Generator<TableEntry | undefined> {
  let address = start;
  for (let index = 0; address !== undefined && index < Math.min(count, MAX_VERSIONS); index++) {
    const bytes = file.at(address, size);
    yield bytes && { address, bytes };
    const step = bytes ? file.numbers.word(bytes, next) : 0;
    address = step === 0 ? undefined : address + step;
  }
}
