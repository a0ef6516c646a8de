import { counted } from '../core/alert/compose-alert.ts';
import type { Problem } from '../core/image/capture.ts';
import type { Inventory } from '../core/inventory/inventory.ts';
import { isCovered } from '../core/match/find-unmatched.ts';
import type { Finding } from '../core/match/finding.ts';
import { versionProblems } from '../core/match/version-problems.ts';
import type { FeedState } from '../core/run/run.ts';
import { matchInventories } from './match-inventories.ts';
import { type AdvisoryFeed, FeedUnavailableError, type ObjectStore } from './ports.ts';
import { openSnapshot } from './read-snapshot.ts';
import { writeSnapshot } from './write-snapshot.ts';

/** What advisories say of one image, and what they could not say. */
export interface FeedsMatch {
  /** By package, then id. */
  readonly findings: readonly Finding[];
  /** As they were read. */
  readonly feeds: readonly FeedState[];
  readonly problems: readonly Problem[];
  /** Whether any package of the image could be matched at all. */
  readonly isCovered: boolean;
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
      feeds: [],
      problems: [{ path: MATCHING, reason: 'not matched: no advisories given' }],
      isCovered: false,
      isComplete: false,
    };
  }
  const read: ReadFeed[] = [];
  for (const feed of feeds) read.push(await readFeed(objects, feed));
  const states = read.map(({ state }) => state);
  const findings = await matchInventories(objects, states, [inventory], at);
  const known = new Set(read.flatMap(({ ecosystems }) => ecosystems));
  const versions = versionProblems(inventory.packages);
  const uncovered = findUncovered(inventory, known);
  return {
    findings: findings.get(inventory.digest) ?? [],
    feeds: states,
    problems: [...read.flatMap(({ problems }) => problems), ...versions, ...uncovered],
    isCovered: inventory.packages.some(({ ecosystem }) => isCovered(ecosystem, known)),
    isComplete:
      uncovered.length === 0 && versions.length === 0 && read.every(({ isWhole }) => isWhole),
  };
}

interface ReadFeed {
  readonly state: FeedState;
  /** Ecosystems that its records speak of, as they write them. */
  readonly ecosystems: readonly string[];
  readonly problems: readonly Problem[];
  /** Whether it has records, and each of them could be read. */
  readonly isWhole: boolean;
}

async function readFeed(objects: ObjectStore, feed: AdvisoryFeed): Promise<ReadFeed> {
  const answer = await feed.read(null);
  if (answer.kind === 'unchanged') {
    throw new FeedUnavailableError(`${feed.name} says that it is unchanged, and was never read`);
  }
  const written = await writeSnapshot(objects, feed.name, answer.records);
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
    ecosystems: (await openSnapshot(objects, key)).ecosystems,
    problems: [...written.problems, ...left, ...empty].map((reason) => ({
      path: feed.name,
      reason,
    })),
    isWhole: malformed === 0 && written.records > 0,
  };
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
