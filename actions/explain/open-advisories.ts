import { highestLikelihood, type Likelihood } from '../../core/advisory/likelihood.ts';
import { applyDetails, detailIds, type FeedDetails } from '../../core/match/apply-details.ts';
import { type Explanation, explainMatch } from '../../core/match/explain-match.ts';
import { isCovered } from '../../core/match/find-unmatched.ts';
import { lookupKeysOf, type Unit } from '../../core/match/unit.ts';
import { advisoryFeeds } from '../../core/run/run.ts';
import type { ObjectStore } from '../ports.ts';
import { openDetails, openScores } from '../read-details.ts';
import { openSnapshot } from '../read-snapshot.ts';
import type { KnownId } from './nothing-found.ts';
import type { Judged } from './search.ts';

/** The advisories of a night, to be asked about single packages. */
export interface Advisories {
  /** Ecosystems that the feeds speak of. */
  readonly covered: ReadonlySet<string>;
  /** Explains a vulnerability for each unit, in their order. @throws ObjectMissingError, MalformedObjectError */
  explain(units: readonly Unit[], id: string): Promise<Explanation[]>;
  /** How likely what is found is to be exploited soon; `null` where no feed of scores says so. @throws as `explain` */
  likelihood(explanation: Explanation): Promise<Likelihood | null>;
  /** What is known of an id besides what is said of these units. @throws as `explain` */
  known(id: string, units: readonly Unit[]): Promise<KnownId>;
}

/** Opens the snapshots of a night, or of a scan, each once; of their blocks only those that are asked for are read. */
export async function openAdvisories(objects: ObjectStore, run: Judged): Promise<Advisories> {
  const snapshots = await Promise.all(
    advisoryFeeds(run.feeds).flatMap(({ key }) => (key === null ? [] : openSnapshot(objects, key))),
  );
  const covered = new Set(snapshots.flatMap(({ ecosystems }) => ecosystems));
  return {
    covered,
    async explain(units, id) {
      const keys = lookupKeysOf(units, covered);
      const sources = await Promise.all(
        snapshots.map((each) => each.lookup(keys, { withComponents: true })),
      );
      const explanations = units.map((unit) =>
        explainMatch(unit, id, (key) => sources.flatMap((source) => source(key)), run.at, covered),
      );
      return withDetails(objects, run, explanations);
    },
    async likelihood({ finding }) {
      const ids = finding ? detailIds(finding).filter((id) => id.startsWith('CVE-')) : [];
      const scores = new Map<string, Likelihood>();
      for (const { kind, key } of run.feeds) {
        if (kind !== 'scores' || key === null || ids.length === 0) continue;
        for (const each of await (await openScores(objects, key)).lookup(ids)) scores.set(...each);
      }
      return highestLikelihood(ids, (id) => scores.get(id)) ?? null;
    },
    async known(id, units) {
      const speaking: string[] = [];
      for (const each of snapshots) if (await each.hasRecord(id)) speaking.push(each.feed);
      const ecosystems = new Set(units.map(({ ecosystem }) => ecosystem));
      return {
        recordIn: speaking,
        details: await loadDetails(objects, run, [id]),
        uncovered: [...ecosystems].filter((each) => !isCovered(each, covered)).sort(),
      };
    },
  };
}

async function withDetails(
  objects: ObjectStore,
  run: Judged,
  explanations: readonly Explanation[],
): Promise<Explanation[]> {
  const findings = explanations.flatMap(({ finding }) => finding ?? []);
  const ids = new Set(findings.flatMap(({ id, aliases }) => [id, ...aliases]));
  const found = await loadDetails(objects, run, [...ids]);
  const byId = Map.groupBy(found, ({ details }) => details.id);
  return explanations.map((each) => ({
    ...each,
    finding: each.finding && applyDetails(each.finding, (id) => byId.get(id) ?? []),
  }));
}

async function loadDetails(
  objects: ObjectStore,
  { feeds }: Judged,
  ids: readonly string[],
): Promise<FeedDetails[]> {
  const found: FeedDetails[] = [];
  for (const { kind, name, key } of feeds) {
    if (kind !== 'details' || key === null || ids.length === 0) continue;
    const details = await (await openDetails(objects, key)).lookup([...ids].sort());
    for (const each of details.values()) found.push({ feed: name, details: each });
  }
  return found;
}
