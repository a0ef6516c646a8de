import type { Told } from './alert.ts';

/** `High: …`, where a severity was given and something still stands. */
export function toldTitle(told: Told): string {
  if (told.kind === 'notice' || told.kind === 'resolved' || told.severity === 'none') {
    return told.title;
  }
  return `${told.severity.slice(0, 1).toUpperCase()}${told.severity.slice(1)}: ${told.title}`;
}
