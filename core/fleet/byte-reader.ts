import { MalformedObjectError } from '../object/json-object.ts';

/** Reads what a `ByteWriter` wrote; throws MalformedObjectError for what cannot have been. */
export interface ByteReader {
  number(): number;
  /** A number below `limit`. */
  below(limit: number): number;
  /** Fills `into` with numbers of which none is below the one before it, all below `limit`. */
  ascending(into: Uint32Array, limit: number): void;
  bytes(length: number): Uint8Array;
  /** How many bytes are left: at least one for each number that follows. */
  left(): number;
  /** Makes sure that nothing is left. */
  end(): void;
}

export function createByteReader(buffer: Uint8Array): ByteReader {
  let at = 0;
  function number(): number {
    let byte = buffer[at++];
    if (byte !== undefined && byte < 0x80) return byte;
    let value = 0;
    for (let shift = 0; byte !== undefined && shift < 32; shift += 7) {
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
      byte = buffer[at++];
    }
    throw new MalformedObjectError(`no number at byte ${at}`);
  }
  return {
    number,
    below(limit) {
      const value = number();
      if (value < limit) return value;
      throw new MalformedObjectError(`${value} at byte ${at}, expected less than ${limit}`);
    },
    ascending(into, limit) {
      let value = 0;
      for (let n = 0; n < into.length; n++) {
        value += number();
        into[n] = value;
      }
      // What has grown too large once stays so.
      if (into.length === 0 || value < limit) return;
      throw new MalformedObjectError(`${value} before byte ${at}, expected less than ${limit}`);
    },
    bytes(length) {
      const part = buffer.subarray(at, at + length);
      at += length;
      if (part.length === length) return part;
      throw new MalformedObjectError(`${buffer.length} bytes, expected ${at} or more`);
    },
    left: () => buffer.length - at,
    end() {
      if (at === buffer.length) return;
      throw new MalformedObjectError(`${buffer.length} bytes, expected ${at}`);
    },
  };
}
