import { apkScheme } from '../version/apk.ts';
import type { VersionScheme } from '../version/scheme.ts';
import { InvalidVersionError } from '../version/scheme.ts';
import { schemeOf } from '../version/scheme-of.ts';
import type { AdvisoryEntry, RangeEvent } from './entry.ts';

/** Whether an entry applies to a version. */
export interface Evaluation {
  readonly affected: boolean;
  /** The lowest `fixed` above the version, in the range that hit; `null` without one. */
  readonly fixedIn: string | null;
  /** The version could not be compared: only a version listed in so many words could hit. */
  readonly fallback: boolean;
}

/** A version read once, to be compared with many entries. */
export interface InstalledVersion {
  readonly text: string;
  /** `undefined` when the ecosystem has no scheme that we know. */
  readonly scheme: VersionScheme | undefined;
  /** `undefined` when the scheme refuses the text. */
  readonly parsed: { readonly value: unknown } | undefined;
}

interface ParsedEvent {
  readonly kind: RangeEvent[0];
  readonly text: string;
  /** `undefined` for `0`, which is below every version, `0~rc1` too (OSV schema, "affected[].ranges[].events"). */
  readonly value: { readonly parsed: unknown } | undefined;
}

interface ParsedRange {
  /** Sorted; limits apart. */
  readonly events: readonly ParsedEvent[];
  readonly limits: readonly ParsedEvent[];
}

interface ParsedEntry {
  readonly ranges: readonly ParsedRange[];
  readonly versions: readonly unknown[];
}

/** Ties, as osv.dev has them: introduced X and fixed X means not affected. */
const TIES: Readonly<Record<RangeEvent[0], number>> = {
  introduced: 0,
  last_affected: 1,
  fixed: 2,
  limit: 3,
};

const NOT_AFFECTED: Evaluation = { affected: false, fixedIn: null, fallback: false };

/** Entries are immutable, and each meets many versions. */
const parsedEntries = new WeakMap<AdvisoryEntry, ParsedEntry>();

/** Evaluates an entry as the OSV schema says (https://ossf.github.io/osv-schema/#evaluation). */
export function evaluate(entry: AdvisoryEntry, version: string): Evaluation {
  return evaluateInstalled(entry, readVersion(entry.ecosystem, version));
}

/** Reads a version for `evaluateInstalled`; never refuses one. */
export function readVersion(ecosystem: string, text: string): InstalledVersion {
  const scheme = schemeOf(ecosystem);
  return { text, scheme, parsed: scheme && parse(scheme, text) };
}

