import type { Thread } from '../alert/alert.ts';
import type {
  Item,
  LineageRow,
  LineageTarget,
  OpenItem,
  Origin,
  RuntimeMove,
  StandingMove,
} from '../lineage/lineage.ts';
import type { LineageComparison } from './compare-lineage.ts';
import type { Matter } from './matter.ts';
import { moveKey } from './runtime-moves.ts';

/** An origin that is known once the matter is told. */
export type Pending = Origin | { readonly matter: Matter };

/** A move that stands, or will once its matter is told. */
export type PendingMove = StandingMove | (RuntimeMove & { readonly matter: Matter });

/** A comparison whose changes are decided on. */
export interface Draft {
  readonly comparison: LineageComparison;
  readonly origins: ReadonlyMap<string, Pending>;
  readonly moves: readonly PendingMove[];
}

/** Lineages that point at one platform digest of one channel: what one knows of it holds for all. */
export function sameImage({ channel, platform, digest }: LineageTarget): string {
  return `${channel}|${platform}|${digest}`;
}

/** What others know about the very digest that a workload runs. */
export interface Relative {
  originOf(item: Item): Pending | undefined;
  /** Each once. */
  readonly moves: readonly PendingMove[];
}

/** What is known of a workload's image: from its channel's draft of tonight, and from rows of before. */
export function relativeOf(
  threads: readonly Thread[],
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
  const isKnownMove = (move: PendingMove) =>
    'matter' in move || move.thread === null || open.has(move.thread);
  return {
    originOf: (item) => relatives.map((each) => each.originOf(item)).find(isKnown),
    moves: eachOnce(relatives.flatMap(({ moves }) => moves.filter(isKnownMove))),
  };
}

function eachOnce(moves: readonly PendingMove[]): readonly PendingMove[] {
  return [...new Map(moves.map((move) => [moveKey(move), move])).values()];
}

function draftRelative({ comparison, origins, moves }: Draft): Relative {
  const kept = new Map(comparison.kept.map((item) => [item.key, item.origin]));
  return {
    originOf: (item) => kept.get(item.key) ?? origins.get(item.key),
    moves,
  };
}

function rowRelative({ items, moves }: LineageRow): Relative {
  const byKey = new Map<string, OpenItem>(items.map((item) => [item.key, item]));
  return { originOf: (item) => byKey.get(item.key)?.origin, moves };
}
