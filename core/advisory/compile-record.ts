import { hash as hashOnce } from 'node:crypto';
import { cleanId } from './clean-id.ts';
import { componentsOf } from './components.ts';
import type { AdvisoryEntry, RangeEvent } from './entry.ts';
import { normaliseName } from './normalise-name.ts';
import { identityOf } from './notice.ts';
import { type OsvAffected, type OsvRecord, readEvents } from './osv.ts';
import { rate } from './rate.ts';
import { fieldOf, statusOf } from './status.ts';

/** Hex digits: 128 bits, so that no two states of a record meet. */
const HASH_LENGTH = 32;

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
  const parts: Part[] = [];
  for (const affected of record.affected ?? []) {
    if (affected.package) parts.push(compileAffected(record, affected, affected.package));
  }
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

type Whole = Pick<AdvisoryEntry, 'record' | 'aliases' | 'upstream' | 'withdrawn'>;
type Part = Omit<AdvisoryEntry, keyof Whole | 'feed' | 'hash'>;

function cleanIds(ids: readonly string[] | null | undefined): string[] {
  if (!ids || ids.length === 0) return [];
  return sorted(ids.length === 1 ? ids.map(cleanId) : [...new Set(ids.map(cleanId))]);
}

function compileAffected(
  record: OsvRecord,
  affected: OsvAffected,
  { ecosystem, name: written, purl }: NonNullable<OsvAffected['package']>,
): Part {
  const name = normaliseName(ecosystem, cleanId(written));
  const ranges: RangeEvent[][] = [];
  for (const { type, events } of affected.ranges ?? []) {
    // Commits cannot be compared without the repository.
    if (type !== 'GIT') ranges.push(cleanVersions(readEvents(events)));
  }
  const { parts, words } = componentsOf(affected, name);
  const status = statusOf(record, affected, { isOpen: ranges.some(isOpen), words });
  const chainguard = fieldOf(affected.database_specific, 'chainguard');
  return {
    ecosystem,
    name,
    severity: rate(record, affected),
    arch: architectureOf(purl),
    ranges,
    versions: affected.versions ?? [],
    ...(status && { status }),
    ...(fieldOf(chainguard, 'applies_to_subpackages') === false && { subpackages: false }),
    ...(parts.length > 0 && { components: parts }),
  };
}

/** In place: they are read for this alone. */
function cleanVersions(range: [kind: RangeEvent[0], version: string][]): RangeEvent[] {
  for (const event of range) event[1] = cleanId(event[1]);
  return range;
}

/** Whether no version ends a range. */
function isOpen(range: readonly RangeEvent[]): boolean {
  return range.every(([kind]) => kind === 'introduced');
}

// purl-spec, "qualifiers"; read by hand, since a whole purl costs more than the rest of a record.
const ARCHITECTURE = /^pkg:(?:apk|rpm)\/[^?#]*\?(?:[^#]*&)?arch=([A-Za-z0-9_]+)(?:[&#]|$)/;

/** Chainguard scopes a record by its purl's `?arch=`, and so do we what Amazon says of an rpm; Debian's `?arch=source` is no architecture. */
function architectureOf(purl: string | null | undefined): string | null {
  return ARCHITECTURE.exec(purl ?? '')?.[1] ?? null;
}

/** Said apart by Chainguard alone: its records mostly do not hold for sub-packages, which therefore is what is left unsaid. */
function isForSubpackages({ ecosystem, subpackages }: Part): boolean {
  return subpackages === undefined && (ecosystem === 'Wolfi' || ecosystem === 'Chainguard');
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

function textOf(part: Part): string {
  const { ecosystem, name, severity, arch, ranges, versions } = part;
  const rangeTexts = sorted(ranges.map(textOfRange));
  const texts = [ecosystem, name, severity, arch, rangeTexts, sorted([...versions])];
  return JSON.stringify(isForSubpackages(part) ? [...texts, 'subpackages'] : texts);
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
