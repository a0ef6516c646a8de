import { describeLineage } from '../lineage/channel.ts';
import type { ReportData } from './report-data.ts';
import { timeText } from './time-text.ts';

/** A workload's lineage, with how many of it run, or when it last did. */
export function describeWorkload({ run, seen }: ReportData, lineage: string): string {
  const { last = run.at, count = 1 } = seen.get(lineage) ?? {};
  if (last !== run.at) return `${describeLineage(lineage)}, last seen ${timeText(last)}`;
  return `${describeLineage(lineage)}${count > 1 ? `, ${count} running` : ''}`;
}
