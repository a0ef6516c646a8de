/** One line of a file. */
export interface NumberedLine {
  /** From 1. */
  readonly number: number;
  /** Without its end, `\n` or `\r\n`. */
  readonly text: string;
}

/** The runs of lines between empty ones. */
export function splitBlocks(text: string): readonly (readonly NumberedLine[])[] {
  const blocks: NumberedLine[][] = [];
  let isOpen = false;
  for (const [index, raw] of text.split('\n').entries()) {
    const line = { number: index + 1, text: raw.endsWith('\r') ? raw.slice(0, -1) : raw };
    const block = isOpen ? blocks.at(-1) : undefined;
    if (line.text !== '' && !block) blocks.push([line]);
    else if (line.text !== '') block?.push(line);
    isOpen = line.text !== '';
  }
  return blocks;
}
