import type { Worker } from '../../actions/night-steps.ts';
import { recordObservations } from '../../actions/record-observations.ts';
import type { RecordPorts } from '../../actions/record-tag.ts';
import { checkedWorker } from '../shared/night-inputs.ts';

/** Records the moves of the watched tags. */
export function handleRecordObservations(ports: RecordPorts): Worker<'record-observations'> {
  return checkedWorker('record-observations', recordObservations(ports));
}
