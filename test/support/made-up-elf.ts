/** A 64-bit program of one writable segment at address 0x10000, which begins with `data` at 0x1000. */
export function elfOf(data: Buffer): Buffer {
  const bytes = Buffer.alloc(0x1000 + data.length);
  bytes.write('\x7fELF\x02\x01\x01', 'latin1');
  bytes.writeUInt16LE(2, 16);
  bytes.writeUInt16LE(62, 18);
  bytes.writeBigUInt64LE(64n, 32);
  bytes.writeUInt16LE(56, 54);
  bytes.writeUInt16LE(1, 56);
  bytes.writeUInt32LE(1, 64);
  bytes.writeUInt32LE(6, 68);
  bytes.writeBigUInt64LE(0x1000n, 72);
  bytes.writeBigUInt64LE(0x10000n, 80);
  bytes.writeBigUInt64LE(BigInt(data.length), 96);
  data.copy(bytes, 0x1000);
  return bytes;
}
