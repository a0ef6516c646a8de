import { isWorse } from '../advisory/severity.ts';
import { isQuiet } from '../advisory/status.ts';
import type { Cause } from '../alert/alert.ts';
import { OPAQUE_CHECK } from '../cover/coverage.ts';
import type {
  Item,
  LineageRow,
  LineageTarget,
  OpenItem,
  RuntimeMove,
  StandingMove,
  SuppressedItem,
} from '../lineage/lineage.ts';
import type { Finding } from '../match/finding.ts';
import type { AppliedSuppression } from '../suppress/suppression.ts';
import {
  checkOfKey,
  findingOfKey,
  type ImageFacts,
  isReadCheck,
  itemsOf,
  type JudgedBy,
} from './items.ts';
import { movedRuntimes, standingMoves } from './runtime-moves.ts';
import { createMatcher, type Matcher } from './same-item.ts';
import {
  comeBack,
  createSilencing,
  judgeAgain,
  NOTHING_SUPPRESSED,
  openAgain,
  rememberSuppressed,
  reopened,
  type Suppressors,
  splitFindings,
} from './suppressed-findings.ts';

/** Something that became wrong, or right, on a lineage. */
export type ItemChange =
  | {
      readonly kind: 'opened';
      readonly item: Item;
      readonly cause: Cause;
      /** The same by the advisories before: what a push by day is judged by. `undefined` if they had none of it. */
      readonly byOld: Item | undefined;
      /** With cause `suppression`: what had silenced it, and why it does no more. */
      readonly over?: EndedSuppression;
    }
  /** Still open, and known to be exploited since the last look. */
  | { readonly kind: 'exploited'; readonly item: Item; readonly cause: 'advisory' }
  | { readonly kind: 'closed'; readonly item: OpenItem; readonly cause: Cause };

/** A suppression that does not apply any more. */
export interface EndedSuppression {
  readonly by: AppliedSuppression;
  readonly why: string;
}

/** A lineage's present beside its past. */
export interface LineageInput {
  readonly target: LineageTarget;
  readonly facts: ImageFacts;
  /** Findings of the target by the advisories that `previous` was assessed with; `null` when there were none. */
  readonly before: readonly Finding[] | null;
  /** Findings of the target by today's advisories; `null` while there are none. */
  readonly after: readonly Finding[] | null;
  readonly previous: LineageRow | undefined;
  /** When `previous` was assessed and when the target is (RFC 3339): what is supported on one day may not be on the other. */
  readonly at: { readonly before: string; readonly after: string };
  readonly imageMegabytes?: JudgedBy['imageMegabytes'];
  /** Whether today's code extracts and matches otherwise than the code of `previous`. */
  readonly newEngine: boolean;
  /** Checks that `previous` was made without: what only they say may have been so all along. @default none */
  readonly newChecks?: ReadonlySet<string>;
  /** Feeds that were never read before today: what only they say was there already. */
  readonly newFeeds: ReadonlySet<string>;
  /** Feeds that somebody has taken out of the configuration: what only they said is judged no more. */
  readonly goneFeeds: ReadonlySet<string>;
  /** Why the target is only assumed to be what it was; then nothing closes. `null` when it was seen. */
  readonly stale: string | null;
  /** Whether the digest is what its channel points at now; an older one was chosen by whoever deployed it. */
  readonly isPresent: boolean;
  /** What somebody has decided not to hear of. @default nothing */
  readonly suppressors?: Suppressors;
}

/** How a lineage changed; what is told of it is decided elsewhere. */
export interface LineageComparison {
  readonly target: LineageTarget;
  readonly previous: LineageRow | undefined;
  readonly assessed: boolean;
  readonly stale: string | null;
  /** What another digest means here: a new image, or somebody's choice. */
  readonly cause: Extract<Cause, 'image' | 'deployment'>;
  readonly runtimes: ImageFacts['runtimes'];
  readonly moved: readonly RuntimeMove[];
  /** Moves of before that stand still. */
  readonly standing: readonly StandingMove[];
  /** Moves of before that are over: the lineage came back to where they moved from. */
  readonly returned: readonly StandingMove[];
  /** Items that stay open, with the origin they had. */
  readonly kept: readonly OpenItem[];
  /** What is found and suppressed: neither open nor told. */
  readonly suppressed: readonly SuppressedItem[];
  readonly changes: readonly ItemChange[];
}

