import { baseText } from '../base/describe-base.ts';
import { describeWorkload } from './describe-workload.ts';
import { digestText } from './digest-text.ts';
import type { Html } from './html.ts';
import type { ReportData } from './report-data.ts';
import { table } from './table.ts';

/** What runs, by which image, and how much of it is open. */
export function workloadSection(data: ReportData): Html {
  const workloads = data.rows.filter((row) => row.kind === 'workload');
  return table(
    'Workloads',
    ['Workload', 'Image', 'Base', 'Runtime', 'Open', 'Of the baseline'],
    workloads.map(({ lineage, reference, imageDigest, digest, runtimes, items, stale }) => [
      `${describeWorkload(data, lineage)}${stale ? `, assumed: ${stale}` : ''}`,
      `${reference}@${digestText(imageDigest, digest)}`,
      baseText(data.origins.standingOf(digest)),
      runtimes.map(({ language, minor }) => `${language} ${minor}`).join(', ') || 'none known',
      items.length,
      items.filter(({ origin }) => origin === 'baseline').length,
    ]),
  );
}
