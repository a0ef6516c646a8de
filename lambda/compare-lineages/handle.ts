import { type ComparePorts, compareLineages } from '../../actions/compare-lineages.ts';
import type { Worker } from '../../actions/night-steps.ts';
import { checkedWorker } from '../shared/night-inputs.ts';

/** Compares each lineage with its past, and writes the run. */
export function handleCompareLineages(ports: ComparePorts): Worker<'compare-lineages'> {
  return checkedWorker('compare-lineages', compareLineages(ports));
}
