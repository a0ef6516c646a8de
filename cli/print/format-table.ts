const GAP = '  ';
const INDENT = '  ';
const NARROWEST = 8;

/**
 * Rows under a header, in columns; where they do not fit, the widest columns are cut with
 * an ellipsis, the first two never.
 *
 * @param width characters in a line
 */
export function formatTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  width: number,
): string[] {
  const all = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  shrink(widths, width - INDENT.length - GAP.length * (header.length - 1));
  return all.map((row) =>
    (INDENT + row.map((cell, column) => pad(cell, widths[column] ?? 0)).join(GAP)).trimEnd(),
  );
}

function shrink(widths: number[], available: number): void {
  const total = () => widths.reduce((sum, width) => sum + width, 0);
  while (total() > available) {
    const widest = Math.max(...widths.slice(2));
    if (widest <= NARROWEST) return;
    widths[widths.lastIndexOf(widest)] = widest - 1;
  }
}

function pad(text: string, width: number): string {
  return text.length <= width ? text.padEnd(width) : `${text.slice(0, width - 1)}…`;
}
