import { hash as hashOnce } from 'node:crypto';
import { componentsOf } from './components.ts';
import type { AdvisoryEntry, RangeEvent } from './entry.ts';
import { normaliseName } from './normalise-name.ts';
import { identityOf } from './notice.ts';
import { eventsOf, type OsvAffected, type OsvEvent, type OsvRecord } from './osv.ts';
import { rate } from './rate.ts';
import { fieldOf, statusOf } from './status.ts';

/** Hex digits: 128 bits, so that no two states of a record meet. */
const HASH_LENGTH = 32;

const HYPHENS = /[\u2010\u2011]/;

/** Reduces an OSV record to one entry for each package that it names. */
export function compileRecord(feed: string, record: OsvRecord): AdvisoryEntry[] {
  const whole = {
    record: cleanId(record.id),
    ...identityOf(cleanId(record.id), {
      aliases: cleanIds(record.aliases),
      upstream: cleanIds(record.upstream),
      related: cleanIds(record.related),
    }),
    withdrawn: record.withdrawn ?? null,
  };
  const parts = (record.affected ?? []).flatMap((affected) => compileAffected(record, affected));
  const hash = matchHash(whole, parts);
  // Written out: a spread of millions of entries takes longer than all that is in them.
  const { record: id, aliases, upstream, withdrawn } = whole;
  return parts.map(({ ecosystem, name, severity, arch, ranges, versions, ...said }) => ({
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
    ...said,
  }));
}

/** Real records hold ids, names and versions with non-breaking hyphens (U+2011). */
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
  const { ecosystem, purl } = affected.package;
  const name = normaliseName(ecosystem, cleanId(affected.package.name));
  // Commits cannot be compared without the repository.
  const ranges = (affected.ranges ?? [])
    .filter(({ type }) => type !== 'GIT')
    .map(({ events }) => rangeOf(events));
  const { parts, words } = componentsOf(affected, name);
  const status = statusOf(record, affected, { isOpen: ranges.some(isOpen), words });
  const chainguard = fieldOf(affected.database_specific, 'chainguard');
  return [
    {
      ecosystem,
      name,
      severity: rate(record, affected),
      arch: architectureOf(purl),
      ranges,
      versions: affected.versions ?? [],
      ...(status && { status }),
      ...(fieldOf(chainguard, 'applies_to_subpackages') === false && { subpackages: false }),
      ...(parts.length > 0 && { components: parts }),
    },
  ];
}

function rangeOf(events: readonly OsvEvent[]): RangeEvent[] {
  const range: RangeEvent[] = [];
  for (const event of events) {
    for (const [kind, version] of eventsOf(event)) range.push([kind, cleanId(version)]);
  }
  return range;
}

/** Whether no version ends a range. */
function isOpen(range: readonly RangeEvent[]): boolean {
  return range.every(([kind]) => kind === 'introduced');
}

// purl-spec, "qualifiers"; read by hand, since a whole purl costs more than the rest of a record.
const ARCHITECTURE = /^pkg:(?:apk|rpm)\/[^?#]*\?(?:[^#]*&)?arch=(?<arch>[A-Za-z0-9_]+)(?:[&#]|$)/;

/** Chainguard scopes a record by its purl's `?arch=`, and so do we what Amazon says of an rpm; Debian's `?arch=source` is no architecture. */
function architectureOf(purl: string | null | undefined): string | null {
  return ARCHITECTURE.exec(purl ?? '')?.groups?.arch ?? null;
}

/** Said apart by Chainguard alone: its records mostly do not hold for sub-packages, which therefore is what is left unsaid. */
function isForSubpackages({ ecosystem, subpackages }: Part): boolean {
  return subpackages === undefined && (ecosystem === 'Wolfi' || ecosystem === 'Chainguard');
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
        ...(isForSubpackages(part) ? ['subpackages'] : []),
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