/** Ids of all that was opened or is told of anew: what may be worded. */
export function idsToWord(comparisons: readonly LineageComparison[]): string[] {
  return comparisons.flatMap(({ changes }) =>
    changes.flatMap(({ kind, item }) => (kind === 'closed' ? [] : item.ids)),
  );
}

/**
 * Compares a lineage with its past. Image and advisories may both have changed:
 * the new image is first judged by the old advisories (that difference is the image's),
 * then by the new ones (that difference is the advisories'), so that a push told by
 * day and a push first seen at night give the same changes.
 */
export function compareLineage(input: LineageInput): LineageComparison {
  const { previous, facts, target } = input;
  const suppressors = input.suppressors ?? NOTHING_SUPPRESSED;
  const before = splitFindings(input.before ?? [], suppressors.before, target);
  const after = splitFindings(input.after ?? [], suppressors.after, target);
  const { at, imageMegabytes } = input;
  const byOld = itemsOf(facts, before.open, { at: at.before, imageMegabytes });
  const byNew = itemsOf(facts, after.open, { at: at.after, imageMegabytes });
  const oldHas = createMatcher([...byOld.values()]);
  const judged = { input, byNew, oldHas };
  const present = splitPresent(judged, createMatcher(openAgain(before.suppressed, after.open)));
  const past = splitPast(
    judged,
    createSilencing(after.suppressed, before.suppressed, previous?.suppressed),
  );
  const silent = rememberSuppressed(input, byNew, after.suppressed);
  const moves = previous?.moves ?? [];
  return {
    target: input.target,
    previous,
    assessed: input.after !== null,
    stale: input.stale,
    cause: previous && input.isPresent ? 'image' : 'deployment',
    runtimes: facts.runtimes,
    moved: previous ? movedRuntimes(previous.runtimes, facts.runtimes) : [],
    ...(input.stale === null
      ? splitMoves(moves, facts.runtimes)
      : { standing: moves, returned: [] }),
    kept: [...present.kept, ...past.kept],
    suppressed: [...after.suppressed, ...silent.suppressed],
    changes: [...present.changes, ...past.changes, ...silent.changes],
  };
}

function splitMoves(moves: LineageRow['moves'], runtimes: LineageRow['runtimes']) {
  const standing = standingMoves(moves, runtimes);
  return { standing, returned: moves.filter((move) => !standing.includes(move)) };
}

/** A lineage of which nothing could be read anew: it stays what it was. */
export function keepLineage(
  previous: LineageRow,
  stale: string,
  { after }: Suppressors = NOTHING_SUPPRESSED,
): LineageComparison {
  const { lineage, kind, scope, channel, reference, imageDigest, digest, platform } = previous;
  const { suppressed, over } = judgeAgain(previous.suppressed ?? [], after, previous);
  return {
    target: { lineage, kind, scope, channel, reference, imageDigest, digest, platform },
    previous,
    assessed: previous.assessed,
    stale,
    cause: 'image',
    runtimes: previous.runtimes,
    moved: [],
    standing: previous.moves,
    returned: [],
    kept: previous.items,
    suppressed,
    changes: comeBack(over, previous.items, after),
  };
}

interface Split {
  readonly kept: OpenItem[];
  readonly changes: ItemChange[];
}

/** A lineage by what is open: suppressed findings are in none of these. */
interface Judged {
  readonly input: LineageInput;
  readonly byNew: ReadonlyMap<string, Item>;
  readonly oldHas: Matcher<Item>;
}

/** Of what is wrong now: what was wrong before, and what is new. */
function splitPresent(judged: Judged, wasSuppressed: Matcher<SuppressedItem>): Split {
  const { input, byNew } = judged;
  const pastOf = createMatcher(input.previous?.items ?? []);
  const split: Split = { kept: [], changes: [] };
  for (const item of byNew.values()) {
    const before = pastOf(item);
    const isExploitedNow = before !== undefined && isNewlyExploited(input, before, item);
    if (before && !isReweighed(before, item, isExploitedNow)) {
      split.kept.push({ ...item, origin: before.origin });
      if (isExploitedNow) split.changes.push({ kind: 'exploited', item, cause: 'advisory' });
      continue;
    }
    split.changes.push(openedChange(judged, item, before, wasSuppressed(item)));
  }
  return split;
}

