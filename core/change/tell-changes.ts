import type { Alert, Thread } from '../alert/alert.ts';
import type { AlertPolicy } from '../alert/policy.ts';
import type { StandingOf } from '../base/borne.ts';
import type { Item, LineageRow, Origin, RuntimeMove, StandingMove } from '../lineage/lineage.ts';
import { advisoryMatter, unsuppressedMatter, weighsEnough } from './advisory-matters.ts';
import {
  type EndedSuppression,
  type ItemChange,
  type LineageComparison,
  weighsMore,
} from './compare-lineage.ts';
import { describeMatter, type LikelihoodOf, type MatterBases } from './describe-matter.ts';
import { findingOfKey, isAdvice } from './items.ts';
import { joinMatter, type Matter, type Matters, matterHash, tell } from './matter.ts';
import {
  type Draft,
  type Pending,
  type PendingMove,
  type Relative,
  relativeOf,
  sameImage,
} from './relatives.ts';
import { rowAfter } from './row-after.ts';
import { isReturn, moveKey } from './runtime-moves.ts';

/** What there is to tell from. */
export interface TellInput {
  readonly comparisons: readonly LineageComparison[];
  readonly policy: AlertPolicy;
  /** The first night of an installation: everything is there already, nothing is news. */
  readonly isBaseline: boolean;
  readonly ended: Readonly<Record<string, number>>;
  /** Open threads, which later lineages may join. */
  readonly threads: readonly Thread[];
  /** What is known of lineages besides `comparisons`: a workload may run what its channel points at no more, or what another runs already. */
  readonly knownRows: readonly LineageRow[];
  /** For the words alone: what is told, and under which id, does not depend on it. @default nothing is known */
  readonly likelihoodOf?: LikelihoodOf;
  /** For the words alone as well. @default nothing is known */
  readonly standingOf?: StandingOf;
}

/** What is told, and the rows that remember it. */
export interface Telling {
  readonly rows: readonly LineageRow[];
  readonly alerts: readonly Alert[];
  readonly threads: readonly Thread[];
}

type Opened = Extract<ItemChange, { kind: 'opened' }>;

/**
 * Decides what of the changes is told, groups it (one cause, one message) and gives
 * each opened item its origin. Repositories come first: a workload that follows its
 * channel joins what was told there, by day or a moment ago.
 */
export function tellChanges(input: TellInput): Telling {
  const matters: Matters = new Map();
  const { repositories, workloads } = split(input.comparisons);
  const drafts = repositories.map((each) => draftOf(input, matters, each, undefined));
  const relatives = Map.groupBy(input.knownRows, sameImage);
  const draftsByLineage = new Map(drafts.map((draft) => [draft.comparison.target.lineage, draft]));
  for (const each of workloads) {
    const lineage = `${each.target.channel}|${each.target.platform}`;
    const draft = draftsByLineage.get(lineage);
    const relative = relativeOf(
      input.threads,
      draft,
      relatives.get(sameImage(each.target)) ?? [],
      each,
    );
    drafts.push(draftOf(input, matters, each, relative));
  }
  const told = toldMatters(input, matters);
  return {
    rows: drafts.map((draft) => finishRow(draft, told)),
    alerts: [...told.alerts.values()],
    threads: [...told.threads.values()],
  };
}

function split(comparisons: readonly LineageComparison[]) {
  const sorted = [...comparisons].sort((a, b) => (a.target.lineage < b.target.lineage ? -1 : 1));
  return {
    repositories: sorted.filter((each) => each.target.kind === 'repository'),
    workloads: sorted.filter((each) => each.target.kind === 'workload'),
  };
}

function draftOf(
  input: TellInput,
  matters: Matters,
  comparison: LineageComparison,
  relative: Relative | undefined,
): Draft {
  const origins = new Map<string, Pending>();
  for (const change of comparison.changes) {
    if (change.kind === 'exploited') tellExploited(matters, comparison, change.item);
    if (change.kind !== 'opened') continue;
    const origin = originOf(input, matters, comparison, relative, change);
    origins.set(change.item.key, origin);
    if (typeof origin === 'object' && 'matter' in origin) {
      addItem(origin.matter, change);
      if (isConcerned(origin.matter, comparison))
        origin.matter.lineages.add(comparison.target.lineage);
    }
  }
  return { comparison, origins, moves: movesOf(input, matters, comparison, relative) };
}

/** Under the key that a push by day knew it by; several packages of one item bring all their records. */
function addItem({ items }: Matter, { item, byOld }: Opened): void {
  const { key } = byOld ?? item;
  const known = items.get(key)?.records ?? [];
  const records = new Map([...known, ...item.records].map((each) => [JSON.stringify(each), each]));
  items.set(key, { ...item, records: [...records.values()] });
}

/** An advisory is told for what runs; repositories that nothing runs join in silence. */
function isConcerned({ kind }: Matter, { target }: LineageComparison): boolean {
  const isOfAdvisory = kind === 'disclosed' || kind === 'exploited' || kind === 'unsuppressed';
  return !isOfAdvisory || target.kind === 'workload';
}

/** Known already, perhaps told already; that it is exploited is news of its own. */
function tellExploited(matters: Matters, { target }: LineageComparison, item: Item): void {
  const id = findingOfKey(item.key)?.id;
  if (!id || target.kind !== 'workload') return;
  const matter = advisoryMatter(matters, 'exploited', id);
  matter.known.set(item.key, item);
  matter.lineages.add(target.lineage);
}

