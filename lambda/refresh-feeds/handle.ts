import type { Worker } from '../../actions/night-steps.ts';
import { type RefreshPorts, refreshFeeds } from '../../actions/refresh-feeds.ts';
import { checkedWorker } from '../shared/night-inputs.ts';

/** Reads the feeds into snapshots. */
export function handleRefreshFeeds(ports: RefreshPorts): Worker<'refresh-feeds'> {
  return checkedWorker('refresh-feeds', refreshFeeds(ports));
}
