/** One line of a file. */
export interface NumberedLine {
  /** From 1. */
  readonly number: number;
  /** Without its end, `\n` or `\r\n`. */
  readonly text: string;
}

/** The runs of lines between empty ones, one after the other: a database has a million lines. */
export function* splitBlocks(text: string): Generator<readonly NumberedLine[]> {
  let block: NumberedLine[] = [];
  let number = 0;
  for (let start = 0; start <= text.length; ) {
    const found = text.indexOf('\n', start);
    const end = found < 0 ? text.length : found;
    number += 1;
    const line = text.slice(start, text[end - 1] === '\r' && end > start ? end - 1 : end);
    if (line !== '') {
      block.push({ number, text: line });
    } else if (block.length > 0) {
      yield block;
      block = [];
    }
    start = end + 1;
  }
  if (block.length > 0) yield block;
}

/** Of one file; the first few are shown. */
const REASON_LIMIT = 10_000;

/** Keeps a reason, unless there are as many as nobody reads. */
export function keepReason(reasons: string[], reason: string): void {
  if (reasons.length < REASON_LIMIT) reasons.push(reason);
}
