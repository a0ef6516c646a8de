import type { AdvisoryEntry } from '../advisory/entry.ts';
import type { Digest } from '../image/digest.ts';
import type { Finding } from '../match/finding.ts';

/** Findings by platform digest. */
export type FindingsOf = ReadonlyMap<Digest, readonly Finding[]>;

/** What a feed says of what runs, and what of it a new state of the feeds closes. */
export interface FeedFindings {
  /** A package and a vulnerability each, however many images hold it. */
  readonly open: number;
  readonly closed: readonly Finding[];
}

/**
 * Of what `feed` speaks of: how much is open, and what is gone by `after`. A finding that
 * another feed, or another name of the same vulnerability, still stands for is not gone.
 */
export function closingsOf(feed: string, before: FindingsOf, after: FindingsOf): FeedFindings {
  const open = new Set<string>();
  const closed = new Map<string, Finding>();
  for (const [digest, findings] of before) {
    const own = findings.filter(({ feeds }) => feeds.includes(feed));
    if (own.length === 0) continue;
    const left = new Set((after.get(digest) ?? []).flatMap(namesOf));
    for (const finding of own) {
      const key = `${finding.package}\n${finding.id}`;
      open.add(key);
      if (!namesOf(finding).some((name) => left.has(name))) closed.set(key, finding);
    }
  }
  const sorted = [...closed].sort(([left], [right]) => (left < right ? -1 : 1));
  return { open: open.size, closed: sorted.map(([, finding]) => finding) };
}

/** A package with each id that names the vulnerability. */
function namesOf({ id, aliases, package: purl }: Finding): string[] {
  return [id, ...aliases].map((each) => `${purl}\n${each}`);
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
