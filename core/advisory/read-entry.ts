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
  /** Whether the scheme's grammar accepts it. */
  isValid(text: string): boolean;
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
  const valid = new Map<string, boolean>();
  return {
    scheme,
    isValid(text) {
      const isValid = valid.get(text) ?? scheme?.isValid(text) ?? false;
      valid.set(text, isValid);
      return isValid;
    },
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
  // Each once: `ceilingOf` tells by their count whether all of them are valid.
  const texts = versions.length === 0 ? NO_TEXTS : new Set(versions);
  return {
    ranges: ranges.map((events) => readRange(reader, events)),
    texts,
    values: listedValues(texts, reader),
    isEverything: ranges.some(isEverything),
  };
}

/**
 * The version above which an entry holds for none: the highest end of its ranges, or the
 * highest that it lists. `undefined`: there is no such version; `null`: it holds for none at all.
 */
export function ceilingOf(
  { ranges, values, texts }: ReadEntry,
  scheme: VersionScheme,
): { readonly value: unknown } | null | undefined {
  // A text that is no valid version could still be what is installed.
  if (texts.size > values.length) return undefined;
  let ceiling: { readonly value: unknown } | null = null;
  const raise = (value: unknown) => {
    if (ceiling === null || scheme.compare(value, ceiling.value) > 0) ceiling = { value };
  };
  for (const { events } of ranges) {
    const last = events.at(-1);
    if (last?.event[0] === 'introduced') return undefined;
    if (last?.value !== undefined) raise(last.value);
    // `0` is above nothing and no version of any order: only who is `0` itself is affected.
    else if (last?.event[0] === 'last_affected') return undefined;
  }
  for (const value of values) raise(value);
  return ceiling;
}

/** Whether an entry says that no version is affected: each beginning is an end too (`introduced 0, fixed 0`). */
export function isForNone(
  { ranges, texts }: ReadEntry,
  scheme: VersionScheme | undefined,
): boolean {
  const isEndOf = (beginning: ReadEvent, { event, value }: ReadEvent) =>
    event[0] === 'fixed' &&
    (scheme ? compareValues(scheme, beginning.value, value) === 0 : beginning.value === value);
  return (
    texts.size === 0 &&
    ranges.every(({ events }) =>
      events
        .filter(({ event }) => event[0] === 'introduced')
        .every((beginning) => events.some((each) => isEndOf(beginning, each))),
    )
  );
}

/**
 * As `ceilingOf`, of an entry that is not read yet and need not be: nearly all say no more
 * than `introduced 0, fixed X`. `undefined` also when there is more to it.
 */
export function plainCeilingOf(
  { ranges, versions }: AdvisoryEntry,
  reader: VersionReader,
): { readonly value: unknown } | null | undefined {
  const [range] = ranges;
  if (!range || ranges.length !== 1 || range.length !== 2 || versions.length > 0) return undefined;
  const [first, last] = range;
  if (first?.[0] !== 'introduced' || first[1] !== '0' || last?.[0] !== 'fixed') return undefined;
  if (last[1] === '0') return null;
  return isUsable(reader, 'fixed', last[1]) ? reader.read(last[1]) : undefined;
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
function listedValues(texts: ReadonlySet<string>, { read, isValid }: VersionReader): unknown[] {
  return [...texts]
    .filter((version) => isValid(version))
    .flatMap((version) => read(version) ?? [])
    .map(({ value }) => value);
}

function readRange(reader: VersionReader, range: readonly RangeEvent[]): ReadRange {
  const { scheme } = reader;
  const events: ReadEvent[] = [];
  let isLimited = false;
  let unreadBeginnings = 0;
  for (const event of range) {
    if (event[0] === 'limit') {
      isLimited = true;
      continue;
    }
    const read = readEvent(reader, event);
    if (read) events.push(read);
    else if (event[0] === 'introduced') unreadBeginnings++;
  }
  // Nobody can say where it begins: left out, it would hold for no version, and clear them all.
  if (unreadBeginnings > 0 && events.every(({ event }) => event[0] !== 'introduced')) {
    events.push(FROM_THE_FIRST);
  }
  if (scheme && events.length > 1) {
    events.sort((left, right) => compareEvents(scheme, left, right));
  }
  return { events, limits: isLimited ? readLimits(reader, range) : NO_LIMITS };
}

const NO_LIMITS: readonly ReadEvent[] = [];

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

function readEvent(reader: VersionReader, event: RangeEvent): ReadEvent | undefined {
  const [kind, text] = event;
  if (text === '0') return kind === 'introduced' ? FROM_THE_FIRST : { event, value: undefined };
  const parsed = reader.read(text);
  return parsed && isUsable(reader, kind, text) ? { event, value: parsed.value } : undefined;
}

/** Nearly every range begins so. */
const FROM_THE_FIRST: ReadEvent = { event: ['introduced', '0'], value: undefined };

/**
 * apk orders every text, and sorts what is no version below all others: an end that
 * nobody can read would close its range at once. It is left out; a beginning may stand.
 */
function isUsable(reader: VersionReader, kind: RangeEvent[0], text: string): boolean {
  return kind === 'introduced' || !knowsEveryText(reader.scheme) || reader.isValid(text);
}

function isReadable(scheme: VersionScheme, text: string): boolean {
  return knowsEveryText(scheme) ? scheme.isValid(text) : parse(scheme, text) !== undefined;
}

/** Whether a scheme's order refuses nothing, so that only its grammar says what is a version. */
function knowsEveryText(scheme: VersionScheme | undefined): boolean {
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
