import { SUPPORT_KEY } from '../change/items.ts';
import { describeLineage } from '../lineage/channel.ts';
import type { LineageRow, Origin } from '../lineage/lineage.ts';
import type { Html } from './html.ts';
import { table } from './table.ts';

/** Hardening that is not there, and what could not be read. */
export function checkSection(rows: readonly LineageRow[]): Html | null {
  const failed = rows
    .filter((row) => row.kind === 'workload')
    .flatMap(({ lineage, items }) =>
      items
        // What is supported no more is a section of its own.
        .filter((item) => item.key.startsWith('check|') && item.key !== SUPPORT_KEY)
        .map(({ key, title, origin }) => [
          key.slice('check|'.length),
          title,
          describeLineage(lineage),
          sinceText(origin),
        ]),
    );
  return failed.length === 0
    ? null
    : table('Failed checks', ['Check', 'What', 'Runs in', 'Open since'], failed);
}

function sinceText(origin: Origin): string {
  if (origin === 'baseline') return 'the baseline';
  return origin === 'engine' ? 'an upgrade of Tidewatch' : 'after the baseline';
}
