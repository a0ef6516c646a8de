import type { LineageRow, RuntimeMove } from '../lineage/lineage.ts';
import { minorsOf } from './runtime-moves.ts';

/** `Python moved from 3.13 to 3.14`. */
export function moveText({ language, from, to }: RuntimeMove): string {
  return `${capital(language)} moved from ${from} to ${to}`;
}

/** What a move asks of who builds on it, by language. */
const REMEDIES: Readonly<Record<string, string>> = {
  python: 'rebuild everything built for the old minor (venvs, wheels), or pin it',
  node: 'rebuild native addons for the new major and install anew, or pin it',
  java: 'test what was built for the old release on the new one, or pin it',
  go: 'build with the new toolchain, or pin it',
};

/** What to do about a move, as one step of a remedy. */
export function moveRemedy({ language }: RuntimeMove): string {
  return REMEDIES[language] ?? 'rebuild everything built for the old one, or pin it';
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
