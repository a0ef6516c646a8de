import type { Worker } from '../../actions/night-steps.ts';
import { type ReportPorts, writeReport } from '../../actions/write-report.ts';
import { checkedWorker } from '../shared/night-inputs.ts';

/** Writes the night's page. */
export function handleWriteReport(ports: ReportPorts): Worker<'write-report'> {
  return checkedWorker('write-report', writeReport(ports));
}
