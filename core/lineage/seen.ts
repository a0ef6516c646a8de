/** When a digest was seen to run in a workload's container; times are RFC 3339, of nights. */
export interface Seen {
  readonly first: string;
  /** The last night that saw it run. */
  readonly last: string;
  /** How many of it ran then: tasks, pods. */
  readonly count: number;
  /** The last night in which nobody could see whether it ran, if that was after `last`. */
  readonly unseenAt?: string;
}

/** Days that what ran lately counts as running, unless somebody says otherwise. */
export const REMEMBER_DAYS = 14;

const DAY = 24 * 60 * 60 * 1000;

/**
 * Whether what does not run now still counts as running: for `days` days after it did, or
 * after the last night that could not tell.
 */
export function isRemembered({ last, unseenAt = last }: Seen, at: string, days: number): boolean {
  return Date.parse(at) - Date.parse(unseenAt) <= days * DAY;
}
