import { OsvRecord } from '../core/advisory/osv.ts';
import { counted } from '../core/alert/compose-alert.ts';
import type { Problem } from '../core/image/capture.ts';
import type { Inventory } from '../core/inventory/inventory.ts';
import type { Finding } from '../core/match/finding.ts';
import { lookupEcosystems } from '../core/match/lookup-keys.ts';
import { matchPackages } from '../core/match/match-packages.ts';
import type { FeedState } from '../core/run/run.ts';
import { matchInventories } from './match-inventories.ts';
import { type AdvisoryFeed, FeedUnavailableError, type ObjectStore } from './ports.ts';
import { writeSnapshot } from './write-snapshot.ts';

/** What advisories say of one image, and what they could not say. */
export interface FeedsMatch {
  /** By package, then id. */
  readonly findings: readonly Finding[];
  readonly problems: readonly Problem[];
  /** Whether nothing was left out that could have been a finding. */
  readonly isComplete: boolean;
}

/** Where problems of the matching are said to be. */
const MATCHING = 'advisories';

/**
 * Reads feeds into snapshots and matches one inventory with them, as of `at` (RFC 3339).
 *
 * @throws what the feeds throw; ObjectMissingError, MalformedObjectError
 */
export async function matchFeeds(
  objects: ObjectStore,
  feeds: readonly AdvisoryFeed[],
  inventory: Inventory,
  at: string,
): Promise<FeedsMatch> {
  if (feeds.length === 0) {
    return {
      findings: [],
      problems: [{ path: MATCHING, reason: 'not matched: no advisories given' }],
      isComplete: false,
    };
  }
  const read: ReadFeed[] = [];
  for (const feed of feeds) read.push(await readFeed(objects, feed));
  const states = read.map(({ state }) => state);
  const findings = await matchInventories(objects, states, [inventory], at);
  const known = new Set(read.flatMap(({ ecosystems }) => [...ecosystems]));
  const versions = matchPackages(inventory.packages, () => [], at).problems;
  const uncovered = findUncovered(inventory, known);
  return {
    findings: findings.get(inventory.digest) ?? [],
    problems: [...read.flatMap(({ problems }) => problems), ...versions, ...uncovered],
    isComplete:
      uncovered.length === 0 && versions.length === 0 && read.every(({ isWhole }) => isWhole),
  };
}

interface ReadFeed {
  readonly state: FeedState;
  /** Ecosystems that its records speak of, as they write them. */
  readonly ecosystems: ReadonlySet<string>;
  readonly problems: readonly Problem[];
  /** Whether it has records, and each of them could be read. */
  readonly isWhole: boolean;
}

async function readFeed(objects: ObjectStore, feed: AdvisoryFeed): Promise<ReadFeed> {
  const ecosystems = new Set<string>();
  const answer = await feed.read(null);
  if (answer.kind === 'unchanged') {
    throw new FeedUnavailableError(`${feed.name} says that it is unchanged, and was never read`);
  }
  const records = noteEcosystems(answer.records, ecosystems);
  const written = await writeSnapshot(objects, feed.name, records);
  const { id, key, malformed } = written;
  const empty = written.records === 0 ? ['no records'] : [];
  const left = malformed > 0 ? [`${malformed} records left out: they could not be read`] : [];
  return {
    state: {
      name: feed.name,
      snapshot: id,
      key,
      records: written.records,
      newest: written.newest,
      validator: answer.validator,
      state: 'fresh',
      failure: null,
      problems: written.problems,
    },
    ecosystems,
    problems: [...written.problems, ...left, ...empty].map((reason) => ({
      path: feed.name,
      reason,
    })),
    isWhole: malformed === 0 && written.records > 0,
  };
}

/** Lets records pass and takes down the ecosystems that those speak of which can be read. */
export async function* noteEcosystems(
  records: AsyncIterable<unknown>,
  ecosystems: Set<string>,
): AsyncGenerator<unknown> {
  for await (const record of records) {
    const unheard = ecosystemsOf(record).filter((each) => !ecosystems.has(each));
    if (unheard.length > 0 && OsvRecord.safeParse(record).success) {
      for (const each of unheard) ecosystems.add(each);
    }
    yield record;
  }
}

function ecosystemsOf(record: unknown): string[] {
  const affected = member(record, 'affected');
  const all = Array.isArray(affected) ? affected : [];
  return all
    .map((each) => member(member(each, 'package'), 'ecosystem'))
    .filter((each) => typeof each === 'string');
}

function member(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}

/** Whether records that speak of `ecosystems` can be matched with any package at all. */
export function isAnyCovered({ packages }: Inventory, ecosystems: ReadonlySet<string>): boolean {
  return packages.some(({ ecosystem }) => isCovered(ecosystem, ecosystems));
}

function isCovered(ecosystem: string, known: ReadonlySet<string>): boolean {
  return lookupEcosystems(ecosystem).some((each) => known.has(each));
}

/** Packages of which no record speaks would look healthy: their ecosystems are told. */
function findUncovered({ packages }: Inventory, known: ReadonlySet<string>): Problem[] {
  if (packages.length === 0) {
    const reason = 'no packages were found in the image: nothing was matched';
    return [{ path: MATCHING, reason }];
  }
  // Packages that no feed can name are a problem of the inventory already.
  const named = packages.filter(({ ecosystem }) => ecosystem !== '');
  const silent = Map.groupBy(
    named.filter(({ ecosystem }) => !isCovered(ecosystem, known)),
    ({ ecosystem }) => ecosystem,
  );
  return [...silent].map(([ecosystem, group]) => ({
    path: MATCHING,
    reason: `none of them is about ${ecosystem}: ${counted(group.length, 'package')} not matched`,
  }));
}
