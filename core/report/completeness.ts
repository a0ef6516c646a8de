import { counted } from '../alert/compose-alert.ts';
import { describeLineage } from '../lineage/channel.ts';
import { describeUnmatched } from '../match/find-unmatched.ts';
import { describeProblem, isGap } from '../match/fleet-problems.ts';
import { describeReread } from '../run/describe-reread.ts';
import type { FeedState, Run } from '../run/run.ts';
import { type Html, html } from './html.ts';
import { list, table } from './table.ts';
import { timeText } from './time-text.ts';

/** What was expected and seen, and how old what it was judged by is. */
export function completeness(run: Run): Html {
  const { words, look } = statusOf(run);
  return html`<section aria-label="Completeness">
<p class="status ${{ html: look }}"><strong>${words}:</strong> ${counted(run.scanned, 'digest')} of ${run.expected} assessed${run.failed.length > 0 ? `, ${run.failed.length} could not be read` : ''}.</p>
${list([...run.failed.map(({ digest, reason }) => `${digest}: ${reason}`), ...run.unseen])}
${unmatchedList(run)}${gapList(run)}${foundList(run)}${leftOutList(run)}${carriedList(run)}${olderCaptures(run)}
${table(
  'Feeds',
  ['Feed', 'State', 'Records', 'Snapshot'],
  run.feeds.map((feed) => [
    feed.name,
    feedText(feed),
    feed.records,
    (feed.snapshot ?? 'none').slice(0, 16),
  ]),
)}
</section>`;
}

/** Complete is what was asked for and read; what of it could not be matched is no good news either. */
function statusOf({ status, unmatched, problems = [] }: Run): {
  readonly words: string;
  readonly look: Run['status'];
} {
  if (status === 'failed') return { words: 'Failed', look: status };
  if (status === 'partial') return { words: 'Not complete', look: status };
  const isMatched = unmatched.length === 0 && !problems.some(isGap);
  return isMatched
    ? { words: 'Complete', look: status }
    : { words: 'All was read, but not all of it could be matched', look: 'partial' };
}

function feedText({ state, failure, hold, accepted }: FeedState): string {
  if (accepted) {
    const { by, at, reason } = accepted;
    return `${state}, accepted by ${by} on ${timeText(at)}${reason === null ? '' : `: ${reason}`}`;
  }
  const since = hold ? ` since ${timeText(hold.since)}` : '';
  return failure ? `${state}${since}: ${failure}` : state;
}

/** What no push had told of. Only the stack's own ECR tells of pushes. */
function foundList({ found }: Run): Html | null {
  if (found.length === 0) return null;
  return html`<p>Found running and indexed tonight, since no push had told of it (as of any registry but the stack’s own; of that one, see whether its events arrive):</p>
${list(found.map(({ reference, digest, lineages }) => `${reference}@${digest}: ${lineages.map(describeLineage).join(', ')}`))}`;
}

/** Images of which less is kept than is wanted by now. */
function olderCaptures({ captures }: Run): Html | null {
  if (!captures) return null;
  return html`<p>${describeReread(captures)}</p>
${list(captures.failed.map(({ digest, reason }) => `${digest}: ${reason}`))}`;
}

/** Lines of `Run.carried` that are shown: all images of a registry may carry something. */
const CARRIED_SHOWN = 100;

/** What others say of images, and is not applied. */
function carriedList({ carried = [] }: Run): Html | null {
  if (carried.length === 0) return null;
  const cut = carried.length - CARRIED_SHOWN;
  return html`<p>Attached to images and not applied:</p>
${list([...carried.slice(0, CARRIED_SHOWN), ...(cut > 0 ? [`and ${cut} more`] : [])])}`;
}

/** What runs and cannot have a finding, whatever is wrong with it. */
function unmatchedList({ unmatched }: Run): Html | null {
  if (unmatched.length === 0) return null;
  return html`<p>Not matched with any advisory, so unknown, not clean:</p>
${list(unmatched.map(describeUnmatched))}`;
}

/** What is matched in part only, or not at all, though some feed may be about it. */
function gapList({ problems = [] }: Run): Html | null {
  const gaps = problems.filter(isGap);
  if (gaps.length === 0) return null;
  return html`<p>Could not be matched as they should be, so not surely clean:</p>
${list(gaps.map(describeProblem))}`;
}

/** What nobody has to match, with the reason. */
function leftOutList({ problems = [] }: Run): Html | null {
  const leftOut = problems.filter((each) => !isGap(each));
  if (leftOut.length === 0) return null;
  return html`<p>Left out on purpose:</p>
${list(leftOut.map(describeProblem))}`;
}
