import type { VersionScheme } from '../version/scheme.ts';
import type { AdvisoryEntry, RangeEvent } from './entry.ts';
import {
  createVersionReader,
  type InstalledVersion,
  isEverything,
  parse,
  type ReadEntry,
  type ReadEvent,
  type ReadRange,
  readEntry,
  readVersion,
} from './read-entry.ts';

/** Whether an entry applies to a version. */
export interface Evaluation {
  readonly affected: boolean;
  /** The lowest `fixed` above the version, in the range that hit; `null` without one. */
  readonly fixedIn: string | null;
  /** The version could not be compared: only one listed in so many words, or that every version is affected, could hit. */
  readonly fallback: boolean;
}

/** Why a range does or does not hold for a version. */
export interface RangeGround {
  readonly range: readonly RangeEvent[];
  readonly affected: boolean;
  /** The event that decided; `null` when none of its events could be compared. */
  readonly event: RangeEvent | null;
  /** Where the installed version stands to that event's. */
  readonly order: '<' | '=' | '>' | null;
  /** Of one that holds and names no fix above the version: the last version that it affects; `null` where it says none. */
  readonly lastAffected: string | null;
}

/** Why an entry applies to a version or does not: what `evaluate` compared. */
export interface Ground {
  readonly ranges: readonly RangeGround[];
  /** Whether the version is among those listed: in so many words, or another spelling of one. */
  readonly listed: 'text' | 'meaning' | null;
}

const NOT_AFFECTED: Evaluation = { affected: false, fixedIn: null, fallback: false };
const LISTED: Evaluation = { affected: true, fixedIn: null, fallback: false };
const UNREADABLE: Evaluation = { affected: false, fixedIn: null, fallback: true };
const UNREADABLE_HIT: Evaluation = { affected: true, fixedIn: null, fallback: true };

/** Evaluates an entry as the OSV schema says (https://ossf.github.io/osv-schema/#evaluation). */
export function evaluate(entry: AdvisoryEntry, version: string): Evaluation {
  const { ecosystem } = entry;
  const read = readEntry(entry, createVersionReader(ecosystem));
  return evaluateRead(read, readVersion(ecosystem, version));
}

/**
 * As `evaluate`, of what is read already. A version that cannot be compared is affected
 * where it is listed in so many words, or where every version is.
 */
export function evaluateRead(read: ReadEntry, installed: InstalledVersion): Evaluation {
  const { scheme, parsed } = installed;
  if (!scheme || !parsed) {
    return read.isEverything || read.texts.has(installed.text) ? UNREADABLE_HIT : UNREADABLE;
  }
  let fixes: (string | null)[] | undefined;
  for (const range of read.ranges) {
    if (!isInRange(range, installed)) continue;
    fixes ??= [];
    fixes.push(fixAbove(range, installed)?.event[1] ?? null);
  }
  if (fixes) return { affected: true, fixedIn: highestFix(scheme, fixes), fallback: false };
  return listing(read, installed) === null ? NOT_AFFECTED : LISTED;
}

/** What `evaluateRead` compared, of the same entry and reading. */
export function groundOf(
  entry: AdvisoryEntry,
  read: ReadEntry,
  installed: InstalledVersion,
): Ground {
  return {
    ranges: entry.ranges.map((range, index) => rangeGround(range, read.ranges[index], installed)),
    listed: listing(read, installed),
  };
}

/** The highest of several fixes, since all have to hold; `null` when one of them is missing. */
export function highestFix(
  scheme: VersionScheme | undefined,
  fixes: readonly (string | null)[],
): string | null {
  let highest: string | null = null;
  for (const fix of fixes) {
    if (fix === null) return null;
    highest = highest === null || compareTexts(scheme, fix, highest) > 0 ? fix : highest;
  }
  return highest;
}

function rangeGround(
  range: readonly RangeEvent[],
  read: ReadRange | undefined,
  installed: InstalledVersion,
): RangeGround {
  if (!read || !installed.scheme || !installed.parsed) {
    return { range, affected: isEverything(range), event: null, order: null, lastAffected: null };
  }
  const affected = isInRange(read, installed);
  const fix = affected ? fixAbove(read, installed) : undefined;
  const lastAffected = (affected && !fix && lastAbove(read, installed)?.event[1]) || null;
  const decided = affected ? (fix ?? decidingEvent(read, installed)) : endOf(read, installed);
  if (!decided) return { range, affected, event: null, order: null, lastAffected };
  const order = compareWith(installed, decided);
  const sign = order < 0 ? '<' : order > 0 ? '>' : '=';
  return { range, affected, event: decided.event, order: sign, lastAffected };
}

/** What keeps a version out of a range. */
function endOf(read: ReadRange, installed: InstalledVersion): ReadEvent | undefined {
  if (isBeyondLimits(read, installed)) return read.limits.at(-1);
  return decidingEvent(read, installed) ?? read.events[0];
}

function listing({ texts, values }: ReadEntry, installed: InstalledVersion): Ground['listed'] {
  if (texts.has(installed.text)) return 'text';
  const { scheme, parsed } = installed;
  if (!scheme || !parsed) return null;
  return values.some((value) => scheme.compare(value, parsed.value) === 0) ? 'meaning' : null;
}

function isInRange(range: ReadRange, installed: InstalledVersion): boolean {
  if (isBeyondLimits(range, installed)) return false;
  return decidingEvent(range, installed)?.event[0] === 'introduced';
}

function isBeyondLimits({ limits }: ReadRange, installed: InstalledVersion): boolean {
  return limits.length > 0 && limits.every((limit) => compareWith(installed, limit) >= 0);
}

/** The last event that changes what holds for a version: the schema's evaluation, which may stop at the first event above it. */
function decidingEvent({ events }: ReadRange, installed: InstalledVersion): ReadEvent | undefined {
  let decided: ReadEvent | undefined;
  for (const each of events) {
    const order = compareWith(installed, each);
    if (order < 0) break;
    // What is affected last is still affected.
    if (order > 0 || each.event[0] !== 'last_affected') decided = each;
  }
  return decided;
}

function fixAbove({ events }: ReadRange, installed: InstalledVersion): ReadEvent | undefined {
  return events.find((each) => each.event[0] === 'fixed' && compareWith(installed, each) < 0);
}

/** The end, without a fix, of what a version lies in. */
function lastAbove({ events }: ReadRange, installed: InstalledVersion): ReadEvent | undefined {
  return events.find(
    (each) => each.event[0] === 'last_affected' && compareWith(installed, each) <= 0,
  );
}

/** Where the installed version stands to an event's. */
function compareWith(installed: InstalledVersion, { value }: ReadEvent): number {
  if (value === undefined) return installed.text === '0' ? 0 : 1;
  if (installed.text === '0') return -1;
  return installed.scheme?.compare(installed.parsed?.value, value) ?? 0;
}

function compareTexts(scheme: VersionScheme | undefined, left: string, right: string): number {
  if (left === right) return 0;
  const [a, b] = [scheme && parse(scheme, left), scheme && parse(scheme, right)];
  if (scheme && a && b) return scheme.compare(a.value, b.value);
  return left < right ? -1 : 1;
}
