/** Bytes that grow. */
export interface ByteWriter {
  /** A number of up to 32 bits, without sign; small ones take less (LEB128). */
  number(value: number): void;
  /** Numbers of which none is below the one before it, as their distances. */
  ascending(values: Uint32Array): void;
  bytes(value: Uint8Array): void;
  /** What was written so far. */
  done(): Uint8Array;
}

/** What a number takes at most. */
const NUMBER_BYTES = 5;

/** `expected`: bytes to set aside at first. */
export function createByteWriter(expected = 4 * 1024): ByteWriter {
  let buffer = new Uint8Array(expected);
  let length = 0;
  function makeRoom(size: number): void {
    if (length + size <= buffer.length) return;
    const larger = new Uint8Array(Math.max(buffer.length * 2, length + size));
    larger.set(buffer);
    buffer = larger;
  }
  function add(value: number): void {
    let rest = value;
    while (rest > 0x7f) {
      buffer[length++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    buffer[length++] = rest;
  }
  return {
    number(value) {
      makeRoom(NUMBER_BYTES);
      add(value);
    },
    ascending(values) {
      makeRoom(values.length * NUMBER_BYTES);
      let last = 0;
      for (let n = 0; n < values.length; n++) {
        const value = values[n] ?? 0;
        add(value - last);
        last = value;
      }
    },
    bytes(value) {
      makeRoom(value.length);
      buffer.set(value, length);
      length += value.length;
    },
    done: () => buffer.subarray(0, length),
  };
}
