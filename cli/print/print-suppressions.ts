import type { Preview } from '../../actions/preview-suppressions.ts';
import type { RunningFinding } from '../../actions/running-findings.ts';
import { counted, plain } from '../../core/alert/compose-alert.ts';
import { describeLineage } from '../../core/lineage/channel.ts';
import { dayOf, daysBetween } from '../../core/suppress/days.ts';
import {
  describeEnded,
  endText,
  type Suppression,
  type SuppressionSet,
} from '../../core/suppress/suppression.ts';
import type { Page } from './page.ts';
import { hangText } from './wrap-text.ts';

/** Prints what a file says; `today` is `YYYY-MM-DD`. */
export function printSuppressions(
  page: Page,
  file: string,
  set: SuppressionSet,
  today: string,
): void {
  const { entries, version } = set;
  const many = entries.length === 1 ? 'entry' : 'entries';
  page.print(`${file}: ${entries.length} ${many}, version ${version}`);
  for (const entry of entries) {
    const { id, vulnerability, owner } = entry;
    printHung(page, '  ', `${id}: ${whenText(entry, today)}, owner ${owner}`);
    printHung(page, '    ', `${vulnerability} in ${scopeText(entry)}`);
  }
  for (const line of describeEnded(set, today)) printHung(page, '', `Warning: ${line}`);
}

/** Whole, over as many lines as it takes: what is cut off could be another package. */
function printHung({ print, width }: Page, indent: string, text: string): void {
  for (const line of hangText(indent, plain(text), width)) print(line);
}

/** `package openssl, image registry.example/*`. */
export function scopeText({ packages, images, workloads }: Suppression): string {
  const said = (word: string, patterns: readonly string[]) =>
    patterns.length > 0 ? [`${word} ${patterns.join(' or ')}`] : [];
  return [
    ...said('package', packages),
    ...said('image', images),
    ...said('workload', workloads),
  ].join(', ');
}

function whenText({ end, from }: Suppression, today: string): string {
  if (dayOf(from) > today) return `from ${dayOf(from)} on, ${endText(end)}`;
  if (!end.date) return endText(end);
  const days = daysBetween(today, end.date.last);
  if (days < 0) return `ended on ${end.date.last}`;
  return `${endText(end)} (${days === 0 ? 'today' : counted(days, 'day')})`;
}

/** Prints what an entry would silence of the last night's findings, and what of them it would not. */
export function printPreview(page: Page, preview: Preview | undefined): void {
  if (!preview) {
    page.print('No night was committed yet: nobody knows what it would silence.');
    return;
  }
  const { runId, silenced, already, fixed } = preview;
  if (silenced.length === 0) {
    page.print(`Nothing that the night of ${runId} found open would be silenced.`);
  } else {
    page.print(`Of the night of ${runId} it would silence ${counted(silenced.length, 'finding')}:`);
    for (const each of silenced) printFinding(page, each);
  }
  if (already.length > 0) {
    page.print(`${counted(already.length, 'finding')} silenced without it:`);
    for (const each of already) printFinding(page, each, ` by ${each.suppressed.entry}`);
  }
  if (fixed.length > 0) {
    printHung(
      page,
      '',
      'Warning: until a fix exists: one is known, so that it silences nothing of',
    );
    for (const each of fixed) printFinding(page, each, `, fixed in ${each.finding.fixedIn}`);
  }
}

function printFinding(page: Page, { finding, workloads }: RunningFinding, more = ''): void {
  const { id, severity, package: purl } = finding;
  printHung(page, '  ', `${id} (${severity}) in ${purl}${more}`);
  printHung(page, '    ', workloads.map(describeLineage).join(', '));
}
