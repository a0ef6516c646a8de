import type { ElfFacts } from '../image/file-facts.ts';
import { readDynamic } from './dynamic.ts';
import { createElfFile, type ElfFile } from './elf-file.ts';
import {
  type ElfHead,
  readElfHeader,
  readSegments,
  type Segment,
  sizeOfSegments,
} from './elf-header.ts';
import { readGo } from './go-build-info.ts';
import type { FileRanges } from './range-keeper.ts';
import { readRust } from './rust-crates.ts';

const TYPES: Readonly<Record<number, ElfFacts['type']>> = {
  1: 'rel',
  2: 'exec',
  3: 'dyn',
  4: 'core',
};

/** `e_machine` (elf.h) as GOARCH, which OCI's configs use. Those that have two names by byte order or class are below. */
const MACHINES: Readonly<Record<number, string>> = {
  3: '386',
  22: 's390x',
  40: 'arm',
  62: 'amd64',
  183: 'arm64',
  243: 'riscv64',
  258: 'loong64',
};

/** What an ELF file says of itself, out of the ranges that were kept of it. Never throws for what it holds. */
export function readElf(head: Buffer, ranges: FileRanges): ElfFacts {
  const header = readElfHeader(head);
  if (typeof header === 'string') return unreadable(header);
  const segments = header.segments ?? readLater(header, ranges);
  if (!segments) return unreadable('ELF program headers cut short');
  try {
    return describe(createElfFile({ ...header, segments }, ranges));
  } catch (error) {
    // Offsets that lie lead out of what there is; Node says so by a RangeError.
    if (!(error instanceof RangeError)) throw error;
    return { ...identify(header), problems: ['ELF file whose parts lie outside of it'] };
  }
}

/** Segments of a file whose program headers were moved behind its beginning. */
function readLater(header: ElfHead, ranges: FileRanges): readonly Segment[] | undefined {
  const { programs } = header;
  const table = ranges.read(programs.offset, sizeOfSegments(programs));
  return table && readSegments(table, header);
}

function unreadable(problem: string): ElfFacts {
  return { type: 'other', machine: 'machine-0', bits: 64, problems: [problem] };
}

function describe(file: ElfFile): ElfFacts {
  const parts = [readDynamic(file), readGo(file), readRust(file)];
  const problems = parts.flatMap((each) => each.problems ?? []);
  return Object.assign(identify(file.header), ...parts, problems.length > 0 && { problems });
}

function identify({ bits, isBigEndian, type, machine }: ElfHead): ElfFacts {
  return {
    type: TYPES[type] ?? 'other',
    machine: nameOf(machine, bits, isBigEndian),
    bits,
    ...(isBigEndian && { isBigEndian }),
  };
}

function nameOf(machine: number, bits: 32 | 64, isBigEndian: boolean): string {
  if (machine === 21) return isBigEndian ? 'ppc64' : 'ppc64le';
  if (machine === 8) return `mips${bits === 64 ? '64' : ''}${isBigEndian ? '' : 'le'}`;
  return MACHINES[machine] ?? `machine-${machine}`;
}
