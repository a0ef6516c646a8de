import type { LineageRow, RuntimeMove } from '../lineage/lineage.ts';
import { minorsOf } from './runtime-moves.ts';

/** `Python moved from 3.13 to 3.14`. */
export function moveText({ language, from, to }: RuntimeMove): string {
  return `${capital(language)} moved from ${from} to ${to}`;
}

/** What became of a move that stands no more: `Python is at 3.13 again`. */
export function returnText(
  { language, from }: RuntimeMove,
  runtimes: LineageRow['runtimes'],
): string {
  const minors = minorsOf(runtimes, language);
  if (minors.length === 0) return `${capital(language)} is there no more`;
  return minors.includes(from)
    ? `${capital(language)} is at ${from} again`
    : `${capital(language)} is at ${minors.join(' and ')}`;
}

/** A text that begins with a capital letter. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