/** As `evaluate`, for a version that is read already. */
export function evaluateInstalled(entry: AdvisoryEntry, installed: InstalledVersion): Evaluation {
  const { scheme, parsed } = installed;
  if (!scheme || !parsed) {
    return { affected: entry.versions.includes(installed.text), fixedIn: null, fallback: true };
  }
  const { ranges, versions } = parsedEntryOf(entry, scheme);
  const hits = ranges.filter((range) => isInRange(range, installed));
  if (hits.length > 0) {
    const fixes = hits.map((range) => fixAbove(range, installed));
    return { affected: true, fixedIn: highestFix(scheme, fixes), fallback: false };
  }
  const listed =
    entry.versions.includes(installed.text) ||
    versions.some((value) => scheme.compare(value, parsed.value) === 0);
  return listed ? { ...NOT_AFFECTED, affected: true } : NOT_AFFECTED;
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

/** Event versions that their scheme's grammar refuses. */
export function unreadableEvents(entry: AdvisoryEntry): string[] {
  const scheme = schemeOf(entry.ecosystem);
  if (!scheme) return [];
  const unreadable: string[] = [];
  for (const range of entry.ranges) {
    for (const [, version] of range) {
      if (!isBound(version) && !isReadable(scheme, version)) unreadable.push(version);
    }
  }
  return unreadable;
}

/**
 * apk orders every text, and sorts what is no version below all others: an end that
 * nobody can read would close its range at once. It is left out; a beginning may stand.
 */
function isUsable(scheme: VersionScheme, kind: RangeEvent[0], text: string): boolean {
  return kind === 'introduced' || isReadable(scheme, text);
}

function isReadable(scheme: VersionScheme, text: string): boolean {
  return scheme === apkScheme ? scheme.isValid(text) : parse(scheme, text) !== undefined;
}

function isBound(version: string): boolean {
  return version === '0' || version === '*';
}

function parsedEntryOf(entry: AdvisoryEntry, scheme: VersionScheme): ParsedEntry {
  const known = parsedEntries.get(entry);
  if (known) return known;
  const parsed: ParsedEntry = {
    ranges: entry.ranges.map((events) => parseRange(scheme, events)),
    versions: entry.versions
      // An order that knows every text calls unlike ones equal: equality asks for valid ones.
      .filter((version) => scheme.isValid(version))
      .flatMap((version) => parse(scheme, version) ?? [])
      .map(({ value }) => value),
  };
  parsedEntries.set(entry, parsed);
  return parsed;
}

function parseRange(scheme: VersionScheme, events: readonly RangeEvent[]): ParsedRange {
  const readable: ParsedEvent[] = [];
  for (const [kind, text] of events) {
    // A limit of `*` is none (OSV schema, "affected[].ranges[].events").
    if (kind === 'limit' && text === '*') return parseRange(scheme, withoutLimits(events));
    const parsed = text === '0' || !isUsable(scheme, kind, text) ? undefined : parse(scheme, text);
    if (text === '0' || parsed) {
      readable.push({ kind, text, value: parsed && { parsed: parsed.value } });
    }
  }
  return {
    events: readable
      .filter(({ kind }) => kind !== 'limit')
      .sort((left, right) => compareEvents(scheme, left, right)),
    limits: readable.filter(({ kind }) => kind === 'limit'),
  };
}

function withoutLimits(events: readonly RangeEvent[]): RangeEvent[] {
  return events.filter(([kind]) => kind !== 'limit');
}

function compareEvents(scheme: VersionScheme, left: ParsedEvent, right: ParsedEvent): number {
  return compareValues(scheme, left.value, right.value) || TIES[left.kind] - TIES[right.kind];
}

function compareValues(
  scheme: VersionScheme,
  left: ParsedEvent['value'],
  right: ParsedEvent['value'],
): number {
  if (!left || !right) return Number(Boolean(left)) - Number(Boolean(right));
  return scheme.compare(left.parsed, right.parsed);
}

/** The schema's evaluation; it may stop at the first event above the version. */
function isInRange({ events, limits }: ParsedRange, installed: InstalledVersion): boolean {
  if (limits.length > 0 && limits.every((limit) => compareWith(installed, limit) >= 0)) {
    return false;
  }
  let vulnerable = false;
  for (const event of events) {
    const order = compareWith(installed, event);
    if (order < 0) break;
    if (event.kind === 'introduced') vulnerable = true;
    else if (event.kind === 'fixed' || order > 0) vulnerable = false;
  }
  return vulnerable;
}

function fixAbove({ events }: ParsedRange, installed: InstalledVersion): string | null {
  const fix = events.find((event) => event.kind === 'fixed' && compareWith(installed, event) < 0);
  return fix?.text ?? null;
}

/** Where the installed version stands to an event's. */
function compareWith(installed: InstalledVersion, event: ParsedEvent): number {
  if (!event.value) return installed.text === '0' ? 0 : 1;
  if (installed.text === '0') return -1;
  return installed.scheme?.compare(installed.parsed?.value, event.value.parsed) ?? 0;
}

function compareTexts(scheme: VersionScheme | undefined, left: string, right: string): number {
  const [a, b] = [scheme && parse(scheme, left), scheme && parse(scheme, right)];
  if (scheme && a && b) return scheme.compare(a.value, b.value);
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

function parse(scheme: VersionScheme, text: string): { readonly value: unknown } | undefined {
  try {
    return { value: scheme.parse(text) };
  } catch (error) {
    if (error instanceof InvalidVersionError) return undefined;
    throw error;
  }
}
