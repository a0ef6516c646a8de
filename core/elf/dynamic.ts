import type { ElfFacts } from '../image/file-facts.ts';
import type { ElfFile } from './elf-file.ts';
import { PT_DYNAMIC, PT_INTERP } from './elf-header.ts';
import { readProvided, readRequired } from './symbol-versions.ts';

const DT_NULL = 0;
const DT_NEEDED = 1;
const DT_STRTAB = 5;
const DT_SONAME = 14;
const DT_RPATH = 15;
const DT_RUNPATH = 29;
const DT_FLAGS_1 = 0x6ffffffb;
const DT_VERDEF = 0x6ffffffc;
const DT_VERDEFNUM = 0x6ffffffd;
const DT_VERNEED = 0x6ffffffe;
const DT_VERNEEDNUM = 0x6fffffff;
const DF_1_PIE = 0x08000000;

/** More than any real file has, so that a lying one costs little. */
const MAX_ENTRIES = 10_000;

/** Characters of all names together: names may overlap, so that a small file could have gigabytes of them. */
const MAX_TEXT = 2 * 1024 * 1024;

type DynamicFacts = Pick<
  ElfFacts,
  | 'interpreter'
  | 'isDynamic'
  | 'isPie'
  | 'soname'
  | 'needed'
  | 'rpath'
  | 'runpath'
  | 'requires'
  | 'provides'
  | 'problems'
>;

/** What the loader will look for (System V ABI, "Dynamic Section"). */
export function readDynamic(file: ElfFile): DynamicFacts {
  const problems: string[] = [];
  const interpreter = readInterpreter(file, problems);
  const entries = readEntries(file, problems);
  const facts = {
    ...(interpreter && { interpreter }),
    ...(entries && readLinks(file, entries, problems)),
  };
  return problems.length > 0 ? { ...facts, problems } : facts;
}

function readLinks(
  file: ElfFile,
  entries: readonly DynamicEntry[],
  problems: string[],
): DynamicFacts {
  const numberOf = (tag: number) => entries.find((each) => each.tag === tag)?.value;
  const strings = numberOf(DT_STRTAB);
  let left = MAX_TEXT;
  const textOf = (at: number) => {
    const text = strings === undefined || left < 0 ? undefined : file.text(strings + at);
    // Each text counts a little more than it is long: there may be millions of empty ones.
    left -= (text?.length ?? 0) + 16;
    return left < 0 ? undefined : text;
  };
  const texts = (tag: number) =>
    entries.filter((each) => each.tag === tag).map(({ value }) => textOf(value));
  const lists: Readonly<Record<string, readonly unknown[]>> = {
    needed: texts(DT_NEEDED),
    rpath: texts(DT_RPATH).flatMap((text) => text?.split(':')),
    runpath: texts(DT_RUNPATH).flatMap((text) => text?.split(':')),
    requires: readRequired({
      file,
      textOf,
      start: numberOf(DT_VERNEED),
      count: numberOf(DT_VERNEEDNUM) ?? 0,
    }) ?? [undefined],
    provides: readProvided({
      file,
      textOf,
      start: numberOf(DT_VERDEF),
      count: numberOf(DT_VERDEFNUM) ?? 0,
    }) ?? [undefined],
  };
  for (const [name, list] of Object.entries(lists)) {
    if (list.includes(undefined))
      problems.push(`what its dynamic section says of ${name} cannot be read`);
  }
  const [soname] = texts(DT_SONAME);
  const flags = numberOf(DT_FLAGS_1) ?? 0;
  return {
    isDynamic: true,
    ...((flags & DF_1_PIE) !== 0 && { isPie: true }),
    ...(soname && { soname }),
    ...filled(lists),
  };
}

/** What is in lists that hold anything. */
function filled(lists: Readonly<Record<string, readonly unknown[]>>): DynamicFacts {
  return Object.fromEntries(
    Object.entries(lists)
      .map(([name, list]) => [name, list.filter((each) => each !== undefined)] as const)
      .filter(([, list]) => list.length > 0),
  );
}

function readInterpreter({ header, ranges }: ElfFile, problems: string[]): string | undefined {
  const segment = header.segments.find(({ type }) => type === PT_INTERP);
  if (!segment) return undefined;
  const bytes = ranges.read(segment.offset, Math.min(segment.fileSize, 4096));
  const text = bytes?.toString('utf8').replace(/\0.*$/s, '');
  if (!text) problems.push('its interpreter cannot be read');
  return text || undefined;
}

interface DynamicEntry {
  readonly tag: number;
  readonly value: number;
}

function readEntries(
  { header, ranges, numbers }: ElfFile,
  problems: string[],
): readonly DynamicEntry[] | undefined {
  const segment = header.segments.find(({ type }) => type === PT_DYNAMIC);
  if (!segment) return undefined;
  const size = header.bits / 4;
  const count = Math.min(Math.floor(segment.fileSize / size), MAX_ENTRIES);
  const table = ranges.read(segment.offset, count * size);
  if (!table) {
    problems.push('its dynamic section cannot be read');
    return [];
  }
  const entries: DynamicEntry[] = [];
  for (let at = 0; at < table.length; at += size) {
    const tag = numbers.native(table, at);
    if (tag === DT_NULL) break;
    entries.push({ tag, value: numbers.native(table, at + size / 2) });
  }
  return entries;
}