function originOf(
  input: TellInput,
  matters: Matters,
  comparison: LineageComparison,
  relative: Relative | undefined,
  { item, cause, byOld, over }: Opened,
): Pending {
  const silent = silentOrigin(input, cause);
  if (silent) return silent;
  // What was silenced and is not any more is told as if it were disclosed, whatever it was before.
  if (cause === 'advisory' || over) return disclosedOrigin(input, matters, item, over);
  const adopted = relative?.originOf(item);
  if (adopted && adopted !== 'untold') return adopted;
  // By day a push is judged by the advisories of the night before; at night it must come to the same.
  const judged = byOld ?? item;
  if (!isTold(judged, input.policy)) {
    return weighsMore(item, judged) ? disclosedOrigin(input, matters, item) : 'untold';
  }
  const { previous, target } = comparison;
  if (!previous && target.kind === 'repository') return 'untold';
  return { matter: imageMatter(matters, comparison) };
}

/** Of what may have been so all along. */
function silentOrigin({ isBaseline }: TellInput, cause: Opened['cause']): Origin | undefined {
  if (isBaseline) return 'baseline';
  return cause === 'feed' || cause === 'engine' ? cause : undefined;
}

function disclosedOrigin(
  { policy }: TellInput,
  matters: Matters,
  item: Item,
  over?: EndedSuppression,
): Pending {
  const id = findingOfKey(item.key)?.id;
  if (!id || !weighsEnough(item, policy.disclosed)) return 'untold';
  const matter = over
    ? unsuppressedMatter(matters, id, over)
    : advisoryMatter(matters, 'disclosed', id);
  return { matter };
}

/** A lost check is, unless it only advises; a finding from the policy's severity on. */
function isTold(item: Item, policy: AlertPolicy): boolean {
  return findingOfKey(item.key) ? weighsEnough(item, policy.regression) : !isAdvice(item);
}

function imageMatter(matters: Matters, { previous, target, cause }: LineageComparison): Matter {
  const previousDigest = previous && cause === 'deployment' ? previous.imageDigest : null;
  const kind = previous ? 'regression' : 'new-workload';
  const key = [kind, target.kind, cause, target.imageDigest, previousDigest].join('|');
  return joinMatter(matters, key, {
    kind,
    cause,
    subject: target.reference,
    imageDigest: target.imageDigest,
    previousDigest,
  });
}

function movesOf(
  { isBaseline }: TellInput,
  matters: Matters,
  comparison: LineageComparison,
  relative: Relative | undefined,
): readonly PendingMove[] {
  const { previous, target, moved, standing } = comparison;
  // What appears has moved from nowhere, but goes back with what it follows.
  if (!previous) return relative?.moves ?? [];
  if (isBaseline || previous.digest === target.digest) return standing;
  const news = moved.filter((move) => !isReturn(move, previous.moves));
  const knownOf = (move: RuntimeMove) =>
    relative?.moves.find((each) => moveKey(each) === moveKey(move));
  return [...standing, ...news.map((move) => knownOf(move) ?? tellMove(matters, comparison, move))];
}

function tellMove(matters: Matters, comparison: LineageComparison, move: RuntimeMove): PendingMove {
  const matter = imageMatter(matters, comparison);
  matter.moves.set(moveKey(move), move);
  matter.lineages.add(comparison.target.lineage);
  return { ...move, matter };
}

interface Told {
  readonly alerts: ReadonlyMap<string, Alert>;
  readonly threads: ReadonlyMap<string, Thread>;
  readonly threadOf: ReadonlyMap<Matter, string>;
}

function toldMatters(input: TellInput, matters: Matters): Told {
  const { ended, threads: open, likelihoodOf } = input;
  const bases = matterBases(input);
  const alerts = new Map<string, Alert>();
  const threads = new Map<string, Thread>();
  const threadOf = new Map<Matter, string>();
  for (const matter of matters.values()) {
    const hash = matterHash(matter);
    const known = open.find((thread) => thread.matter === hash);
    if (known) threadOf.set(matter, known.threadId);
    if (known || matter.lineages.size === 0) continue;
    const { alert, thread } = tell(hash, ended, describeMatter(matter, likelihoodOf, bases));
    alerts.set(alert.alertId, alert);
    threadOf.set(matter, thread.threadId);
    if (matter.items.size > 0 || matter.moves.size > 0) threads.set(thread.threadId, thread);
  }
  return { alerts, threads, threadOf };
}

function matterBases({ comparisons, standingOf }: TellInput): MatterBases | undefined {
  if (!standingOf) return undefined;
  const byLineage = new Map(comparisons.map((each) => [each.target.lineage, each]));
  return {
    standingOf(lineage, key) {
      const digest = byLineage.get(lineage)?.target.digest;
      return digest === undefined ? undefined : standingOf(digest, key);
    },
    runtimesOf: (lineage) => byLineage.get(lineage)?.runtimes ?? [],
  };
}

function finishRow({ comparison, origins, moves }: Draft, { threadOf }: Told): LineageRow {
  const originOfItem = (item: Item): Origin => {
    const origin = origins.get(item.key) ?? 'untold';
    if (typeof origin === 'string' || 'thread' in origin) return origin;
    const thread = threadOf.get(origin.matter);
    return thread ? { thread } : 'untold';
  };
  const standing = moves.map((move): StandingMove => {
    if (!('matter' in move)) return move;
    const { matter, ...told } = move;
    // With items the thread is theirs, and over when they are.
    return { ...told, thread: matter.items.size === 0 ? (threadOf.get(matter) ?? null) : null };
  });
  return rowAfter(comparison, originOfItem, standing);
}
