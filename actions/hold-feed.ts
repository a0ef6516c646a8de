import type {
  FeedHold,
  FeedState,
  FeedValidator,
  HoldReason,
  OfferedSnapshot,
} from '../core/run/run.ts';

/** A feed that is not taken tonight, and why. */
export interface Hold {
  readonly runId: string;
  /** What its records are; absent: as the last night had it. */
  readonly kind?: FeedState['kind'];
  /** As the last night left it. */
  readonly last: FeedState | undefined;
  /** What the feed may be asked with tomorrow; `null` when its snapshot is no match for today's code. */
  readonly known: FeedValidator | null;
  readonly reason: HoldReason;
  readonly failure: string;
  readonly offered: OfferedSnapshot | null;
}

/** The state of a feed that is held: the last one that was taken stays, and is not taken for fresh. */
export function holdFeed(name: string, hold: Hold): FeedState & { readonly hold: FeedHold } {
  const { runId, last, known, reason, failure, offered, kind = last?.kind } = hold;
  return {
    name,
    ...(kind && { kind }),
    snapshot: last?.snapshot ?? null,
    key: last?.key ?? null,
    records: last?.records ?? 0,
    newest: last?.newest ?? null,
    // What could not be asked with tonight is no better tomorrow.
    validator: known,
    state: 'held',
    failure,
    problems: last?.problems ?? [],
    ...(last?.passedOver && { passedOver: last.passedOver }),
    hold: { since: last?.hold?.since ?? runId, reason, offered, closings: null },
    ...(last?.terms && { terms: last.terms }),
  };
}

/** A state that was read, to be looked at though it is not taken. */
export function offeredOf({ snapshot, key, records, newest }: FeedState): OfferedSnapshot | null {
  return snapshot === null || key === null ? null : { snapshot, key, records, newest };
}
