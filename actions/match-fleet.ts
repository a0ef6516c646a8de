import { type FleetIndex, placesOf, postingsOf, unitsIn } from '../core/fleet/fleet-index.ts';
import { changedUnits, type UnitFindings } from '../core/fleet/unit-findings.ts';
import { type Digest, digestOf } from '../core/image/digest.ts';
import { parseReference } from '../core/image/reference.ts';
import type { IndexedImage } from '../core/inventory/inventory.ts';
import { channelOf, repositoryLineage } from '../core/lineage/channel.ts';
import type { LineageRow } from '../core/lineage/lineage.ts';
import { nearestScope } from '../core/lineage/scope.ts';
import { findUnmatched } from '../core/match/find-unmatched.ts';
import type { Finding } from '../core/match/finding.ts';
import { encodeObject } from '../core/object/json-object.ts';
import { advisoryFeeds, type FeedState, runKeys } from '../core/run/run.ts';
import type { Suppressor } from '../core/suppress/create-suppressor.ts';
import { suppressibleOf } from '../core/suppress/suppressible.ts';
import { findBase, findImages, type IndexedFleet, keepIndex } from './fleet-index.ts';
import { keepOrigins } from './image-origins.ts';
import { keepDecisions } from './keep-decisions.ts';
import { matchProblems } from './match-problems.ts';
import { matchTwice } from './match-twice.ts';
import {
  type MatchedFleet,
  type MatchTarget,
  makeOnce,
  type NightPlan,
  readNight,
} from './night-objects.ts';
import type { Worker } from './night-steps.ts';
import type { ObjectStore, StateStore, SuppressionSource } from './ports.ts';
import { readFeedStates } from './read-feed-states.ts';
import { readPast } from './read-past.ts';
import { RUN_FORMATS, type RunFindings } from './read-run.ts';
import { openSnapshot } from './read-snapshot.ts';
import { type NightScope, ranOrRuns, type SeenDeployment } from './remember-deployments.ts';
import { hexOf } from './stored-objects.ts';
import { readSuppressor } from './stored-suppressions.ts';

export interface MatchPorts {
  readonly state: StateStore;
  readonly objects: ObjectStore;
  readonly suppressions: SuppressionSource;
}

/** Expands what runs and what channels point at to platform digests, and matches their units by yesterday's and today's advisories. */
export function matchFleet(ports: MatchPorts): Worker<'match-fleet'> {
  return async (input) => {
    const { objects } = ports;
    const key = runKeys.work(input.runId, 'matched');
    await makeOnce(objects, 'matched', key, async () => {
      const past = await readPast(ports);
      const plan = await readNight(objects, 'plan', input.plan);
      const scopes = await readNight(objects, 'deployments', input.deployments);
      const base = await findBase(objects, past.run);
      const images = await findImages(objects, base, imageDigests(plan, scopes));
      const rows = [...past.rows.values()];
      const { targets, missing } = expandTargets(plan, scopes, images, rows);
      const { index, ...stored } = await keepIndex(objects, base, {
        images,
        ...digestsOf(targets),
      });
      const { runId } = input;
      const feeds = await readFeedStates(objects, input.feeds, { runId, run: past.run });
      const running = runningImages(targets, index);
      const silences = await readSuppressor(objects, past.run);
      const units = unitsIn(index, running);
      const fleet = {
        index,
        running: units,
        isHeard: hearing(targets, silences, index),
      };
      const judged = await matchTwice(objects, fleet, { runId, run: past.run, feeds });
      const { before, after } = judged;
      return {
        targets,
        missing,
        unmatched: findUnmatched(index, running, await knownEcosystems(objects, judged.feeds)),
        problems: matchProblems(index, { images: running, units }, { targets, run: past.run }),
        index: stored,
        findings: await keepFindings(objects, runId, { index: stored.key, units: after }),
        before: before && changesOf(before, after ?? []),
        feeds: judged.feeds,
        origins: await keepOrigins(ports, {
          runId,
          run: past.run,
          targets,
          feeds: judged.feeds,
          tried: new Set((plan.pastBuilds ?? []).map((each) => each.digest)),
        }),
        ...(await keepDecisions(ports, targets, judged)),
      };
    });
    return { matched: key };
  };
}

/** Named by what is in it, so that two attempts never mix. */
async function keepFindings(
  objects: ObjectStore,
  runId: string,
  findings: RunFindings,
): Promise<string> {
  const bytes = encodeObject(RUN_FORMATS.findings, findings);
  const key = runKeys.work(runId, `findings-${hexOf(digestOf(bytes))}`);
  await objects.put(key, bytes);
  return key;
}

