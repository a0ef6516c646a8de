import { factsOf, type ImageFacts } from '../core/change/items.ts';
import type { Digest } from '../core/image/digest.ts';
import { parseReference } from '../core/image/reference.ts';
import type { IndexedImage, Inventory } from '../core/inventory/inventory.ts';
import {
  channelOf,
  furtherLineage,
  repositoryLineage,
  workloadLineage,
} from '../core/lineage/channel.ts';
import type { LineageRow, LineageTarget } from '../core/lineage/lineage.ts';
import { findUnmatched } from '../core/match/find-unmatched.ts';
import type { Finding } from '../core/match/finding.ts';
import { advisoryFeeds, type FeedState, runKeys } from '../core/run/run.ts';
import { findIndexedImage, readInventory } from './index-image.ts';
import { matchInventories } from './match-inventories.ts';
import {
  type MatchedFleet,
  type MatchTarget,
  makeOnce,
  type NightPlan,
  readNight,
} from './night-objects.ts';
import type { Worker } from './night-steps.ts';
import {
  type Deployment,
  type DeploymentScope,
  ObjectMissingError,
  type ObjectStore,
  type StateStore,
} from './ports.ts';
import { readPast } from './read-past.ts';
import { openSnapshot } from './read-snapshot.ts';
import { mapLimited } from './stored-objects.ts';

export interface MatchPorts {
  readonly state: StateStore;
  readonly objects: ObjectStore;
}

/** Expands what runs and what channels point at to platform digests, and matches them by yesterday's and today's advisories. */
export function matchFleet(ports: MatchPorts): Worker<'match-fleet'> {
  return async (input) => {
    const { objects } = ports;
    const key = runKeys.work(input.runId, 'matched');
    await makeOnce(objects, 'matched', key, async () => {
      const past = await readPast(ports);
      const plan = await readNight(objects, 'plan', input.plan);
      const scopes = await readNight(objects, 'deployments', input.deployments);
      const rows = [...past.rows.values()];
      const { targets, missing } = await expandTargets(objects, plan, scopes, rows);
      const inventories = await readInventories(objects, targets);
      const feeds = await readNight(objects, 'feeds', input.feeds);
      return {
        targets,
        missing,
        facts: factsByDigest(inventories),
        unmatched: findUnmatched(
          running(targets, inventories),
          await knownEcosystems(objects, feeds),
        ),
        ...(await matchTwice(objects, inventories, { feeds, at: input.runId }, past.run)),
      };
    });
    return { matched: key };
  };
}

/** The inventories of what runs: what a channel merely points at may speak of what it will. */
function running(
  targets: readonly MatchTarget[],
  inventories: readonly Inventory[],
): readonly Inventory[] {
  const workloads = targets.filter(({ kind }) => kind === 'workload');
  const digests = new Set(workloads.map(({ digest }) => digest));
  return inventories.filter(({ digest }) => digests.has(digest));
}

async function knownEcosystems(
  objects: ObjectStore,
  feeds: readonly FeedState[],
): Promise<ReadonlySet<string>> {
  const known = new Set<string>();
  for (const { key } of advisoryFeeds(feeds)) {
    const ecosystems = key === null ? [] : (await openSnapshot(objects, key)).ecosystems;
    for (const ecosystem of ecosystems) known.add(ecosystem);
  }
  return known;
}

/** What the findings of a fleet are matched by. */
interface Advisories {
  readonly feeds: readonly FeedState[];
  readonly at: string;
}

async function matchTwice(
  objects: ObjectStore,
  inventories: readonly Inventory[],
  today: Advisories,
  yesterday: Advisories | undefined,
): Promise<Pick<MatchedFleet, 'findings' | 'before' | 'after'>> {
  const table = new Map<string, number>();
  const findings: Finding[] = [];
  const intern = (finding: Finding): number => {
    const key = JSON.stringify(finding);
    const known = table.get(key) ?? findings.push(finding) - 1;
    table.set(key, known);
    return known;
  };
  const match = async ({ feeds, at }: Advisories) => {
    if (advisoryFeeds(feeds).every((feed) => feed.key === null)) return null;
    const matched = await matchInventories(objects, feeds, inventories, at);
    return Object.fromEntries([...matched].map(([digest, list]) => [digest, list.map(intern)]));
  };
  const after = await match(today);
  const before = yesterday ? await match(yesterday) : null;
  return { findings, before, after };
}

type Expanded = Pick<MatchedFleet, 'targets' | 'missing'>;

async function expandTargets(
  objects: ObjectStore,
  plan: NightPlan,
  scopes: readonly DeploymentScope[],
  rows: readonly LineageRow[],
): Promise<Expanded> {
  const images = await indexedImages(objects, plan, scopes);
  const channels = plan.channels.map((channel) => channelTargets(channel, images, rows));
  const workloadRows = Map.groupBy(rows, (row) => scopeAbove(row, scopes));
  const workloads = scopes.map((each) =>
    scopeTargets(each, images, workloadRows.get(each.scope) ?? []),
  );
  const all = [...channels, ...workloads];
  const targets = new Map(all.flatMap((each) => each.targets).map((each) => [each.lineage, each]));
  return { targets: [...targets.values()], missing: all.flatMap((each) => each.missing) };
}

type Images = ReadonlyMap<Digest, IndexedImage>;

