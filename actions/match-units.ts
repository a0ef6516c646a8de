import { isSame } from '../core/fleet/is-same.ts';
import type { UnitFindings } from '../core/fleet/unit-findings.ts';
import { applyDetails, detailIds, type FeedDetails } from '../core/match/apply-details.ts';
import { createMatcher, type Matcher } from '../core/match/create-matcher.ts';
import type { Finding } from '../core/match/finding.ts';
import type { Unit } from '../core/match/unit.ts';
import type { FeedState } from '../core/run/run.ts';
import { type AdvisoryLines, createAdvisoryReader } from './advisory-lines.ts';
import type { ObjectStore } from './ports.ts';
import { openDetails } from './read-details.ts';

/** Matches the same units by several states of the feeds; what was read of a snapshot is read once. */
export interface UnitMatching {
  /**
   * The findings of each unit by `feeds`, as of `at` (RFC 3339), details included. Where they
   * are those that are known already, these are given, so that they are kept once. A unit of
   * whose names the feeds say the same as when last asked is not judged again.
   *
   * @throws ObjectMissingError, MalformedObjectError when a snapshot is gone or broken
   */
  match(feeds: readonly FeedState[], at: string, known?: UnitFindings): Promise<UnitFindings>;
}

/** Of the snapshots only the blocks are read that may speak of these units. */
export function matchUnits(objects: ObjectStore, units: readonly Unit[]): UnitMatching {
  const advisories = createAdvisoryReader(objects, units);
  const batches = onceFor(() => batchesOf(units));
  let last: { readonly lines: AdvisoryLines; readonly findings: UnitFindings } | undefined;
  return {
    async match(feeds, at, before = []) {
      const lines = await advisories.read(feeds, at);
      const changed = last && advisories.changedUnits(last.lines, lines);
      const findings = last && changed ? [...last.findings] : units.map(() => NO_FINDINGS);
      for (const batch of batches()) {
        const places = changed ? batch.filter((place) => changed.has(place)) : batch;
        const matcher = createMatcher(lines.entriesOf, at, lines.ecosystems);
        judgeInto(findings, places, { units, matcher, before });
      }
      last = { lines, findings };
      return withDetails(objects, feeds, { findings, before });
    },
  };
}

interface Judging {
  readonly units: readonly Unit[];
  readonly matcher: Matcher;
  readonly before: UnitFindings;
}

function judgeInto(
  findings: (readonly Finding[])[],
  places: readonly number[],
  { units, matcher, before }: Judging,
): void {
  for (const place of places) {
    const unit = units[place];
    if (unit) findings[place] = keepSame(before[place], matcher.judge(unit));
  }
}

function onceFor<Value>(make: () => Value): () => Value {
  let made: Value | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

const NO_FINDINGS: readonly Finding[] = [];

/**
 * Units judged by one matcher, at least: what it works out for their names is of no use to
 * others, and what lives no longer than this costs the collector nothing.
 */
const BATCH = 32;

/** Places of the units, those of one name together. */
function batchesOf(units: readonly Unit[]): number[][] {
  const names = units.map(({ ecosystem, name, source }) => `${ecosystem}\t${source?.name ?? name}`);
  const places = [...names.keys()].sort((a, b) => ((names[a] ?? '') < (names[b] ?? '') ? -1 : 1));
  const batches: number[][] = [];
  for (const [n, place] of places.entries()) {
    const batch = batches.at(-1);
    const isFull = !batch || batch.length >= BATCH;
    if (isFull && names[place] !== names[places[n - 1] ?? -1]) batches.push([place]);
    else batch?.push(place);
  }
  return batches;
}

function keepSame(
  before: readonly Finding[] | undefined,
  now: readonly Finding[],
): readonly Finding[] {
  return before && isSame(before, now) ? before : now;
}

/** Findings with what details feeds say of their ids; only the blocks of these are read. */
async function withDetails(
  objects: ObjectStore,
  feeds: readonly FeedState[],
  { findings, before }: { readonly findings: UnitFindings; readonly before: UnitFindings },
): Promise<UnitFindings> {
  if (!feeds.some(({ kind, key }) => kind === 'details' && key !== null)) return findings;
  const ids = new Set<string>();
  for (const each of findings) {
    for (const finding of each) for (const id of detailIds(finding)) ids.add(id);
  }
  const loaded = await loadDetails(objects, feeds, [...ids].sort());
  const known = Map.groupBy(loaded, ({ details }) => details.id);
  if (known.size === 0) return findings;
  const detailsOf = (id: string) => known.get(id) ?? [];
  return findings.map((list, unit) =>
    keepSame(
      before[unit],
      list.map((each) => applyDetails(each, detailsOf)),
    ),
  );
}

async function loadDetails(
  objects: ObjectStore,
  feeds: readonly FeedState[],
  ids: readonly string[],
): Promise<FeedDetails[]> {
  const found: FeedDetails[] = [];
  for (const { kind, name, key } of feeds) {
    if (kind !== 'details' || key === null || ids.length === 0) continue;
    const details = await (await openDetails(objects, key)).lookup(ids);
    for (const each of details.values()) found.push({ feed: name, details: each });
  }
  return found;
}
