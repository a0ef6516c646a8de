/** `unrated`: nobody has given one; never to be read as low. */
export type Severity = 'critical' | 'high' | 'medium' | 'low' | 'unrated';

/** Worst first; unrated stands above medium, since it may be anything. */
export const SEVERITIES: readonly Severity[] = ['critical', 'high', 'unrated', 'medium', 'low'];

/** Whether a severity is told when the threshold is `threshold`: an unrated one always is. */
export function isAtLeast(severity: Severity, threshold: Severity): boolean {
  return severity === 'unrated' || SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(threshold);
}

/** The worse of two. */
export function worst(left: Severity, right: Severity): Severity {
  return SEVERITIES.indexOf(left) <= SEVERITIES.indexOf(right) ? left : right;
}

/** Whether `left` weighs more than `right`. */
export function isWorse(left: Severity, right: Severity): boolean {
  return SEVERITIES.indexOf(left) < SEVERITIES.indexOf(right);
}
