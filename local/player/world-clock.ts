import type { Clock } from '../../actions/ports.ts';

/** The world's time: it stands until the player moves it. */
export interface WorldClock extends Clock {
  /** @param at RFC 3339 */
  moveTo(at: string): void;
  /** `YYYY-MM-DDTHH:MM:SS.sssZ`. */
  text(): string;
}

export function createWorldClock(start: string): WorldClock {
  let now = new Date(start);
  return {
    now: () => new Date(now),
    moveTo(at) {
      now = new Date(at);
    },
    text: () => now.toISOString(),
  };
}
