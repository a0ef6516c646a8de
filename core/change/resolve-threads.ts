import type { Alert, AlertKind, Cause, Thread } from '../alert/alert.ts';
import { composeAlert } from '../alert/compose-alert.ts';
import type { LineageRow } from '../lineage/lineage.ts';
import { hashOf } from '../object/json-object.ts';
import type { LineageComparison } from './compare-lineage.ts';
import { capital, returnText } from './describe-moves.ts';

/** What was told, and what of it is still so. */
export interface ResolveInput {
  /** Threads that were open before tonight. */
  readonly known: readonly Thread[];
  /** Threads that tonight opened. */
  readonly opened: readonly Thread[];
  /** Every lineage's row as of tonight. */
  readonly rows: readonly LineageRow[];
  /** Threads without items (a feed, a scope) that are still true. */
  readonly standing: ReadonlySet<string>;
  /** Names of the releases that something runs on. @default none */
  readonly releases?: ReadonlySet<string>;
  readonly comparisons: readonly LineageComparison[];
  readonly ended: Readonly<Record<string, number>>;
}

/** What is over. */
export interface Resolved {
  readonly alerts: readonly Alert[];
  readonly open: readonly Thread[];
  readonly ended: Readonly<Record<string, number>>;
}

/**
 * Ends the threads that no lineage has an item, or a runtime's move, of any more, each in one message
 * under its first alert's thread. The id is the thread's: which build fixed it
 * does not matter, so that two rebuilds on one day are one resolution.
 */
export function resolveThreads(input: ResolveInput): Resolved {
  const open = new Set([...input.standing, ...input.rows.flatMap(threadsOf)]);
  const over = input.known.filter((thread) => !open.has(thread.threadId));
  const closures = closuresOf(input.comparisons);
  const ended = { ...input.ended };
  for (const { matter } of over) ended[matter] = (ended[matter] ?? 0) + 1;
  const threads = new Map(
    [...input.known, ...input.opened]
      .filter((thread) => open.has(thread.threadId))
      .map((thread) => [thread.threadId, thread]),
  );
  return {
    alerts: over.map((thread) => resolvedAlert(thread, closures.get(thread.threadId), input)),
    open: [...threads.values()],
    ended,
  };
}

/** Threads that a row keeps open. */
function threadsOf({ items, moves }: LineageRow): string[] {
  return [
    ...items.flatMap(({ origin }) => (typeof origin === 'object' ? origin.thread : [])),
    ...moves.flatMap(({ thread }) => thread ?? []),
  ];
}

interface Closure {
  readonly cause: Cause;
  readonly workloads: Set<string>;
  readonly repositories: Set<string>;
  /** What became of runtimes that had moved. */
  readonly returns: Set<string>;
  /** What was moved to: `Python 3.14`. */
  readonly left: Set<string>;
}

function newClosure(cause: Cause): Closure {
  return {
    cause,
    workloads: new Set(),
    repositories: new Set(),
    returns: new Set(),
    left: new Set(),
  };
}

/** What is silenced is not over, whatever became of the rest. */
function closureOf(known: Closure | undefined, cause: Cause): Closure {
  if (!known) return newClosure(cause);
  return cause === 'suppression' ? { ...known, cause } : known;
}

/** The workloads, where there are any: the channels that they follow say nothing more. */
function concerned({ workloads, repositories }: Closure): ReadonlySet<string> {
  return workloads.size > 0 ? workloads : repositories;
}

function closuresOf(comparisons: readonly LineageComparison[]): Map<string, Closure> {
  const closures = new Map<string, Closure>();
  const close = (thread: string, cause: Cause, { kind, lineage }: LineageComparison['target']) => {
    const closure = closureOf(closures.get(thread), cause);
    closures.set(thread, closure);
    const { workloads, repositories } = closure;
    (kind === 'workload' ? workloads : repositories).add(lineage);
    return closure;
  };
  for (const { target, changes, returned, cause, runtimes } of comparisons) {
    for (const change of changes) {
      if (change.kind !== 'closed' || typeof change.item.origin === 'string') continue;
      close(change.item.origin.thread, change.cause, target);
    }
    for (const move of returned) {
      if (move.thread === null) continue;
      const { returns, left } = close(move.thread, cause, target);
      returns.add(returnText(move, runtimes));
      left.add(`${capital(move.language)} ${move.to}`);
    }
  }
  return closures;
}

/** The cause where no comparison shows one: what carried the thread is there no more. */
const DEFAULT_CAUSES: Partial<Record<AlertKind, Cause>> = {
  regression: 'image',
  feed: 'feed',
  problem: 'inventory',
};

function resolvedAlert(
  thread: Thread,
  closure: Closure | undefined,
  { releases }: ResolveInput,
): Alert {
  return composeAlert(hashOf(['resolved', thread.threadId]), thread.threadId, {
    kind: 'resolved',
    severity: 'none',
    cause: closure?.cause ?? DEFAULT_CAUSES[thread.kind] ?? 'deployment',
    title: thread.kind === 'support' ? supportTitle(thread, releases) : titleOf(thread, closure),
    remedy: closure ? remedyOf(closure) : 'Nothing.',
    subject: thread.subject,
    lineages: closure ? concerned(closure) : [],
    details: closure ? [...closure.returns].sort() : [],
  });
}

/** What was told ahead may be past by now; only a newer table ends what still runs. */
function supportTitle({ subject }: Thread, releases: ResolveInput['releases']): string {
  return releases?.has(subject)
    ? `Resolved: of ${subject} a newer version of Tidewatch knows other dates`
    : `Resolved: nothing runs on ${subject} any more`;
}

function titleOf({ title }: Thread, closure: Closure | undefined): string {
  return `${closure?.cause === 'suppression' ? 'Suppressed' : 'Resolved'}: ${title}`;
}

/** What was built for a runtime while it was there breaks as it did when the runtime came. */
function remedyOf({ left }: Closure): string {
  if (left.size === 0) return 'Nothing.';
  return `Rebuild what was built for ${[...left].sort().join(', ')} meanwhile.`;
}
