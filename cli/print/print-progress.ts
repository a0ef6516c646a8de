import { join } from 'node:path';
import { counted } from '../../core/alert/compose-alert.ts';
import type { Played, PlayOptions } from '../../local/player/play-world.ts';
import type { Io } from '../io.ts';
import { describeDeadLetters } from './describe-dead-letters.ts';
import type { Page } from './page.ts';
import { createPaint } from './paint.ts';
import { alertLine } from './print-alert.ts';
import { describeOutcome } from './print-night.ts';
import { wrapText } from './wrap-text.ts';

/** Prints a line a night and a line an alert while a world is played. */
export function createProgress(io: Io): PlayOptions {
  const paint = createPaint(io.isColoured);
  const style = { paint, width: io.columns, indent: '  ', shorten: (text: string) => text };
  return {
    onNight(runId, run) {
      const outcome = run
        ? `${run.scanned} of ${run.expected} scanned. ${describeOutcome(run)}`
        : paint('red', 'This night failed.');
      io.print(`${paint('bold', runId.slice(0, 'YYYY-MM-DD'.length))}  ${outcome}`);
    },
    onAlert: (alert) => io.print(alertLine(alert, style)),
  };
}

/** Says what was played and where everything lies. */
export function printOutcome(page: Page, folder: string, played: Played, events: number): void {
  const { nights, alerts, reports } = played;
  page.gap();
  page.print(
    `${counted(events, 'event')}, ${counted(nights, 'night')}, ${counted(alerts.length, 'alert')}.`,
  );
  for (const sentence of describeRest(played)) {
    for (const line of wrapText(sentence, page.width)) page.print(line);
  }
  page.gap();
  printPlaces(page, folder, reports.length > 0);
}

function describeRest({ nights, deadLetters }: Played): string[] {
  return [
    ...(nights === 0 ? ['No night was played, so there is no report.'] : []),
    ...(deadLetters.length > 0 ? [describeDeadLetters(deadLetters)] : []),
  ];
}

/** Where a play's output lies, and what it is. */
export function printPlaces({ print, paint }: Page, folder: string, hasReport: boolean): void {
  const rows = [
    ...(hasReport ? [['report.html', 'the last night; reports/ has all of them']] : []),
    ['alerts.ndjson', 'each message as the subscriber received it'],
    ['findings.ndjson', 'what was open after each night'],
    ['observations.ndjson', 'what the watched tags pointed at'],
    ['runs.ndjson', 'the nights'],
    ['.state', 'DynamoDB, the object store, the log'],
  ].map(([name = '', what = '']) => ({ path: join(folder, name), what }));
  const width = Math.max(...rows.map(({ path }) => path.length));
  for (const { path, what } of rows) print(`  ${path.padEnd(width)}  ${paint('dim', what)}`);
}
