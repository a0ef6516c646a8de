import type { Worker } from '../../actions/night-steps.ts';
import { type ReconcilePorts, reconcileImages } from '../../actions/reconcile-images.ts';
import { checkedWorker } from '../shared/night-inputs.ts';

/** Asks what each channel points at, and plans what has to be indexed. */
export function handleReconcileImages(ports: ReconcilePorts): Worker<'reconcile-images'> {
  return checkedWorker('reconcile-images', reconcileImages(ports));
}
