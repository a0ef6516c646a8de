import { crc32, deflateRawSync } from 'node:zlib';

/** A member of an archive that a test makes, right or wrong. */
export interface FileInZip {
  readonly name: string;
  readonly text: string;
  /** Instead of the text. */
  readonly bytes?: Buffer;
  /** Instead of what deflate makes of it. */
  readonly packed?: Buffer;
  readonly stored?: boolean;
  readonly crc?: number;
  /** What the directory says of its size. */
  readonly size?: number;
  /** What the directory says of where it begins. */
  readonly offset?: number;
  /** General purpose flags. */
  readonly flags?: number;
}

/** A zip archive; with `zip64` every number that can stands in the wide places. */
export function zipOf(files: readonly FileInZip[], zip64 = false): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const file of files) {
    const { local, central } = memberOf(file, offset, zip64);
    parts.push(local);
    directory.push(central);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const wide = zip64 ? zip64End(files.length, central.length, offset) : Buffer.alloc(0);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(zip64 ? 0xffff : files.length, 10);
  end.writeUInt32LE(zip64 ? 0xffffffff : central.length, 12);
  end.writeUInt32LE(zip64 ? 0xffffffff : offset, 16);
  return Buffer.concat([...parts, central, wide, end]);
}

function bytesOf(file: FileInZip): { readonly bytes: Buffer; readonly packed: Buffer } {
  const bytes = file.bytes ?? Buffer.from(file.text);
  return { bytes, packed: file.packed ?? (file.stored ? bytes : deflateRawSync(bytes)) };
}

function memberOf(file: FileInZip, offset: number, zip64: boolean) {
  const name = Buffer.from(file.name);
  const { bytes, packed } = bytesOf(file);
  const start = file.offset ?? offset;
  const numbers = [file.size ?? bytes.length, packed.length, start];
  const extra = Buffer.alloc(zip64 ? 28 : 0);
  if (zip64) {
    extra.writeUInt16LE(1, 0);
    extra.writeUInt16LE(24, 2);
    for (const [index, number] of numbers.entries()) {
      extra.writeBigUInt64LE(BigInt(number), 4 + 8 * index);
    }
  }
  const header = Buffer.alloc(46);
  header.writeUInt32LE(0x02014b50, 0);
  header.writeUInt16LE(file.flags ?? 0, 8);
  header.writeUInt16LE(file.stored ? 0 : 8, 10);
  header.writeUInt32LE(file.crc ?? crc32(bytes), 16);
  const [size = 0, packedSize = 0] = zip64 ? [0xffffffff, 0xffffffff] : numbers;
  header.writeUInt32LE(packedSize, 20);
  header.writeUInt32LE(size, 24);
  header.writeUInt16LE(name.length, 28);
  header.writeUInt16LE(extra.length, 30);
  header.writeUInt32LE(zip64 ? 0xffffffff : start, 42);
  const localHeader = Buffer.alloc(30);
  localHeader.writeUInt32LE(0x04034b50, 0);
  localHeader.writeUInt16LE(name.length, 26);
  return {
    local: Buffer.concat([localHeader, name, packed]),
    central: Buffer.concat([header, name, extra]),
  };
}

function zip64End(members: number, size: number, offset: number): Buffer {
  const end = Buffer.alloc(56 + 20);
  end.writeUInt32LE(0x06064b50, 0);
  end.writeBigUInt64LE(BigInt(members), 32);
  end.writeBigUInt64LE(BigInt(size), 40);
  end.writeBigUInt64LE(BigInt(offset), 48);
  end.writeUInt32LE(0x07064b50, 56);
  end.writeBigUInt64LE(BigInt(offset + size), 56 + 8);
  return end;
}
