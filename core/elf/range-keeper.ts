/** Bytes `[start, end)` of a file. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Those bytes of a file that were kept. */
export interface FileRanges {
  /** Of the whole file, bytes. */
  readonly size: number;
  /** The ranges that were kept, by start, none touching another. */
  readonly kept: readonly { readonly start: number; readonly bytes: Buffer }[];
  /** Bytes at an offset; `undefined` unless all of them were kept. */
  read(offset: number, length: number): Buffer | undefined;
}

/** Keeps ranges of a file that comes in pieces. */
export class RangeKeeper {
  readonly #parts: { readonly start: number; readonly bytes: Buffer; filled: number }[];
  #at: number;

  /** @param at the offset from which on pieces will come */
  constructor(ranges: readonly Range[], at: number) {
    this.#parts = joinRanges(ranges).map(({ start, end }) => ({
      start,
      bytes: Buffer.allocUnsafe(end - start),
      filled: 0,
    }));
    this.#at = at;
  }

  write(piece: Buffer): void {
    const start = this.#at;
    const end = start + piece.length;
    this.#at = end;
    for (const part of this.#parts) {
      const from = Math.max(start, part.start);
      const to = Math.min(end, part.start + part.bytes.length);
      if (from >= to) continue;
      piece.copy(part.bytes, from - part.start, from - start, to - start);
      part.filled = Math.max(part.filled, to - part.start);
    }
  }

  end(): FileRanges {
    const kept = this.#parts
      .filter(({ filled }) => filled > 0)
      .map(({ start, bytes, filled }) => ({ start, bytes: bytes.subarray(0, filled) }));
    return { size: this.#at, kept, read: (offset, length) => readFrom(kept, offset, length) };
  }
}

function readFrom(kept: FileRanges['kept'], offset: number, length: number): Buffer | undefined {
  if (offset < 0 || length < 0) return undefined;
  for (const { start, bytes } of kept) {
    if (offset >= start && offset + length <= start + bytes.length) {
      return bytes.subarray(offset - start, offset - start + length);
    }
  }
  return undefined;
}

/** By start; those that touch become one. */
export function joinRanges(ranges: readonly Range[]): Range[] {
  const joined: { start: number; end: number }[] = [];
  const byStart = ranges.filter(({ start, end }) => end > start);
  for (const { start, end } of byStart.sort((a, b) => a.start - b.start)) {
    const last = joined.at(-1);
    if (last && start <= last.end) last.end = Math.max(last.end, end);
    else joined.push({ start, end });
  }
  return joined;
}