async function indexedImages(
  objects: ObjectStore,
  plan: NightPlan,
  scopes: readonly DeploymentScope[],
): Promise<Images> {
  const digests = new Set([
    ...plan.channels.flatMap(({ digest }) => digest ?? []),
    ...scopes.flatMap((scope) => scope.deployments.map(({ digest }) => digest)),
  ]);
  const images = await mapLimited([...digests], 16, (digest) => findIndexedImage(objects, digest));
  return new Map(images.flatMap((image) => (image ? [[image.digest, image]] : [])));
}

function channelTargets(
  { channel, reference, digest, failure }: NightPlan['channels'][number],
  images: Images,
  rows: readonly LineageRow[],
): Expanded {
  const past = rows.filter((row) => row.kind === 'repository' && row.channel === channel);
  if (failure !== null)
    return { targets: past.map((row) => staleTarget(row, failure)), missing: [] };
  // The tag is gone: nothing points at what the channel was.
  if (digest === null) return { targets: [], missing: [] };
  const image = images.get(digest);
  if (!image) return notIndexed(digest, channel, past);
  const targets = image.platforms.map((each) => ({
    lineage: repositoryLineage(channel, each.platform),
    kind: 'repository' as const,
    scope: '',
    channel,
    reference,
    imageDigest: digest,
    digest: each.digest,
    platform: each.platform,
    stale: null,
  }));
  return { targets, missing: [] };
}

function scopeTargets(
  { scope, failure, deployments }: DeploymentScope,
  images: Images,
  past: readonly LineageRow[],
): Expanded {
  const lineages = lineagesOf(deployments);
  const listed = deployments.map((each, index) =>
    deploymentTarget(each, { scope, lineage: lineages[index] ?? '' }, images, past),
  );
  const seen = new Set(listed.flatMap((each) => each.targets.map(({ lineage }) => lineage)));
  // A scope that was not seen whole has lost nothing: what it ran is assumed to run.
  const assumed = failure === null ? [] : past.filter((row) => !seen.has(row.lineage));
  return {
    targets: [
      ...assumed.map((row) => staleTarget(row, failure ?? '')),
      ...listed.flatMap((each) => each.targets),
    ],
    missing: listed.flatMap((each) => each.missing),
  };
}

/** The nearest scope that was looked at: when the clusters could not be listed, what is below them was not seen. */
function scopeAbove(
  { kind, scope }: LineageRow,
  scopes: readonly DeploymentScope[],
): string | undefined {
  if (kind !== 'workload') return undefined;
  return scopes
    .map((each) => each.scope)
    .filter((each) => scope === each || scope.startsWith(`${each}/`))
    .reduce<string | undefined>(
      (nearest, each) => (each.length > (nearest?.length ?? 0) ? each : nearest),
      undefined,
    );
}

/** One lineage each: the first of a container goes on with the workload's, further images beside it have their own. */
function lineagesOf(deployments: readonly Deployment[]): string[] {
  const taken = new Set<string>();
  return deployments.map(({ workload, container, platform, digest }) => {
    const lineage = workloadLineage(workload, container, platform);
    if (taken.has(lineage)) return furtherLineage(lineage, digest);
    taken.add(lineage);
    return lineage;
  });
}

function deploymentTarget(
  { reference, digest, platform }: Deployment,
  { scope, lineage }: Pick<LineageTarget, 'scope' | 'lineage'>,
  images: Images,
  past: readonly LineageRow[],
): Expanded {
  const image = images.get(digest);
  // A deployment may name a platform's manifest itself: then there is but one.
  const found =
    image?.platforms.find((each) => each.platform === platform) ??
    (image?.platforms.length === 1 ? image.platforms[0] : undefined);
  if (!found)
    return notIndexed(
      digest,
      lineage,
      past.filter((row) => row.lineage === lineage),
    );
  const target: MatchTarget = {
    lineage,
    kind: 'workload',
    scope,
    channel: channelOf(parseReference(reference)),
    reference,
    imageDigest: digest,
    digest: found.digest,
    platform: found.platform,
    stale: null,
  };
  return { targets: [target], missing: [] };
}

/** What is there cannot be read: yesterday's row stays, marked. */
function notIndexed(digest: Digest, lineage: string, past: readonly LineageRow[]): Expanded {
  return {
    targets: past.map((row) => staleTarget(row, `${digest} could not be read`)),
    missing: [{ digest, lineage }],
  };
}

function staleTarget(row: LineageRow, stale: string): MatchTarget {
  const { lineage, kind, scope, channel, reference, imageDigest, digest, platform } = row;
  return { lineage, kind, scope, channel, reference, imageDigest, digest, platform, stale };
}

async function readInventories(
  objects: ObjectStore,
  targets: readonly MatchTarget[],
): Promise<Inventory[]> {
  const seen = new Set(targets.filter(({ stale }) => !stale).map(({ digest }) => digest));
  const digests = [...new Set(targets.map(({ digest }) => digest))].sort();
  const read = async (digest: Digest) => {
    try {
      return [await readInventory(objects, digest)];
    } catch (error) {
      // What is only assumed may have been read by older extractors alone: its row stays as it is.
      if (error instanceof ObjectMissingError && !seen.has(digest)) return [];
      throw error;
    }
  };
  return (await mapLimited(digests, 16, read)).flat();
}

function factsByDigest(inventories: readonly Inventory[]): Record<Digest, ImageFacts> {
  return Object.fromEntries(inventories.map((each) => [each.digest, factsOf(each)]));
}
