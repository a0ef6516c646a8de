import { hash as hashOnce } from 'node:crypto';
import type { AdvisoryEntry, RangeEvent } from './entry.ts';
import { normaliseName } from './normalise-name.ts';
import { eventsOf, type OsvAffected, type OsvEvent, type OsvRecord } from './osv.ts';
import { rate } from './rate.ts';

/** Hex digits: 128 bits, so that no two states of a record meet. */
const HASH_LENGTH = 32;

const HYPHENS = /[\u2010\u2011]/;

/** Reduces an OSV record to one entry for each package that it names. */
export function compileRecord(feed: string, record: OsvRecord): AdvisoryEntry[] {
  const whole = {
    record: cleanId(record.id),
    aliases: cleanIds(record.aliases),
    upstream: cleanIds(record.upstream),
    withdrawn: record.withdrawn ?? null,
  };
  const parts = (record.affected ?? []).flatMap((affected) => compileAffected(record, affected));
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

/** Real records hold ids with non-breaking hyphens (U+2011). */
export function cleanId(id: string): string {
  const trimmed = id.trim();
  return HYPHENS.test(trimmed) ? trimmed.replaceAll(/[\u2010\u2011]/g, '-') : trimmed;
}

type Whole = Pick<AdvisoryEntry, 'record' | 'aliases' | 'upstream' | 'withdrawn'>;
type Part = Omit<AdvisoryEntry, keyof Whole | 'feed' | 'hash'>;

function cleanIds(ids: readonly string[] | null | undefined): string[] {
  if (!ids || ids.length === 0) return [];
  return [...new Set(ids.map(cleanId))].sort();
}

function compileAffected(record: OsvRecord, affected: OsvAffected): Part[] {
  if (!affected.package) return [];
  const { ecosystem, name, purl } = affected.package;
  return [
    {
      ecosystem,
      name: normaliseName(ecosystem, name),
      severity: rate(record, affected),
      arch: architectureOf(purl),
      // Commits cannot be compared without the repository.
      ranges: (affected.ranges ?? [])
        .filter(({ type }) => type !== 'GIT')
        .map(({ events }) => rangeOf(events)),
      versions: affected.versions ?? [],
    },
  ];
}

function rangeOf(events: readonly OsvEvent[]): RangeEvent[] {
  const range: RangeEvent[] = [];
  for (const event of events) range.push(...eventsOf(event));
  return range;
}

// purl-spec, "qualifiers"; read by hand, since a whole purl costs more than the rest of a record.
const ARCHITECTURE = /^pkg:(?:apk|rpm)\/[^?#]*\?(?:[^#]*&)?arch=(?<arch>[A-Za-z0-9_]+)(?:[&#]|$)/;

/** Chainguard scopes a record by its purl's `?arch=`, and so do we what Amazon says of an rpm; Debian's `?arch=source` is no architecture. */
function architectureOf(purl: string | null | undefined): string | null {
  return ARCHITECTURE.exec(purl ?? '')?.groups?.arch ?? null;
}

/** The same for each order in which a feed may list things; prose, links and dates do not count. */
function matchHash(whole: Whole, parts: readonly Part[]): string {
  const sorted = parts
    .map((part) =>
      JSON.stringify([
        part.ecosystem,
        part.name,
        part.severity,
        part.arch,
        part.ranges
          .map((events) =>
            events
              .map((event) => event.join(' '))
              .sort()
              .join(','),
          )
          .sort(),
        [...part.versions].sort(),
      ]),
    )
    .sort();
  const { record, aliases, upstream, withdrawn } = whole;
  // One call without a hash object: a feed has millions of records.
  return hashOnce('sha256', JSON.stringify([record, aliases, upstream, withdrawn, sorted])).slice(
    0,
    HASH_LENGTH,
  );
}
