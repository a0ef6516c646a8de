import type { Played } from '../player/play-world.ts';
import type { WorldEvent } from '../world/world-event.ts';

/** What is done to a whole world. */
export type Disturbance =
  | { readonly kind: 'events'; readonly fault: 'lose' | 'duplicate' | 'late' }
  /** A crash after this call, again and again: in each push and each night, every time some calls later. */
  | { readonly kind: 'crash'; readonly after: string };

/** Calls that a crash spares, in turn, so that it strikes early, later and late. */
const SKIPS = [0, 1, 2, 4, 7, 12, 20];

/** The same world, disturbed from its first event to its last. */
export function disturbWorld(
  events: readonly WorldEvent[],
  disturbance: Disturbance,
): readonly WorldEvent[] {
  const [first, last] = [events[0], events.at(-1)];
  if (!first || !last) return events;
  if (disturbance.kind === 'events') {
    const { fault } = disturbance;
    return [{ at: first.at, do: 'event', fault, until: last.at }, ...events];
  }
  let crashes = 0;
  return events.flatMap((event): WorldEvent[] => {
    if (event.do !== 'push' && event.do !== 'night') return [event];
    const skip = SKIPS[crashes++ % SKIPS.length] ?? 0;
    return [{ at: event.at, do: 'crash', after: disturbance.after, skip }, event];
  });
}

/** A world's first days, with the night that ends them. */
export function firstDays(events: readonly WorldEvent[], days: number): readonly WorldEvent[] {
  const nights = events.filter((event) => event.do === 'night');
  const end = nights[days - 1]?.at;
  return end === undefined ? events : events.filter(({ at }) => at <= end);
}

/** What must be the same however a world is disturbed. */
export interface Outcome {
  readonly observations: readonly string[];
  /** Of the last night. */
  readonly findings: readonly string[];
  /** Sorted, each once. */
  readonly alertIds: readonly string[];
  readonly failedNights: number;
}

/** Reduces a play to what no disturbance may change. */
export function outcomeOf({ observations, findings, alerts, runs, failedNights }: Played): Outcome {
  const lastRun = runs.at(-1)?.runId;
  return {
    observations: observations.map((each) => JSON.stringify(each)),
    findings: findings.filter(({ runId }) => runId === lastRun).map((each) => JSON.stringify(each)),
    alertIds: [...new Set(alerts.map(({ alertId }) => alertId))].sort(),
    failedNights: failedNights.length,
  };
}
