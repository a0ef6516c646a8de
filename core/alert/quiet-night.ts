import { describeUnmatched } from '../match/find-unmatched.ts';
import { isGap, summariseProblem } from '../match/fleet-problems.ts';
import { hashOf } from '../object/json-object.ts';
import type { Run } from '../run/run.ts';
import type { Notice } from './alert.ts';
import { counted, limited, plain } from './compose-alert.ts';

/** Held feeds that are named. */
const NAMED_FEEDS = 3;

type QuietRun = Pick<
  Run,
  | 'runId'
  | 'status'
  | 'scanned'
  | 'expected'
  | 'failed'
  | 'unseen'
  | 'feeds'
  | 'unmatched'
  | 'problems'
>;

/** One line for a night that tells nothing; it is only called quiet if all was seen. */
export function composeQuietNight(run: QuietRun, next: string | null): Notice {
  const fresh = run.feeds.filter(({ state }) => state === 'fresh');
  const isQuiet = run.status === 'complete' && run.feeds.length > 0;
  const title = isQuiet ? 'Quiet night' : 'Nothing new, but not everything was seen';
  const facts = [
    `${run.scanned === run.expected ? '' : `${run.scanned} of `}${counted(run.expected, 'digest')} scanned`,
    ...(run.feeds.length === 0
      ? []
      : [
          `${fresh.length === run.feeds.length ? '' : `${fresh.length} of `}${counted(run.feeds.length, 'feed')} fresh`,
        ]),
    ...gapsOf(run),
    ...(next === null ? [] : [`next night ${next}`]),
  ];
  return {
    kind: 'notice',
    alertId: `quiet-${hashOf(['quiet', run.runId])}`,
    title,
    message: `${title}: ${facts.join(', ')}.`,
  };
}

function gapsOf({ feeds, failed, unseen, unmatched, problems = [] }: QuietRun): string[] {
  const held = feeds.filter(({ state }) => state === 'held').map(({ name }) => plain(name));
  return [
    ...(feeds.length === 0 ? ['nothing matched, since no feed is enabled'] : []),
    ...(held.length > 0 ? [`held: ${limited(held, NAMED_FEEDS).join(' and ')}`] : []),
    ...(failed.length > 0 ? [`${counted(failed.length, 'image')} not read`] : []),
    ...named('not seen', unseen),
    // Without any feed all of it is said already.
    ...(feeds.length > 0 ? named('not matched', unmatched.map(describeUnmatched)) : []),
    ...named('not sure', problems.filter(isGap).map(summariseProblem)),
  ];
}

/** The first of them, and how many more there are. */
function named(what: string, all: readonly string[]): string[] {
  return all.length > 0 ? [`${what}: ${limited(all.map(plain), 1).join(', ')}`] : [];
}
