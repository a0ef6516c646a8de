import { isSame } from '../core/fleet/is-same.ts';
import type { UnitFindings } from '../core/fleet/unit-findings.ts';
import { applyDetails, detailIds, type FeedDetails } from '../core/match/apply-details.ts';
import { createMatcher, type Matcher } from '../core/match/create-matcher.ts';
import type { Finding } from '../core/match/finding.ts';
import type { EntriesOf } from '../core/match/look-up.ts';
import { lookupKeysOf, type Unit } from '../core/match/unit.ts';
import { advisoryFeeds, type FeedState } from '../core/run/run.ts';
import type { ObjectStore } from './ports.ts';
import { openDetails } from './read-details.ts';
import { openSnapshot } from './read-snapshot.ts';

/** Matches the same units by several states of the feeds; what was read of a snapshot is read once. */
export interface UnitMatching {
  /**
   * The findings of each unit by `feeds`, as of `at` (RFC 3339), details included. Where they
   * are those that are known already, these are given, so that they are kept once.
   *
   * @throws ObjectMissingError, MalformedObjectError when a snapshot is gone or broken
   */
  match(feeds: readonly FeedState[], at: string, known?: UnitFindings): Promise<UnitFindings>;
}

/** Of the snapshots only the blocks are read that may speak of these units. */
export function matchUnits(objects: ObjectStore, units: readonly Unit[]): UnitMatching {
  const batches = batchesOf(units);
  const open = onceEach((key: string) => openSnapshot(objects, key));
  // What is looked up depends on the ecosystems there are: some releases have several.
  const keysFor = onceEach((known: string) => lookupKeysOf(units, new Set(JSON.parse(known))));
  const load = onceEach(async (question: string): Promise<EntriesOf> => {
    const [key, known]: readonly [string, string] = JSON.parse(question);
    return (await open(key)).lookup(keysFor(known));
  });
  return {
    async match(feeds, at, before = []) {
      const keys = advisoryFeeds(feeds).flatMap(({ key }) => key ?? []);
      const ecosystems = new Set<string>();
      for (const key of keys) for (const each of (await open(key)).ecosystems) ecosystems.add(each);
      const known = JSON.stringify([...ecosystems].sort());
      const sources: EntriesOf[] = [];
      for (const key of keys) sources.push(await load(JSON.stringify([key, known])));
      const makeMatcher = () => createMatcher(join(sources), at, ecosystems);
      const findings = judgeAll(units, batches, { makeMatcher, before });
      return withDetails(objects, feeds, { findings, before });
    },
  };
}

/** Units judged by one matcher: what it works out for their names is of no use to others. */
const BATCH = 1_000;

/** Places of the units, those of one name together. */
function batchesOf(units: readonly Unit[]): number[][] {
  const names = units.map(({ ecosystem, name, source }) => `${ecosystem}\t${source?.name ?? name}`);
  const places = [...names.keys()].sort((a, b) => ((names[a] ?? '') < (names[b] ?? '') ? -1 : 1));
  return Array.from({ length: Math.ceil(places.length / BATCH) }, (_, n) =>
    places.slice(n * BATCH, (n + 1) * BATCH),
  );
}

function judgeAll(
  units: readonly Unit[],
  batches: readonly (readonly number[])[],
  { makeMatcher, before }: { readonly makeMatcher: () => Matcher; readonly before: UnitFindings },
): UnitFindings {
  const findings = units.map((): readonly Finding[] => []);
  for (const places of batches) {
    const matcher = makeMatcher();
    for (const place of places) {
      const unit = units[place];
      if (unit) findings[place] = keepSame(before[place], matcher.judge(unit));
    }
  }
  return findings;
}

function keepSame(
  before: readonly Finding[] | undefined,
  now: readonly Finding[],
): readonly Finding[] {
  return before && isSame(before, now) ? before : now;
}

/** Asks each question once. */
function onceEach<Answer>(ask: (question: string) => Answer): (question: string) => Answer {
  const answers = new Map<string, Answer>();
  return (question) => {
    const answer = answers.get(question) ?? ask(question);
    answers.set(question, answer);
    return answer;
  };
}

function join([first, ...others]: readonly EntriesOf[]): EntriesOf {
  if (first && others.length === 0) return first;
  const sources = first ? [first, ...others] : [];
  return (key) => sources.flatMap((entriesOf) => entriesOf(key));
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
