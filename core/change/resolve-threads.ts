import type { Alert, AlertKind, Cause, Thread } from '../alert/alert.ts';
import { composeAlert } from '../alert/compose-alert.ts';
import type { LineageRow } from '../lineage/lineage.ts';
import { hashOf } from '../object/json-object.ts';
import type { LineageComparison } from './compare-lineage.ts';

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
 * Ends the threads that no lineage has an item of any more, each in one message
 * under its first alert's thread. The id is the thread's: which build fixed it
 * does not matter, so that two rebuilds on one day are one resolution.
 */
export function resolveThreads(input: ResolveInput): Resolved {
  const open = new Set(input.standing);
  for (const { origin } of input.rows.flatMap((row) => row.items)) {
    if (typeof origin === 'object') open.add(origin.thread);
  }
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
    alerts: over.map((thread) => resolvedAlert(thread, closures.get(thread.threadId))),
    open: [...threads.values()],
    ended,
  };
}

interface Closure {
  readonly cause: Cause;
  readonly workloads: Set<string>;
  readonly repositories: Set<string>;
}

function newClosure(cause: Cause): Closure {
  return { cause, workloads: new Set(), repositories: new Set() };
}

/** The workloads, where there are any: the channels that they follow say nothing more. */
function concerned({ workloads, repositories }: Closure): ReadonlySet<string> {
  return workloads.size > 0 ? workloads : repositories;
}

function closuresOf(comparisons: readonly LineageComparison[]): Map<string, Closure> {
  const closures = new Map<string, Closure>();
  for (const { target, changes } of comparisons) {
    for (const change of changes) {
      if (change.kind !== 'closed' || typeof change.item.origin === 'string') continue;
      const { thread } = change.item.origin;
      const closure = closures.get(thread) ?? newClosure(change.cause);
      closures.set(thread, closure);
      const { workloads, repositories } = closure;
      (target.kind === 'workload' ? workloads : repositories).add(target.lineage);
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

function resolvedAlert(thread: Thread, closure: Closure | undefined): Alert {
  return composeAlert(hashOf(['resolved', thread.threadId]), thread.threadId, {
    kind: 'resolved',
    severity: 'none',
    cause: closure?.cause ?? DEFAULT_CAUSES[thread.kind] ?? 'deployment',
    title: `Resolved: ${thread.title}`,
    remedy: 'Nothing.',
    subject: thread.subject,
    lineages: closure ? concerned(closure) : [],
    details: [],
  });
}
