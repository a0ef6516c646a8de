import { plain } from '../alert/compose-alert.ts';
import { type Html, html } from './html.ts';

/** Lines as a list; nothing where there are none. */
export function list(lines: readonly string[]): Html | null {
  if (lines.length === 0) return null;
  return html`<ul>${lines.map((line) => html`<li>${plain(line)}</li>`)}</ul>`;
}

/** Longest cell that is kept on one line (characters): ids, times, platforms, short digests. */
const SHORT = 28;

/** A table under its title; where the page is narrow each row is a card, and each cell says what it is. */
export function table(
  title: string,
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): Html {
  const name = plain(title);
  if (rows.length === 0) return html`<h2>${name}</h2><p>None.</p>`;
  return html`<h2>${name}</h2>
<section class="scroll" aria-label="${name}" tabindex="0"><table>
<thead><tr>${head.map((cell) => html`<th scope="col">${cell}</th>`)}</tr></thead>
<tbody>
${rows.map(
  (cells) => html`<tr>${cells.map((cell, column) => tableCell(cell, head[column] ?? ''))}</tr>
`,
)}</tbody>
</table></section>
`;
}

function tableCell(cell: string | number, name: string): Html {
  const text = plain(String(cell));
  return text.length <= SHORT
    ? html`<td class="short" data-name="${name}">${text}</td>`
    : html`<td data-name="${name}">${text}</td>`;
}
