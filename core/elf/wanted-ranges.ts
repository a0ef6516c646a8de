import { type ElfHead, PF_X, PT_LOAD, sizeOfSegments } from './elf-header.ts';
import type { Range } from './range-keeper.ts';

const MEBIBYTE = 1024 * 1024;

/** Of a segment of code that begins the file: older linkers put the dynamic symbols' names before the code, into its segment. */
const CODE_LIMIT = 8 * MEBIBYTE;
/** Of a segment of data. */
const DATA_LIMIT = 24 * MEBIBYTE;
/** Of what is not loaded, at the file's end: names of sections and what stands in the smaller ones. */
const TAIL_LIMIT = 8 * MEBIBYTE;
/** Of one file. */
const TOTAL_LIMIT = 48 * MEBIBYTE;

/**
 * The parts of an ELF file that say what it is and needs: all but its code. Segments come as the
 * file's header lists them; what lies behind the last is debugging and section headers, whose
 * beginning and end count. Never more than 48 MiB, of a file of any size.
 */
export function wantedRanges(header: ElfHead, size: number): Range[] {
  const ranges: Range[] = [];
  let left = TOTAL_LIMIT;
  const want = (start: number, end: number) => {
    const from = Math.max(0, Math.min(start, size));
    const to = Math.min(end, size, from + left);
    if (!(to > from)) return;
    ranges.push({ start: from, end: to });
    left -= to - from;
  };
  const { offset, entrySize, count } = header.sections;
  want(offset, offset + entrySize * count);
  const { segments, programs } = header;
  if (!segments) {
    // What else is of interest nobody knows before they have come: as much as there may be.
    want(programs.offset, programs.offset + sizeOfSegments(programs));
    want(0, size);
    return ranges;
  }
  const loads = segments.filter(({ type }) => type === PT_LOAD);
  for (const { type, offset: start, fileSize } of segments) {
    if (type !== PT_LOAD) want(start, start + Math.min(fileSize, MEBIBYTE));
  }
  for (const { flags, offset: start, fileSize } of loads) {
    const isCode = (flags & PF_X) !== 0;
    if (isCode && start > 0) continue;
    const limit = isCode ? CODE_LIMIT : DATA_LIMIT;
    want(start, start + Math.min(fileSize, limit));
  }
  const loaded = Math.max(0, ...loads.map((each) => each.offset + each.fileSize));
  const tail = Math.max(loaded, size - TAIL_LIMIT);
  want(tail, size);
  want(loaded, Math.min(loaded + MEBIBYTE, tail));
  return ranges;
}