function openedChange(
  { input, oldHas }: Judged,
  item: Item,
  before: OpenItem | undefined,
  silenced: SuppressedItem | undefined,
): ItemChange {
  const byOld = oldHas(item);
  if (silenced && !before && !byOld) return reopened(item, silenced, input.suppressors);
  const wasSo = before && byOld && weighsMore(item, byOld) ? undefined : byOld;
  return { kind: 'opened', item, cause: openedBy(input, item, wasSo), byOld };
}

/** What was too little to be told and weighs more now is looked at as if it were new. */
function isReweighed(before: OpenItem, now: Item, isExploitedNow: boolean): boolean {
  return before.origin === 'untold' && (isExploitedNow || isGraver(now, before));
}

/** Whether an item is worse than the same by other advisories. */
export function weighsMore(now: Item, before: Item): boolean {
  const isExploitedNow = now.exploited !== undefined && before.exploited === undefined;
  return isExploitedNow || isGraver(now, before);
}

/** A worse severity, or a danger where its publisher saw none. */
function isGraver(now: Item, before: Item): boolean {
  return isWorse(now.severity, before.severity) || (isQuiet(before.status) && !isQuiet(now.status));
}

/** That a feed says so on its first night is no news: it may have done so for years. */
function isNewlyExploited({ newFeeds }: LineageInput, before: Item, now: Item): boolean {
  if (!now.exploited || before.exploited) return false;
  return !newFeeds.has(now.exploited.feed);
}

/** Of what was wrong before and is not seen now: what is over, and what could not be judged. */
function splitPast({ input, byNew, oldHas }: Judged, isSilenced: (item: Item) => boolean): Split {
  const newHas = createMatcher([...byNew.values()]);
  const split: Split = { kept: [], changes: [] };
  for (const item of input.previous?.items ?? []) {
    if (newHas(item)) continue;
    if (isSilenced(item)) {
      split.changes.push({ kind: 'closed', item, cause: 'suppression' });
      continue;
    }
    // A lineage that nobody saw has lost nothing.
    if (isUnjudged(input, item) || input.stale !== null) split.kept.push(item);
    else split.changes.push({ kind: 'closed', item, cause: closedBy(input, item, oldHas(item)) });
  }
  return split;
}

/** Judged by nothing, a finding is neither there nor gone, and so is what facts of before or older captures say nothing of. */
function isUnjudged({ after, facts }: LineageInput, item: Item): boolean {
  if (facts.capture !== undefined && checkOfKey(item.key) === OPAQUE_CHECK) return true;
  if (isReadCheck(item)) return facts.supported === undefined;
  return after === null && findingOfKey(item.key) !== undefined;
}

function openedBy(input: LineageInput, item: Item, wasThereByOld: Item | undefined): Cause {
  if (item.feeds.length > 0 && item.feeds.every((feed) => input.newFeeds.has(feed))) return 'feed';
  if (!wasThereByOld) return 'advisory';
  const check = checkOfKey(item.key);
  if (input.previous && check !== undefined && input.newChecks?.has(check)) return 'engine';
  return changedBy(input);
}

function closedBy(input: LineageInput, item: Item, stillThereByOld: Item | undefined): Cause {
  if (item.feeds.length > 0 && item.feeds.every((feed) => input.goneFeeds.has(feed))) return 'feed';
  return stillThereByOld ? 'advisory' : changedBy(input);
}

/**
 * Same advisories, other items: the image changed, or with the same image our code
 * did. If neither did, the row was matched with advisories older than the last night's.
 */
function changedBy({ previous, target, newEngine, isPresent }: LineageInput): Cause {
  if (!previous) return 'deployment';
  if (previous.digest === target.digest) return newEngine ? 'engine' : 'advisory';
  return isPresent ? 'image' : 'deployment';
}
