import type { Alert, Thread } from '../alert/alert.ts';
import { type AlertText, composeAlert } from '../alert/compose-alert.ts';
import { type FleetSupport, supportText } from '../check/support/fleet-support.ts';
import { judgePart } from '../check/support/judge-part.ts';
import { hashOf } from '../object/json-object.ts';
import { episodeId, tell } from './matter.ts';

/** What runs and comes to its end, and what is known of it already. */
export interface SupportInput {
  readonly support: readonly FleetSupport[];
  /** When the last night judged (RFC 3339); `null` before the first: what is so then is the baseline. */
  readonly before: string | null;
  /** Threads that are open already. */
  readonly known: readonly Thread[];
  readonly ended: Readonly<Record<string, number>>;
  /** Whether something that runs could not be asked: then nothing is over. */
  readonly isPartial: boolean;
}

/** What is told of it. */
export interface SupportTelling {
  readonly alerts: readonly Alert[];
  readonly threads: readonly Thread[];
  /** Threads that are true tonight, told or known. */
  readonly standing: readonly string[];
}

/** A state weighs more than those before it. */
const WEIGHTS = { supported: 0, unknown: 0, ending: 1, ended: 2 } as const;

/**
 * Tells each release of the whole fleet when it comes near its end and when it is over, in one
 * thread that lasts as long as something runs on it. Only what the days since the last night have
 * changed is told, both ends judged by today's table: that the table says something else is no news.
 */
export function tellSupport(input: SupportInput): SupportTelling {
  const open = new Map(input.known.map((thread) => [thread.matter, thread.threadId]));
  const alerts: Alert[] = [];
  const threads: Thread[] = [];
  const standing = input.isPartial ? ofKind(input.known) : [];
  for (const release of input.support.filter(({ state }) => state !== 'unknown')) {
    const matter = hashOf(['support', release.product, release.release]);
    const known = open.get(matter);
    if (known) standing.push(known);
    if (!hasCrossed(release, input.before)) continue;
    const text = describe(release);
    if (known) {
      alerts.push(composeAlert(hashOf(['support-ended', known, release.state]), known, text));
      continue;
    }
    const told = tell(matter, input.ended, text);
    standing.push(episodeId(matter, input.ended));
    alerts.push(told.alert);
    threads.push(told.thread);
  }
  return { alerts, threads, standing };
}

function ofKind(known: readonly Thread[]): string[] {
  return known.flatMap(({ kind, threadId }) => (kind === 'support' ? [threadId] : []));
}

function hasCrossed(release: FleetSupport, before: string | null): boolean {
  return before !== null && WEIGHTS[judgePart(release, before).state] < WEIGHTS[release.state];
}

function describe(release: FleetSupport): AlertText {
  const { name, state, lineages, source } = release;
  const isOver = state === 'ended';
  return {
    kind: 'support',
    severity: isOver ? 'medium' : 'low',
    cause: 'advisory',
    title: supportText(release),
    remedy: isOver
      ? 'Move to a release that is supported, in a branch of its own: advisories go on to come, fixes do not.'
      : 'Plan the move to a release that is supported, in a branch of its own, since a runtime’s minor may move with it.',
    subject: name,
    lineages,
    details: source === null ? [] : [`As ${source} says`],
  };
}
