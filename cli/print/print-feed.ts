import type { FeedDifference, FeedReport, FeedsReport } from '../../actions/show-feed.ts';
import { SEVERITIES } from '../../core/advisory/severity.ts';
import { counted, limited, plain } from '../../core/alert/compose-alert.ts';
import type { FeedState, SilentClosing } from '../../core/run/run.ts';
import { formatTable } from './format-table.ts';
import type { Page } from './page.ts';
import { hangText } from './wrap-text.ts';

/** Digits of a snapshot's id that are shown, and enough to name it. */
const ID_DIGITS = 12;

/** Findings that are named; more are counted. */
const FINDINGS_SHOWN = 40;

/** Prints every feed of a night, a line each. */
export function printFeeds({ print, width }: Page, { runId, feeds }: FeedsReport): void {
  print(`The night of ${runId}: ${counted(feeds.length, 'feed')}`);
  const rows = feeds.map((feed) => [
    feed.name,
    feed.state,
    feed.hold?.since ?? '',
    String(feed.records),
    plain(feed.failure ?? ''),
  ]);
  if (rows.length === 0) return;
  for (const line of formatTable(['Feed', 'State', 'Since', 'Records', 'Why'], rows, width)) {
    print(line);
  }
}

/** Prints one feed: since when and why it is held, and what it offers against what was taken last. */
export function printFeed(page: Page, { runId, feed, acceptance, difference }: FeedReport): void {
  const { print, width } = page;
  const say = (label: string, text: string) => {
    for (const line of hangText(`${label.padEnd(10)} `, plain(text), width)) print(line);
  };
  say('Feed', `${feed.name}, in the night of ${runId}`);
  say('State', stateOf(feed));
  say('Taken', snapshotText(feed));
  if (feed.passedOver) say('Besides', besidesText(feed.passedOver));
  if (feed.hold?.offered) say('Held', snapshotText(feed.hold.offered));
  if (difference) printDifference(page, say, difference);
  if (acceptance) {
    const { by, at, reason, offered } = acceptance;
    const why = reason === null ? '' : `: ${reason}`;
    say(
      'Accepted',
      `snapshot ${short(offered.snapshot)} by ${by} at ${at}${why}; the next night takes it`,
    );
  } else if (feed.hold?.offered) {
    say('Next', `if it is right: tidewatch feed accept ${feed.name}, with the same options`);
  }
}

function stateOf({ state, failure, hold }: FeedState): string {
  if (!hold) return state;
  return `held since the night of ${hold.since}: ${failure}`;
}

function snapshotText({
  snapshot,
  records,
  newest,
}: Pick<FeedState, 'snapshot' | 'records' | 'newest'>): string {
  if (snapshot === null) return 'nothing yet';
  const of = newest === null ? '' : `, the newest of ${newest}`;
  return `snapshot ${short(snapshot)}, ${counted(records, 'record')}${of}`;
}

/** What of a feed is no advisory. */
function besidesText(passedOver: NonNullable<FeedState['passedOver']>): string {
  const kinds = Object.entries(passedOver).map(([kind, count]) => `${count} ${kind}`);
  return `no advisories: ${kinds.join(', ')}`;
}

function short(id: string): string {
  return id.slice(0, ID_DIGITS);
}

function printDifference(
  page: Page,
  say: (label: string, text: string) => void,
  { lost, added, examples, ecosystemsLost, ecosystemsAdded, closings }: FeedDifference,
): void {
  const few = lost > 0 ? ` (${limitedTo(examples, lost).join(', ')})` : '';
  say('Records', `${lost} lost${few}, ${added} added`);
  if (ecosystemsLost.length > 0) say('Lost', limited(ecosystemsLost, 20).join(', '));
  if (ecosystemsAdded.length > 0) say('New', limited(ecosystemsAdded, 20).join(', '));
  if (closings === null) {
    say('Findings', 'not compared');
    return;
  }
  say('Findings', `${closings.length} of what runs would close without a word of the feed`);
  printClosings(page, closings);
}

/** The first few of more, with their number. */
function limitedTo(examples: readonly string[], all: number): string[] {
  const rest = all - examples.length;
  return rest > 0 ? [...examples, `and ${rest} more`] : [...examples];
}

function printClosings({ print, width }: Page, closings: readonly SilentClosing[]): void {
  if (closings.length === 0) return;
  const worstFirst = [...closings].sort(
    (a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity),
  );
  const rows = worstFirst
    .slice(0, FINDINGS_SHOWN)
    .map(({ id, package: purl, severity }) => [id, severity, purl].map(plain));
  for (const line of formatTable(['Id', 'Severity', 'Package'], rows, width)) print(line);
  const rest = closings.length - rows.length;
  if (rest > 0) print(`  and ${rest} more`);
}
