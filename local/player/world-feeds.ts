import {
  type AdvisoryFeed,
  type FeedAnswer,
  FeedUnavailableError,
  type RecordBatch,
} from '../../actions/ports.ts';
import { UnreadableRecord } from '../../core/advisory/osv.ts';
import type { FeedValidator } from '../../core/run/run.ts';

/** How a feed behaves from now on. */
export type FeedFault =
  | 'timeout'
  /** Breaks off after half of its records. */
  | 'truncated'
  | 'empty'
  /** Whole, but the newer half of its records is gone. */
  | 'shrunk'
  /** As it was before its last change. */
  | 'older'
  /** Something else in the place of each record. */
  | 'garbage'
  | 'none';

/** The feeds of a world: records by id, in the order in which they first came. */
export interface WorldFeeds {
  readonly feeds: readonly AdvisoryFeed[];
  advise(feed: string, record: { readonly id: string }): void;
  /** Sets the record's `withdrawn`; it stays in the feed. */
  withdraw(feed: string, id: string, at: string): void;
  setFault(feed: string, fault: FeedFault): void;
}

interface Feed {
  records: ReadonlyMap<string, object>;
  /** Before the last change. */
  past: ReadonlyMap<string, object>;
  /** Raised by each change; stands for what a server would call its ETag. */
  revision: number;
  fault: FeedFault;
}

/** Each feed has a control record from the start: a package that nobody installs. */
export function createWorldFeeds(names: Iterable<string>): WorldFeeds {
  const feeds = new Map<string, Feed>();
  for (const name of new Set(names)) {
    const control = controlRecord(name);
    const records = new Map([[control.id, control]]);
    feeds.set(name, { records, past: records, revision: 0, fault: 'none' });
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
      read: async (known) => answerOf(name, feed, known),
    })),
    advise: (name, record) => change(feedOf(name), record.id, record),
    withdraw(name, id, at) {
      const feed = feedOf(name);
      change(feed, id, { ...feed.records.get(id), modified: at, withdrawn: at });
    },
    setFault(name, fault) {
      feedOf(name).fault = fault;
    },
  };
}

function change(feed: Feed, id: string, record: object): void {
  feed.past = feed.records;
  feed.records = new Map([...feed.records, [id, record]]);
  feed.revision++;
}

function answerOf(name: string, feed: Feed, known: FeedValidator | null): FeedAnswer {
  const { fault } = feed;
  if (fault === 'timeout') throw new FeedUnavailableError(`${name} timed out`);
  if (fault !== 'none') {
    return { kind: 'records', records: faultyRecords(name, feed, fault), validator: null };
  }
  const validator = { source: name, etag: String(feed.revision), modified: null };
  if (known?.source === validator.source && known.etag === validator.etag) {
    return { kind: 'unchanged' };
  }
  return { kind: 'records', records: each(feed.records.values()), validator };
}

async function* faultyRecords(
  name: string,
  { records, past }: Feed,
  fault: Exclude<FeedFault, 'timeout' | 'none'>,
): AsyncGenerator<RecordBatch> {
  const all = [...records.values()];
  const half = all.slice(0, Math.ceil(all.length / 2));
  switch (fault) {
    case 'empty':
      return;
    case 'truncated':
      yield half;
      throw new FeedUnavailableError(`${name} breaks off after ${half.length} records`);
    case 'shrunk':
      yield half;
      return;
    case 'older':
      yield [...past.values()];
      return;
    case 'garbage':
      yield all.map((_, index) => new UnreadableRecord(`${name}:${index + 1}`, 'not JSON'));
  }
}

async function* each(records: Iterable<unknown>): AsyncGenerator<RecordBatch> {
  yield [...records];
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