/** Of the units that have other findings now: what they had. */
function changesOf(before: UnitFindings, after: UnitFindings): MatchedFleet['before'] {
  return changedUnits(before, after).map((unit) => [unit, before[unit] ?? []]);
}

/** What of the targets tonight's index holds. */
function digestsOf(targets: readonly MatchTarget[]): Pick<IndexedFleet, 'digests' | 'optional'> {
  const seen = new Set(targets.filter(({ stale }) => !stale).map(({ digest }) => digest));
  const digests = new Set(targets.map(({ digest }) => digest));
  return { digests, optional: new Set([...digests].filter((digest) => !seen.has(digest))) };
}

/** Whether a finding of a unit is heard of: one that is suppressed wherever it runs is not open. */
function hearing(
  targets: readonly MatchTarget[],
  silences: Suppressor,
  index: FleetIndex,
): (unit: number, finding: Finding) => boolean {
  if (silences.isIdle) return () => true;
  const workloads = targets.filter(({ kind }) => kind === 'workload');
  const byDigest = Map.groupBy(workloads, ({ digest }) => digest);
  const imagesWith = postingsOf(index);
  return (unit, finding) => {
    const subject = suppressibleOf(finding);
    return imagesWith(unit).some((image) =>
      (byDigest.get(index.digests[image] ?? '') ?? []).some(
        (target) => !silences.judge(subject, target),
      ),
    );
  };
}

/** The images of what runs: what a channel merely points at may speak of what it will. */
function runningImages(targets: readonly MatchTarget[], index: FleetIndex): readonly number[] {
  const workloads = targets.filter(({ kind }) => kind === 'workload');
  const placeOf = placesOf(index);
  const digests = new Set(workloads.map(({ digest }) => digest));
  return [...digests].flatMap((digest) => placeOf(digest) ?? []);
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

type Expanded = Pick<MatchedFleet, 'targets' | 'missing'>;

function expandTargets(
  plan: NightPlan,
  scopes: readonly NightScope[],
  images: Images,
  rows: readonly LineageRow[],
): Expanded {
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

function imageDigests(plan: NightPlan, scopes: readonly NightScope[]): Digest[] {
  const channels = plan.channels.flatMap(({ digest }) => digest ?? []);
  const deployed = scopes.flatMap(ranOrRuns).map(({ digest }) => digest);
  return [...new Set([...channels, ...deployed])];
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
  { scope, failure, deployments, unseen }: NightScope,
  images: Images,
  past: readonly LineageRow[],
): Expanded {
  const listed = deployments.map((each) => deploymentTarget(each, scope, images, past));
  const seen = new Set(listed.flatMap((each) => each.targets.map(({ lineage }) => lineage)));
  // A scope that was not seen whole has lost nothing: what it ran is assumed to run.
  const assumed = failure === null ? [] : past.filter((row) => !seen.has(row.lineage));
  return {
    targets: [
      ...assumed.map((row) => staleTarget(row, failure ?? '')),
      ...listed.flatMap((each) => each.targets),
    ],
    missing: [
      ...listed.flatMap((each) => each.missing),
      // What could not be read is no more readable for not being seen.
      ...unseen.filter((each) => !platformOf(each, images)),
    ].map(({ digest, lineage }) => ({ digest, lineage })),
  };
}

/** The nearest scope that was looked at: when the clusters could not be listed, what is below them was not seen. */
function scopeAbove(
  { kind, scope }: LineageRow,
  scopes: readonly NightScope[],
): string | undefined {
  if (kind !== 'workload') return undefined;
  return nearestScope(
    scope,
    scopes.map((each) => each.scope),
  );
}

function deploymentTarget(
  deployment: SeenDeployment,
  scope: string,
  images: Images,
  past: readonly LineageRow[],
): Expanded {
  const { reference, digest, lineage } = deployment;
  const found = platformOf(deployment, images);
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

/** The platform that runs of an image; a deployment may name a platform's manifest itself: then there is but one. */
function platformOf(
  { digest, platform }: SeenDeployment,
  images: Images,
): IndexedImage['platforms'][number] | undefined {
  const platforms = images.get(digest)?.platforms ?? [];
  const only = platforms.length === 1 ? platforms[0] : undefined;
  return platforms.find((each) => each.platform === platform) ?? only;
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
