import { type CommitPorts, commitRun } from '../../actions/commit-run.ts';
import type { Worker } from '../../actions/night-steps.ts';
import { checkedWorker } from '../shared/night-inputs.ts';

/** Makes a run the current one. */
export function handleCommitRun(ports: CommitPorts): Worker<'commit-run'> {
  return checkedWorker('commit-run', commitRun(ports));
}
