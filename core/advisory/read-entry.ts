import { apkScheme } from '../version/apk.ts';
import type { VersionScheme } from '../version/scheme.ts';
import { InvalidVersionError } from '../version/scheme.ts';
import { schemeOf } from '../version/scheme-of.ts';
import type { AdvisoryEntry, RangeEvent } from './entry.ts';

/** A version read once, to be compared with many entries. */
export interface InstalledVersion {
  readonly text: string;
  /** `undefined` when the ecosystem has no scheme that we know. */
  readonly scheme: VersionScheme | undefined;
  /** `undefined` when the scheme refuses the text. */
  readonly parsed: ReadVersion | undefined;
}

interface ReadVersion {
  readonly value: unknown;
}

/** An event of a range, read once. */
export interface ReadEvent {
  readonly event: RangeEvent;
  /** `undefined` for `0`, which is below every version, `0~rc1` too (OSV schema, "affected[].ranges[].events"). */
  readonly value: unknown;
}

/** A range as it is evaluated. */
export interface ReadRange {
  /** Readable events, sorted; limits apart. */
  readonly events: readonly ReadEvent[];
  readonly limits: readonly ReadEvent[];
}

/** What an entry says of versions, read once to be compared with many. */
export interface ReadEntry {
  readonly ranges: readonly ReadRange[];
  /** Listed versions, as written. */
  readonly texts: ReadonlySet<string>;
  /** What they mean. */
  readonly values: readonly unknown[];
  /** Whether every version there is lies in one of the ranges. */
  readonly isEverything: boolean;
}

/** Reads the versions of one ecosystem; `undefined` for what its scheme refuses. */
export interface VersionReader {
  readonly scheme: VersionScheme | undefined;
  read(text: string): ReadVersion | undefined;
}

/** Ties, as osv.dev has them: introduced X and fixed X means not affected. */
const TIES: Readonly<Record<RangeEvent[0], number>> = {
  introduced: 0,
  last_affected: 1,
  fixed: 2,
  limit: 3,
};

const NO_TEXTS: ReadonlySet<string> = new Set();

/** Reads a version for `evaluateRead`; never refuses one. */
export function readVersion(ecosystem: string, text: string): InstalledVersion {
  const scheme = schemeOf(ecosystem);
  return { text, scheme, parsed: scheme && parse(scheme, text) };
}

/** Each text is read once: the records of a package name the same versions over and over. */
export function createVersionReader(ecosystem: string): VersionReader {
  const scheme = schemeOf(ecosystem);
  const known = new Map<string, ReadVersion | null>();
  return {
    scheme,
    read(text) {
      let read = known.get(text);
      if (read === undefined) {
        read = (scheme && parse(scheme, text)) ?? null;
        known.set(text, read);
      }
      return read ?? undefined;
    },
  };
}

/** What an entry says of versions, by the reader of its ecosystem. */
export function readEntry({ ranges, versions }: AdvisoryEntry, reader: VersionReader): ReadEntry {
  return {
    ranges: ranges.map((events) => readRange(reader, events)),
    texts: versions.length === 0 ? NO_TEXTS : new Set(versions),
    values: listedValues(versions, reader),
    isEverything: ranges.some(isEverything),
  };
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

/** A version by a scheme; `undefined` when it refuses the text. */
export function parse(scheme: VersionScheme, text: string): ReadVersion | undefined {
  try {
    return { value: scheme.parse(text) };
  } catch (error) {
    if (error instanceof InvalidVersionError) return undefined;
    throw error;
  }
}

/** Begins with `0` and never ends: that needs no comparison to hold. */
export function isEverything(range: readonly RangeEvent[]): boolean {
  return (
    range.some(([kind, version]) => kind === 'introduced' && version === '0') &&
    range.every(([kind, version]) => kind === 'introduced' || isNoLimit(kind, version))
  );
}

/** A limit of `*` is none (OSV schema, "affected[].ranges[].events"). */
function isNoLimit(kind: RangeEvent[0], version: string): boolean {
  return kind === 'limit' && version === '*';
}

/** An order that knows every text calls unlike ones equal: equality asks for valid ones. */
function listedValues(versions: readonly string[], { scheme, read }: VersionReader): unknown[] {
  if (!scheme || versions.length === 0) return [];
  return versions
    .filter((version) => scheme.isValid(version))
    .flatMap((version) => read(version) ?? [])
    .map(({ value }) => value);
}

function readRange(reader: VersionReader, range: readonly RangeEvent[]): ReadRange {
  const { scheme } = reader;
  const events = range
    .filter(([kind]) => kind !== 'limit')
    .flatMap((event) => readEvent(reader, event) ?? []);
  if (scheme && events.length > 1) {
    events.sort((left, right) => compareEvents(scheme, left, right));
  }
  return { events, limits: readLimits(reader, range) };
}

/** One limit that is none, or that nobody can read, leaves all that the others would cut off. */
function readLimits(reader: VersionReader, range: readonly RangeEvent[]): ReadEvent[] {
  const limits: ReadEvent[] = [];
  for (const event of range) {
    if (event[0] !== 'limit') continue;
    const read = isNoLimit(...event) ? undefined : readEvent(reader, event);
    if (!read) return [];
    limits.push(read);
  }
  return limits;
}

function readEvent({ scheme, read }: VersionReader, event: RangeEvent): ReadEvent | undefined {
  const [kind, text] = event;
  if (text === '0') return { event, value: undefined };
  const parsed = read(text);
  return scheme && parsed && isUsable(scheme, kind, text)
    ? { event, value: parsed.value }
    : undefined;
}

/**
 * apk orders every text, and sorts what is no version below all others: an end that
 * nobody can read would close its range at once. It is left out; a beginning may stand.
 */
function isUsable(scheme: VersionScheme, kind: RangeEvent[0], text: string): boolean {
  return kind === 'introduced' || !knowsEveryText(scheme) || scheme.isValid(text);
}

function isReadable(scheme: VersionScheme, text: string): boolean {
  return knowsEveryText(scheme) ? scheme.isValid(text) : parse(scheme, text) !== undefined;
}

/** Whether a scheme's order refuses nothing, so that only its grammar says what is a version. */
function knowsEveryText(scheme: VersionScheme): boolean {
  return scheme === apkScheme;
}

function isBound(version: string): boolean {
  return version === '0' || version === '*';
}

function compareEvents(scheme: VersionScheme, left: ReadEvent, right: ReadEvent): number {
  return (
    compareValues(scheme, left.value, right.value) || TIES[left.event[0]] - TIES[right.event[0]]
  );
}

function compareValues(scheme: VersionScheme, left: unknown, right: unknown): number {
  if (left === undefined || right === undefined) {
    return Number(left !== undefined) - Number(right !== undefined);
  }
  return scheme.compare(left, right);
}
