import type { Alert } from '../alert/alert.ts';
import { describeLineage } from '../lineage/channel.ts';
import { type Html, html } from './html.ts';
import { table } from './table.ts';

/** What was told since the night before. */
export function alertSection(alerts: readonly Alert[]): Html {
  if (alerts.length === 0)
    return html`<h2>Told</h2><p>Nothing was told since the night before.</p>`;
  return table(
    'Told',
    ['Kind', 'Severity', 'What', 'Where', 'Do'],
    alerts.map(({ kind, severity, title, count, lineages, remedy }) => [
      kind,
      severity,
      title,
      count > lineages.length
        ? `${lineages.map(describeLineage).join(', ')} and ${count - lineages.length} more`
        : lineages.map(describeLineage).join(', '),
      remedy,
    ]),
  );
}
