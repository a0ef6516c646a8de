import { isAtLeast, type Severity } from '../advisory/severity.ts';
import type { Alert, Thread } from '../alert/alert.ts';
import type { AlertPolicy } from '../alert/policy.ts';
import type {
  Item,
  LineageRow,
  LineageTarget,
  OpenItem,
  Origin,
  RuntimeMove,
} from '../lineage/lineage.ts';
import {
  type ItemChange,
  type LineageComparison,
  rowAfter,
  weighsMore,
} from './compare-lineage.ts';
import { describeMatter, type LikelihoodOf } from './describe-matter.ts';
import { findingOfKey } from './items.ts';
import { joinMatter, type Matter, type Matters, matterHash, tell } from './matter.ts';

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
}

/** What is told, and the rows that remember it. */
export interface Telling {
  readonly rows: readonly LineageRow[];
  readonly alerts: readonly Alert[];
  readonly threads: readonly Thread[];
}

/** An origin that is known once the matter is told. */
type Pending = Origin | { readonly matter: Matter };

type Opened = Extract<ItemChange, { kind: 'opened' }>;

interface Draft {
  readonly comparison: LineageComparison;
  readonly origins: ReadonlyMap<string, Pending>;
  readonly moves: readonly RuntimeMove[];
}

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
    const relative = relativeOf(input, draft, relatives.get(sameImage(each.target)) ?? [], each);
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

/** Lineages that point at one platform digest of one channel: what one knows of it holds for all. */
function sameImage({ channel, platform, digest }: LineageTarget): string {
  return `${channel}|${platform}|${digest}`;
}

/** What others know about the very digest that a workload runs. */
interface Relative {
  originOf(item: Item): Pending | undefined;
  readonly moves: readonly RuntimeMove[];
}

function relativeOf(
  { threads }: TellInput,
  draft: Draft | undefined,
  rows: readonly LineageRow[],
  { target }: LineageComparison,
): Relative {
  const relatives = rows.map(rowRelative);
  if (draft?.comparison.target.digest === target.digest) relatives.unshift(draftRelative(draft));
  const open = new Set(threads.map(({ threadId }) => threadId));
  // What was told and is over, or never told, is no answer to whether this is known.
  const isKnown = (origin: Pending | undefined) =>
    origin !== undefined &&
    origin !== 'untold' &&
    (typeof origin === 'string' || 'matter' in origin || open.has(origin.thread));
  return {
    originOf: (item) => relatives.map((each) => each.originOf(item)).find(isKnown),
    moves: relatives.flatMap(({ moves }) => moves),
  };
}

function draftRelative({ comparison, origins, moves }: Draft): Relative {
  const kept = new Map(comparison.kept.map((item) => [item.key, item.origin]));
  return {
    originOf: (item) => kept.get(item.key) ?? origins.get(item.key),
    moves: [...(comparison.previous?.moves ?? []), ...moves],
  };
}

function rowRelative({ items, moves }: LineageRow): Relative {
  const byKey = new Map<string, OpenItem>(items.map((item) => [item.key, item]));
  return { originOf: (item) => byKey.get(item.key)?.origin, moves };
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
  return { comparison, origins, moves: toldMoves(input, matters, comparison, relative) };
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
  return (kind !== 'disclosed' && kind !== 'exploited') || target.kind === 'workload';
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
  { item, cause, byOld }: Opened,
): Pending {
  if (input.isBaseline) return 'baseline';
  if (cause === 'feed' || cause === 'engine') return 'baseline';
  if (cause === 'advisory') return disclosedOrigin(input, matters, item);
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

function disclosedOrigin({ policy }: TellInput, matters: Matters, item: Item): Pending {
  const id = findingOfKey(item.key)?.id;
  if (!id || !weighsEnough(item, policy.disclosed)) return 'untold';
  return { matter: advisoryMatter(matters, 'disclosed', id) };
}

function advisoryMatter(
  matters: Matters,
  kind: Extract<Matter['kind'], 'disclosed' | 'exploited'>,
  subject: string,
): Matter {
  return joinMatter(matters, `${kind}|${subject}`, {
    kind,
    cause: 'advisory',
    subject,
    imageDigest: null,
    previousDigest: null,
  });
}

/** What is known to be exploited is told whatever its severity. */
function weighsEnough({ severity, exploited }: Item, threshold: Severity): boolean {
  return exploited !== undefined || isAtLeast(severity, threshold);
}

/** A lost check always is; a finding from the policy's severity on. */
function isTold(item: Item, policy: AlertPolicy): boolean {
  return !findingOfKey(item.key) || weighsEnough(item, policy.regression);
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

function toldMoves(
  input: TellInput,
  matters: Matters,
  comparison: LineageComparison,
  relative: Relative | undefined,
): readonly RuntimeMove[] {
  const { previous, target, moved } = comparison;
  if (input.isBaseline || previous?.digest === target.digest) return [];
  const isKnown = (move: RuntimeMove) =>
    relative?.moves.some((each) => moveKey(each) === moveKey(move)) ?? false;
  for (const move of moved.filter((each) => !isKnown(each))) {
    const matter = imageMatter(matters, comparison);
    matter.moves.set(moveKey(move), move);
    matter.lineages.add(target.lineage);
  }
  return moved;
}

function moveKey({ language, from, to }: RuntimeMove): string {
  return `runtime|${language}|${from}>${to}`;
}

interface Told {
  readonly alerts: ReadonlyMap<string, Alert>;
  readonly threads: ReadonlyMap<string, Thread>;
  readonly threadOf: ReadonlyMap<Matter, string>;
}

function toldMatters({ ended, threads: open, likelihoodOf }: TellInput, matters: Matters): Told {
  const alerts = new Map<string, Alert>();
  const threads = new Map<string, Thread>();
  const threadOf = new Map<Matter, string>();
  for (const matter of matters.values()) {
    const hash = matterHash(matter);
    const known = open.find((thread) => thread.matter === hash);
    if (known) threadOf.set(matter, known.threadId);
    if (known || matter.lineages.size === 0) continue;
    const { alert, thread } = tell(hash, ended, describeMatter(matter, likelihoodOf));
    alerts.set(alert.alertId, alert);
    threadOf.set(matter, thread.threadId);
    // A runtime that moved does not move back: nothing to resolve.
    if (matter.items.size > 0) threads.set(thread.threadId, thread);
  }
  return { alerts, threads, threadOf };
}

function finishRow({ comparison, origins, moves }: Draft, { threadOf }: Told): LineageRow {
  const originOfItem = (item: Item): Origin => {
    const origin = origins.get(item.key) ?? 'untold';
    if (typeof origin === 'string' || 'thread' in origin) return origin;
    const thread = threadOf.get(origin.matter);
    return thread ? { thread } : 'untold';
  };
  return rowAfter(comparison, originOfItem, moves);
}
