import { type Played, type PlayOptions, playWorld } from '../player/play-world.ts';
import type { WorldEvent } from '../world/world-event.ts';
import { type Disturbance, disturbWorld, type Outcome, outcomeOf } from './disturb-world.ts';

/** One disturbed play beside the undisturbed one. */
export interface SweepResult {
  readonly name: string;
  readonly seconds: number;
  /** Messages that the subscriber received, doubles included. */
  readonly messages: number;
  /** What differs; empty when the disturbance changed nothing. */
  readonly differences: readonly string[];
}

/** Event faults, then a crash after each call that the undisturbed play made. */
export function disturbancesFor(played: Pick<Played, 'calls'>): readonly Disturbance[] {
  const faults = (['lose', 'duplicate', 'late'] as const).map(
    (fault): Disturbance => ({ kind: 'events', fault }),
  );
  const crashes = [...played.calls.keys()].map((after): Disturbance => ({ kind: 'crash', after }));
  return [...faults, ...crashes];
}

/** Plays a world under a disturbance and says what came out otherwise. */
export async function playDisturbed(
  events: readonly WorldEvent[],
  disturbance: Disturbance,
  expected: Outcome,
  folder: string,
  options: PlayOptions = {},
): Promise<SweepResult> {
  const start = performance.now();
  const played = await playWorld(disturbWorld(events, disturbance), folder, options);
  return {
    name: nameOf(disturbance),
    seconds: (performance.now() - start) / 1000,
    messages: played.alerts.length,
    differences: differencesOf(expected, outcomeOf(played)),
  };
}

/** A disturbance in words. */
export function nameOf(disturbance: Disturbance): string {
  return disturbance.kind === 'events'
    ? `every push event ${{ lose: 'lost', duplicate: 'doubled', late: 'late' }[disturbance.fault]}`
    : `crash after ${disturbance.after}`;
}

function differencesOf(expected: Outcome, actual: Outcome): string[] {
  const lists = (['observations', 'findings', 'alertIds'] as const).flatMap((name) => {
    const [want, have] = [new Set(expected[name]), new Set(actual[name])];
    return [
      ...[...want].filter((each) => !have.has(each)).map((each) => `${name}: missing ${each}`),
      ...[...have].filter((each) => !want.has(each)).map((each) => `${name}: extra ${each}`),
    ];
  });
  const failed = actual.failedNights - expected.failedNights;
  return failed > 0 ? [...lists, `${failed} nights failed`] : lists;
}
