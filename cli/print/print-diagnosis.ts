import { plain } from '../../core/alert/compose-alert.ts';
import type { CheckLine, Diagnosis } from '../../core/diagnosis/check-line.ts';
import type { Io } from '../io.ts';
import { createPage, type Page } from './page.ts';
import { hangText } from './wrap-text.ts';

/** Prints what the doctor found: a line a check, and what to do below those that failed. */
export function printDiagnosis(io: Io, { functions }: Diagnosis): void {
  const page = createPage(io);
  for (const { function: name, lines } of functions) printLines(page, name, lines);
  page.gap();
}

/** Prints what is wrong, or right, with what the next deployment would read. */
export function printConfiguration(io: Io, lines: readonly CheckLine[]): void {
  printLines(createPage(io), 'configuration', lines);
}

function printLines(page: Page, title: string, lines: readonly CheckLine[]): void {
  page.gap();
  page.print(page.paint('bold', plain(title)));
  for (const line of lines) printLine(page, line);
}

function printLine({ print, paint, width }: Page, line: CheckLine): void {
  const label = line.ok ? '  ok    ' : '  FAIL  ';
  const [first = '', ...rest] = hangText(label, plain(`${line.subject}: ${line.detail}`), width);
  print(paint(line.ok ? 'green' : 'red', label) + first.slice(label.length));
  for (const each of rest) print(each);
  if (line.remedy === null) return;
  for (const each of hangText('        → ', plain(line.remedy), width)) print(each);
}
