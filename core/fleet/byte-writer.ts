/** Bytes that grow. */
export interface ByteWriter {
  /** A number of up to 32 bits, without sign; small ones take less (LEB128). */
  number(value: number): void;
  bytes(value: Uint8Array): void;
  /** What was written so far. */
  done(): Uint8Array;
}

export function createByteWriter(): ByteWriter {
  let buffer = new Uint8Array(64 * 1024);
  let length = 0;
  function makeRoom(size: number): void {
    if (length + size <= buffer.length) return;
    const larger = new Uint8Array(Math.max(buffer.length * 2, length + size));
    larger.set(buffer);
    buffer = larger;
  }
  return {
    number(value) {
      makeRoom(5);
      let rest = value;
      while (rest > 0x7f) {
        buffer[length++] = (rest & 0x7f) | 0x80;
        rest >>>= 7;
      }
      buffer[length++] = rest;
    },
    bytes(value) {
      makeRoom(value.length);
      buffer.set(value, length);
      length += value.length;
    },
    done: () => buffer.subarray(0, length),
  };
}
