import { failed, passed } from '../../core/diagnosis/check-line.ts';
import type { AdvisoryFeed } from '../ports.ts';
import { failureLine, type SelfCheck } from '../self-check.ts';

/** A feed that can say whether it would answer. */
export interface ProbedFeed extends AdvisoryFeed {
  /** Asks for the archive without reading it; says what it is. @throws FeedUnavailableError */
  probe(): Promise<string>;
}

/** Asks each feed's source for its archive. */
export function checkFeeds(feeds: readonly ProbedFeed[]): SelfCheck {
  return {
    subject: 'feeds',
    remedy: 'See docs/configuration.md#feeds.',
    async attempt() {
      if (feeds.length === 0) {
        return [
          failed(
            'feeds',
            'none is enabled: nothing is matched',
            'Enable one in tidewatch.config.ts.',
          ),
        ];
      }
      const lines = feeds.map(async (feed) => {
        try {
          return passed(`feed ${feed.name}`, await feed.probe());
        } catch (error) {
          return failureLine(`feed ${feed.name}`, error, 'See docs/configuration.md#feeds.');
        }
      });
      return await Promise.all(lines);
    },
  };
}
