import { type AdvisoryFeed, FeedUnavailableError } from '../../actions/ports.ts';

/** How a feed behaves from now on. */
export type FeedFault = 'timeout' | 'empty' | 'none';

/** The feeds of a world: records by id, in the order in which they first came. */
export interface WorldFeeds {
  readonly feeds: readonly AdvisoryFeed[];
  advise(feed: string, record: { readonly id: string }): void;
  /** Sets the record's `withdrawn`; it stays in the feed. */
  withdraw(feed: string, id: string, at: string): void;
  setFault(feed: string, fault: FeedFault): void;
}

interface Feed {
  readonly records: Map<string, object>;
  fault: FeedFault;
}

/** Each feed has a control record from the start: a package that nobody installs. */
export function createWorldFeeds(names: Iterable<string>): WorldFeeds {
  const feeds = new Map<string, Feed>();
  for (const name of new Set(names)) {
    const control = controlRecord(name);
    feeds.set(name, { records: new Map([[control.id, control]]), fault: 'none' });
  }
  const feedOf = (name: string): Feed => {
    const feed = feeds.get(name);
    if (!feed) throw new Error(`unknown feed: ${JSON.stringify(name)}`);
    return feed;
  };
  return {
    feeds: [...feeds].map(([name, feed]) => ({
      name,
      control: controlRecord(name).id,
      records: () => recordsOf(name, feed),
    })),
    advise: (name, record) => void feedOf(name).records.set(record.id, record),
    withdraw(name, id, at) {
      const { records } = feedOf(name);
      records.set(id, { ...records.get(id), modified: at, withdrawn: at });
    },
    setFault(name, fault) {
      feedOf(name).fault = fault;
    },
  };
}

async function* recordsOf(name: string, feed: Feed): AsyncGenerator<unknown> {
  if (feed.fault === 'timeout') throw new FeedUnavailableError(`${name} timed out`);
  if (feed.fault === 'empty') return;
  yield* feed.records.values();
}

function controlRecord(feed: string) {
  return {
    id: `TIDEWATCH-CONTROL-${feed}`,
    modified: '1970-01-01T00:00:00Z',
    affected: [
      {
        package: { ecosystem: 'Tidewatch', name: 'control' },
        ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }] }],
      },
    ],
  };
}
