import type { AdvisoryEntry } from '../advisory/entry.ts';
import type { Finding } from '../match/finding.ts';

/** The findings of one unit by two states of the feeds. */
export interface UnitChange {
  readonly before: readonly Finding[];
  readonly after: readonly Finding[];
}

/** What a feed says of what runs, and what of it a new state of the feeds closes. */
export interface FeedFindings {
  /** A package and a vulnerability each, however many images hold it. */
  readonly open: number;
  readonly closed: readonly Finding[];
}

/**
 * Of what `feed` speaks of: how much is open, and what is gone. A finding that another
 * feed, or another name of the same vulnerability, still stands for is not gone.
 */
export function closingsOf(feed: string, units: Iterable<UnitChange>): FeedFindings {
  const open = new Set<string>();
  const closed = new Map<string, Finding>();
  for (const { before, after } of units) {
    const own = before.filter(({ feeds }) => feeds.includes(feed));
    if (own.length === 0) continue;
    const left = new Set(after.flatMap(namesOf));
    for (const finding of own) {
      const key = `${finding.package}\n${finding.id}`;
      open.add(key);
      if (!namesOf(finding).some((name) => left.has(name))) closed.set(key, finding);
    }
  }
  const sorted = [...closed].sort(([left], [right]) => (left < right ? -1 : 1));
  return { open: open.size, closed: sorted.map(([, finding]) => finding) };
}

/** Each id that names the vulnerability. */
function namesOf({ id, aliases }: Finding): string[] {
  return [id, ...aliases];
}

/** What a feed's new state has of the records behind a finding. */
export interface RecordsNow {
  /** Those of its entries that are looked up by the finding's package. */
  readonly entries: readonly AdvisoryEntry[];
  /** Whether the feed has a record of that id, whatever it is about. */
  hasRecord(id: string): boolean;
}

/**
 * Whether a feed says why a finding is over: one of the records behind it is still there, and is
 * withdrawn, or tells of versions (fixed, not affected), or names the package no more. A record
 * without any version says nothing; one that is gone neither.
 */
export function isSaid({ records }: Finding, { entries, hasRecord }: RecordsNow): boolean {
  const ids = new Set(records.map(({ id }) => id));
  const own = entries.filter(({ record }) => ids.has(record));
  if (own.length === 0) return records.some(({ id }) => hasRecord(id));
  return own.some(
    ({ withdrawn, ranges, versions }) =>
      withdrawn !== null || ranges.some((events) => events.length > 0) || versions.length > 0,
  );
}
