import type { ElfFacts, GoBuildInfo } from '../image/file-facts.ts';
import type { ElfFile } from './elf-file.ts';
import { PF_W, PF_X, PT_LOAD } from './elf-header.ts';

/** https://github.com/golang/go, src/debug/buildinfo/buildinfo.go: header, its alignment and size. */
const MAGIC = Buffer.from('\xff Go buildinf:', 'latin1');
const ALIGNMENT = 16;
const HEADER_SIZE = 32;
const POINTER_SIZE_AT = 14;
const FLAGS_AT = 15;
const IS_BIG_ENDIAN = 1;
const IS_INLINE = 2;

/** Go puts a marker of so many bytes before and behind the list of modules. */
const MARKER_SIZE = 16;

/** No toolchain calls itself by more. */
const VERSION_LIMIT = 1024;
/** The longest list of a real program is a hundredth of it. */
const MODULES_LIMIT = 4 * 1024 * 1024;

/** Sections that Go's linker alone writes; the table of functions is needed at run time, strip(1) leaves it. */
const OF_GO = ['.gopclntab', '.data.rel.ro.gopclntab', '.note.go.buildid', '.go.buildinfo'];

/** Go's build information, and whether Go made the file where there is none. */
export function readGo(file: ElfFile): Pick<ElfFacts, 'go' | 'madeBy' | 'problems'> {
  const isGo = OF_GO.some((name) => file.section(name));
  const header = findHeader(file);
  if (!header) return isGo ? { madeBy: 'go' } : {};
  const go = readInfo(file, header);
  if (go) return { madeBy: 'go', go };
  return { madeBy: 'go', problems: ['its Go build information cannot be read'] };
}

/** Kept bytes from the header of the build information on. */
function findHeader(file: ElfFile): Buffer | undefined {
  const section = file.section('.go.buildinfo');
  if (section) {
    const bytes = keptFrom(file, section.offset, section.size);
    if (bytes?.subarray(0, MAGIC.length).equals(MAGIC)) return bytes;
  }
  const data = file.header.segments.find(
    ({ type, flags }) => type === PT_LOAD && (flags & (PF_X | PF_W)) === PF_W,
  );
  const bytes = data && keptFrom(file, data.offset, data.fileSize);
  // Aligned in memory; a segment's offset and address agree by the page.
  for (let at = bytes?.indexOf(MAGIC) ?? -1; bytes && at >= 0; at = bytes.indexOf(MAGIC, at + 1)) {
    if (at % ALIGNMENT === 0) return bytes.subarray(at);
  }
  return undefined;
}

/** What is kept of a stretch of the file, from its beginning on. */
function keptFrom({ ranges }: ElfFile, offset: number, size: number): Buffer | undefined {
  const part = ranges.kept.find(
    ({ start, bytes }) => offset >= start && offset < start + bytes.length,
  );
  return part?.bytes.subarray(offset - part.start, offset - part.start + size);
}

function readInfo(file: ElfFile, header: Buffer): GoBuildInfo | undefined {
  if (header.length < HEADER_SIZE) return undefined;
  const isInline = ((header[FLAGS_AT] ?? 0) & IS_INLINE) !== 0;
  const [version, modules] = isInline ? inlineTexts(header) : pointedTexts(file, header);
  if (!version || !modules) return undefined;
  return { version: version.toString('utf8'), modules: withoutMarkers(modules) };
}

/** Since Go 1.18: both texts behind the header, each after its length. */
function inlineTexts(header: Buffer): (Buffer | undefined)[] {
  const version = textAfterLength(header, HEADER_SIZE, VERSION_LIMIT);
  const modules = version && textAfterLength(header, version.end, MODULES_LIMIT);
  return [version?.text, modules?.text];
}

function textAfterLength(
  bytes: Buffer,
  at: number,
  limit: number,
): { readonly text: Buffer; readonly end: number } | undefined {
  let length = 0;
  // encoding/binary, Uvarint; no length here needs more than four bytes.
  for (let index = 0; index < 4; index++) {
    const byte = bytes[at + index];
    if (byte === undefined) return undefined;
    length |= (byte & 0x7f) << (7 * index);
    if (byte < 0x80) {
      const start = at + index + 1;
      const end = start + length;
      return length <= limit && end <= bytes.length
        ? { text: bytes.subarray(start, end), end }
        : undefined;
    }
  }
  return undefined;
}

/** Before: the addresses of two Go strings, each an address and a length. */
function pointedTexts(file: ElfFile, header: Buffer): (Buffer | undefined)[] {
  const size = header[POINTER_SIZE_AT];
  const isBigEndian = ((header[FLAGS_AT] ?? 0) & IS_BIG_ENDIAN) !== 0;
  if (size !== file.header.bits / 8 || isBigEndian !== file.header.isBigEndian) return [];
  const { native } = file.numbers;
  const textAt = (address: number, limit: number) => {
    const string = file.at(address, 2 * size);
    if (!string) return undefined;
    const length = native(string, size);
    return length <= limit ? file.at(native(string, 0), length) : undefined;
  };
  return [
    textAt(native(header, 16), VERSION_LIMIT),
    // A program that was not built from modules points to none.
    textAt(native(header, 16 + size), MODULES_LIMIT) ?? Buffer.alloc(0),
  ];
}

function withoutMarkers(modules: Buffer): string {
  const end = modules.length - MARKER_SIZE;
  const isMarked = end > MARKER_SIZE && modules[end - 1] === 0x0a;
  return isMarked ? modules.toString('utf8', MARKER_SIZE, end) : '';
}
