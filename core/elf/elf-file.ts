import { createNumberReader, type ElfHeader, type NumberReader, PT_LOAD } from './elf-header.ts';
import type { FileRanges } from './range-keeper.ts';

/** A section, its bytes where they were kept. */
export interface Section {
  readonly offset: number;
  readonly size: number;
}

/** An ELF file whose telling parts were kept. */
export interface ElfFile {
  readonly header: ElfHeader;
  readonly ranges: FileRanges;
  readonly numbers: NumberReader;
  /** Where a section lies; `undefined` for none, or when section names were stripped or not kept. */
  section(name: string): Section | undefined;
  /** Bytes at an address as the loader would place them; `undefined` if they were not kept. */
  at(address: number, length: number): Buffer | undefined;
  /** How many bytes are there from an address to the end of its segment in the file. */
  available(address: number): number;
  /** The text at an address, up to its zero byte, at most 4 KiB. */
  text(address: number): string | undefined;
}

/** `sh_type` of a section without bytes in the file. */
const SHT_NOBITS = 8;
/** More sections than linkers write without extensions that we do not follow. */
const MAX_SECTIONS = 4096;
/** Names of sections overlap: long ones would cost their length times their number. */
const SECTION_NAME_LIMIT = 256;
/** Linux's PATH_MAX: no name in a dynamic section is longer. */
const TEXT_LIMIT = 4096;

export function createElfFile(header: ElfHeader, ranges: FileRanges): ElfFile {
  const numbers = createNumberReader(header.bits, header.isBigEndian);
  const loads = header.segments.filter(({ type }) => type === PT_LOAD);
  const segmentOf = (address: number) =>
    loads.find((each) => address >= each.address && address < each.address + each.fileSize);
  let sections: ReadonlyMap<string, Section> | undefined;
  return {
    header,
    ranges,
    numbers,
    section(name) {
      sections ??= readSections(header, ranges, numbers);
      return sections.get(name);
    },
    at(address, length) {
      const segment = segmentOf(address);
      if (!segment || address + length > segment.address + segment.fileSize) return undefined;
      return ranges.read(address - segment.address + segment.offset, length);
    },
    available(address) {
      const segment = segmentOf(address);
      return segment ? segment.address + segment.fileSize - address : 0;
    },
    text(address) {
      const length = Math.min(this.available(address), TEXT_LIMIT);
      const bytes = length > 0 ? this.at(address, length) : undefined;
      const end = bytes?.indexOf(0) ?? -1;
      return bytes && end >= 0 ? bytes.toString('utf8', 0, end) : undefined;
    },
  };
}

function readSections(
  { bits, sections: { offset, entrySize, count, names } }: ElfHeader,
  ranges: FileRanges,
  { word, native }: NumberReader,
): ReadonlyMap<string, Section> {
  const found = new Map<string, Section>();
  const is64 = bits === 64;
  if (entrySize < (is64 ? 64 : 40) || count > MAX_SECTIONS || names >= count) return found;
  const table = ranges.read(offset, entrySize * count);
  if (!table) return found;
  const entry = (index: number) => {
    const bytes = table.subarray(index * entrySize);
    return {
      name: word(bytes, 0),
      type: word(bytes, 4),
      offset: native(bytes, is64 ? 24 : 16),
      size: native(bytes, is64 ? 32 : 20),
    };
  };
  const strings = entry(names);
  const texts = ranges.read(strings.offset, strings.size);
  if (!texts) return found;
  for (let index = 0; index < count; index++) {
    const { name, type, offset: start, size } = entry(index);
    const length = texts.subarray(name, name + SECTION_NAME_LIMIT).indexOf(0);
    if (type === SHT_NOBITS || length < 0) continue;
    const text = texts.toString('latin1', name, name + length);
    if (!found.has(text)) found.set(text, { offset: start, size });
  }
  return found;
}
