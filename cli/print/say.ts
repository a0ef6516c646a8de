import { plain } from '../../core/alert/compose-alert.ts';
import type { Row } from './describe-place.ts';
import type { Page } from './page.ts';
import { hangText, wrapText } from './wrap-text.ts';

/** Prints a paragraph; nothing of it breaks a line or a terminal. */
export function say(
  { print, width }: Pick<Page, 'print' | 'width'>,
  text: string,
  look?: (line: string) => string,
): void {
  for (const line of wrapText(plain(text), width)) print(look ? look(line) : line);
}

/** Prints a heading behind an empty line. */
export function heading(page: Page, text: string): void {
  page.gap();
  page.print(page.paint('bold', text));
}

/** Prints labels with their texts. */
export function printRows({ print, width, paint }: Page, rows: readonly Row[], indent = ''): void {
  for (const [label, text] of rows) {
    const name = `${indent}${label.padEnd(10)} `;
    for (const line of hangText(name, plain(text), width)) {
      print(paint('dim', line.slice(0, name.length)) + line.slice(name.length));
    }
  }
}
