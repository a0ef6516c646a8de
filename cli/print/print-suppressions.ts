import type { Preview } from '../../actions/preview-suppressions.ts';
import { counted, plain } from '../../core/alert/compose-alert.ts';
import { describeLineage } from '../../core/lineage/channel.ts';
import { dayOf, daysBetween } from '../../core/suppress/days.ts';
import {
  describeEnded,
  endText,
  type Suppression,
  type SuppressionSet,
} from '../../core/suppress/suppression.ts';
import { formatTable } from './format-table.ts';
import type { Page } from './page.ts';

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
  if (entries.length === 0) return;
  const rows = entries.map((entry) => [
    entry.id,
    whenText(entry, today),
    entry.owner,
    entry.vulnerability,
    scopeText(entry),
  ]);
  const head = ['Entry', 'Holds', 'Owner', 'Vulnerability', 'In'];
  for (const line of formatTable(head, rows, page.width)) page.print(line);
  for (const line of describeEnded(set, today)) page.print(`Warning: ${plain(line)}`);
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

/** Prints what entries would silence of the last night's findings. */
export function printPreview(page: Page, preview: Preview | undefined): void {
  if (!preview) {
    page.print('No night was committed yet: nobody knows what it would silence.');
    return;
  }
  const { runId, silenced } = preview;
  if (silenced.length === 0) {
    page.print(`Nothing that the night of ${runId} found open would be silenced.`);
    return;
  }
  page.print(`Of the night of ${runId} it would silence ${counted(silenced.length, 'finding')}:`);
  const rows = silenced.map(({ finding: { id, severity, package: purl }, workloads }) => [
    id,
    severity,
    plain(purl),
    workloads.map(describeLineage).join(', '),
  ]);
  const head = ['Id', 'Severity', 'Package', 'In'];
  for (const line of formatTable(head, rows, page.width)) page.print(line);
}
