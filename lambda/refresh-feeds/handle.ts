import type { NightWork } from '../../actions/night-steps.ts';
import { listFeeds, type RefreshPorts, refreshFeed } from '../../actions/refresh-feeds.ts';
import { checkedWorker } from '../shared/night-inputs.ts';

type List = NightWork['list-feeds'];
type Refresh = NightWork['refresh-feed'];

/** Names the feeds of a night; or, given one of them, reads it into a snapshot. */
export function handleRefreshFeeds(ports: RefreshPorts) {
  const list = checkedWorker('list-feeds', listFeeds(ports));
  const refresh = checkedWorker('refresh-feed', refreshFeed(ports));
  function handle(input: Refresh['input']): Promise<Refresh['output']>;
  function handle(input: List['input']): Promise<List['output']>;
  function handle(
    input: List['input'] | Refresh['input'],
  ): Promise<List['output'] | Refresh['output']>;
  function handle(
    input: List['input'] | Refresh['input'],
  ): Promise<List['output'] | Refresh['output']> {
    return 'feed' in input ? refresh(input) : list(input);
  }
  return handle;
}
