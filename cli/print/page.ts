import type { Io } from '../io.ts';
import { createPaint, type Paint } from './paint.ts';

/** Longest line that is still read with ease. */
const WIDEST = 100;

/** Where a longer text is printed for people. */
export interface Page {
  readonly paint: Paint;
  /** Characters in a line. */
  readonly width: number;
  print(line: string): void;
  /** One empty line, however often it is asked for in a row. */
  gap(): void;
}

export function createPage(io: Io): Page {
  let isGap = false;
  return {
    paint: createPaint(io.isColoured),
    width: Math.min(io.columns, WIDEST),
    print(line) {
      io.print(line);
      isGap = false;
    },
    gap() {
      if (!isGap) io.print('');
      isGap = true;
    },
  };
}
