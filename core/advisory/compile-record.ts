import { hash as hashOnce } from 'node:crypto';
import { cleanId } from './clean-id.ts';
import type { AdvisoryEntry, RangeEvent } from './entry.ts';
import { normaliseName } from './normalise-name.ts';
import { type OsvAffected, type OsvRecord, readEvents } from './osv.ts';
import { rate } from './rate.ts';

/** Hex digits: 128 bits, so that no two states of a record meet. */
const HASH_LENGTH = 32;

/** Reduces an OSV record to one entry for each package that it names. */
export function compileRecord(feed: string, record: OsvRecord): AdvisoryEntry[] {
  const whole = {
    record: cleanId(record.id),
    aliases: cleanIds(record.aliases),
    upstream: cleanIds(record.upstream),
    withdrawn: record.withdrawn ?? null,
  };
  const parts: Part[] = [];
  for (const affected of record.affected ?? []) {
    if (affected.package) parts.push(compileAffected(record, affected, affected.package));
  }
  const hash = matchHash(whole, parts);
  // Written out: a spread of millions of entries takes longer than all that is in them.
  const { record: id, aliases, upstream, withdrawn } = whole;
  return parts.map(({ ecosystem, name, severity, arch, ranges, versions }) => ({
    feed,
    ecosystem,
    name,
    record: id,
    hash,
    aliases,
    upstream,
    withdrawn,
    severity,
    arch,
    ranges,
    versions,
  }));
}

type Whole = Pick<AdvisoryEntry, 'record' | 'aliases' | 'upstream' | 'withdrawn'>;
type Part = Omit<AdvisoryEntry, keyof Whole | 'feed' | 'hash'>;

function cleanIds(ids: readonly string[] | null | undefined): string[] {
  if (!ids || ids.length === 0) return [];
  return sorted(ids.length === 1 ? ids.map(cleanId) : [...new Set(ids.map(cleanId))]);
}

function compileAffected(
  record: OsvRecord,
  affected: OsvAffected,
  { ecosystem, name, purl }: NonNullable<OsvAffected['package']>,
): Part {
  const ranges: RangeEvent[][] = [];
  for (const { type, events } of affected.ranges ?? []) {
    // Commits cannot be compared without the repository.
    if (type !== 'GIT') ranges.push(readEvents(events));
  }
  return {
    ecosystem,
    name: normaliseName(ecosystem, name),
    severity: rate(record, affected),
    arch: architectureOf(purl),
    ranges,
    versions: affected.versions ?? [],
  };
}

// purl-spec, "qualifiers"; read by hand, since a whole purl costs more than the rest of a record.
const APK_ARCHITECTURE = /^pkg:apk\/[^?#]*\?(?:[^#]*&)?arch=([A-Za-z0-9_]+)(?:[&#]|$)/;

/** Chainguard scopes a record by its purl's `?arch=`; Debian's `?arch=source` is no architecture. */
function architectureOf(purl: string | null | undefined): string | null {
  return APK_ARCHITECTURE.exec(purl ?? '')?.[1] ?? null;
}

/** The same for each order in which a feed may list things; prose, links and dates do not count. */
function matchHash(
  { record, aliases, upstream, withdrawn }: Whole,
  parts: readonly Part[],
): string {
  const texts = sorted(parts.map(textOf));
  // One call without a hash object: a feed has millions of records.
  return hashOnce('sha256', JSON.stringify([record, aliases, upstream, withdrawn, texts])).slice(
    0,
    HASH_LENGTH,
  );
}

function textOf({ ecosystem, name, severity, arch, ranges, versions }: Part): string {
  const rangeTexts = sorted(ranges.map(textOfRange));
  return JSON.stringify([ecosystem, name, severity, arch, rangeTexts, sorted([...versions])]);
}

function textOfRange(events: readonly RangeEvent[]): string {
  return sorted(events.map(textOfEvent)).join(',');
}

function textOfEvent([kind, version]: RangeEvent): string {
  return `${kind} ${version}`;
}

/** Sorted in place; most lists have one element, and to call `sort` takes longer than to see that. */
function sorted(texts: string[]): string[] {
  return texts.length > 1 ? texts.sort() : texts;
}
