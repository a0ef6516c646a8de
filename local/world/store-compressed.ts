import { crc32 } from 'node:zlib';

/** RFC 1951, 3.2.4: a stored block's length has 16 bits. */
const DEFLATE_BLOCK = 0xffff;
/** RFC 8878, 3.1.1.2.3: no zstd block holds more than 128 KiB. */
const ZSTD_BLOCK = 128 * 1024;

/**
 * A gzip file (RFC 1952) whose blocks are stored, not compressed: the output of a
 * compressor differs between zlib builds, and would reach every digest.
 */
export function storeAsGzip(content: Uint8Array): Uint8Array {
  // Magic, deflate, no flags, no time, no extra flags, unknown system.
  const parts: Uint8Array[] = [Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff)];
  for (const { bytes, isLast } of cut(content, DEFLATE_BLOCK)) {
    const header = Buffer.alloc(5);
    header.writeUInt8(isLast ? 1 : 0);
    header.writeUInt16LE(bytes.length, 1);
    header.writeUInt16LE(0xffff - bytes.length, 3);
    parts.push(header, bytes);
  }
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(crc32(content));
  trailer.writeUInt32LE(content.length % 2 ** 32, 4);
  return Buffer.concat([...parts, trailer]);
}

/** One zstd frame (RFC 8878, 3.1.1) of raw blocks, for the same reason. */
export function storeAsZstd(content: Uint8Array): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32LE(0xfd2fb528);
  // Frame content size in 8 bytes, single segment, no checksum, no dictionary.
  header.writeUInt8(0b1110_0000, 4);
  header.writeBigUInt64LE(BigInt(content.length), 5);
  const parts: Uint8Array[] = [header];
  for (const { bytes, isLast } of cut(content, ZSTD_BLOCK)) {
    const block = Buffer.alloc(3);
    block.writeUIntLE((bytes.length << 3) | (isLast ? 1 : 0), 0, 3);
    parts.push(block, bytes);
  }
  return Buffer.concat(parts);
}

/** Blocks of at most `size` bytes, at least one. */
function* cut(
  content: Uint8Array,
  size: number,
): Generator<{ readonly bytes: Uint8Array; readonly isLast: boolean }> {
  let start = 0;
  do {
    const end = Math.min(start + size, content.length);
    yield { bytes: content.subarray(start, end), isLast: end === content.length };
    start = end;
  } while (start < content.length);
}
