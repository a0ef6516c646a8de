import type { AlertPolicy } from '../core/alert/policy.ts';
import { createStandingOf } from '../core/base/borne.ts';
import { createStandings } from '../core/base/standing.ts';
import {
  compareLineage,
  idsToWord,
  keepLineage,
  type LineageComparison,
  type LineageInput,
} from '../core/change/compare-lineage.ts';
import { comparePackages } from '../core/change/compare-packages.ts';
import { endFeeds } from '../core/change/feed-baseline.ts';
import { resolveThreads } from '../core/change/resolve-threads.ts';
import type { Suppressors } from '../core/change/suppressed-findings.ts';
import { type Telling, tellChanges } from '../core/change/tell-changes.ts';
import { driftId } from '../core/change/tell-drifts.ts';
import { tellNight } from '../core/change/tell-night.ts';
import { ENGINE } from '../core/engine.ts';
import type { LineageRow } from '../core/lineage/lineage.ts';
import { type Run, runKeys } from '../core/run/run.ts';
import { createSuppressor } from '../core/suppress/create-suppressor.ts';
import { tellEnds } from '../core/suppress/tell-ends.ts';
import { pastOf, presentOf, pushedMeanwhile, repeatedIn } from './compared-rows.ts';
import { disabledFeeds, unseenFeeds } from './feed-changes.ts';
import { foundRunning } from './found-running.ts';
import { supportOf } from './judge-support.ts';
import { type JudgedFleet, readMatchedFleet } from './judged-fleet.ts';
import { keepRun } from './keep-run.ts';
import type { MatchedFleet, NightPlan, ObservedTag } from './night-objects.ts';
import { readNight } from './night-objects.ts';
import type { NightWork, Worker } from './night-steps.ts';
import { findNewChecks, findRenewed, keepCaptures } from './older-captures.ts';
import type { ObjectStore, StateStore } from './ports.ts';
import type { QuietNights } from './quiet-line.ts';
import { readLikelihoods } from './read-details.ts';
import { type Past, readPast } from './read-past.ts';
import { RUN_FORMATS } from './read-run.ts';
import type { NightScope } from './remember-deployments.ts';
import { findObject } from './stored-objects.ts';
import { readOrigins } from './stored-origins.ts';
import { readSuppressions } from './stored-suppressions.ts';

export interface ComparePorts {
  readonly state: StateStore;
  readonly objects: ObjectStore;
  readonly policy: AlertPolicy;
  readonly quietNights: QuietNights;
}

type Input = NightWork['compare-lineages']['input'];

/** Compares every lineage with its past, decides what is told, and writes the night as a run that waits for its commit. */
export function compareLineages(ports: ComparePorts): Worker<'compare-lineages'> {
  return async (input) => {
    const key = runKeys.run(input.runId);
    const done = await findObject<Run>(ports.objects, RUN_FORMATS.run, key);
    const run = done ?? (await writeRun(ports, input, await readPast(ports)));
    const held = run.feeds.filter(({ state }) => state === 'held').length;
    const pending = [run.alerts, ...(run.quiet ? [run.quiet] : [])];
    return { run: key, base: run.base, pending, status: run.status, held };
  };
}

async function writeRun(ports: ComparePorts, input: Input, past: Past): Promise<Run> {
  const { objects } = ports;
  const { plan, matched, failures, drifts, tags, scopes } = await readInputs(objects, input);
  const { feeds } = matched;
  const newFeeds = unseenFeeds(feeds, past);
  const fleet = await readMatchedFleet(objects, matched);
  const { suppressors, endsFor } = await readDecisions(objects, input.runId, past, matched);
  const at = { before: past.run?.at ?? input.runId, after: input.runId };
  const comparing = { objects, newFeeds, suppressors, past, at, policy: ports.policy };
  const comparisons = await compareAll(plan, matched, fleet, comparing);
  const known = { isBaseline: past.run === undefined, ended: past.run?.ended ?? {} };
  const telling = await tellLineages(ports, past, comparisons, { matched, fleet });
  const supported = supportOf(matched, fleet, past, input.runId);
  const toldDrifts = new Set(past.run?.drifts);
  const night = tellNight({
    ...known,
    known: past.threads,
    drifts: drifts.filter((drift) => !toldDrifts.has(driftId(drift))),
    feeds,
    unmatched: matched.unmatched,
    ...problemsOf(matched, past),
    ...supported,
    newFeeds,
    failures,
    missing: matched.missing,
    ...askedOf(plan, scopes),
    tags,
    rows: telling.rows,
  });
  const resolved = resolveThreads({
    known: past.threads,
    rows: [...telling.rows, ...pushedMeanwhile(plan, past)],
    standing: night.standing,
    releases: supported.releases,
    comparisons,
    opened: [...telling.threads, ...night.threads],
    ended: endFeeds(known.ended, disabledFeeds(feeds, past)),
  });
  return keepRun(objects, input.runId, {
    quietNights: ports.quietNights,
    base: past.run?.runId ?? null,
    since: past.run?.since ?? input.runId,
    told: past.told,
    plan,
    matched,
    isJudged: fleet.isJudged,
    feeds,
    telling,
    comparisons,
    alerts: [...telling.alerts, ...night.alerts, ...endsFor(telling.rows), ...resolved.alerts],
    resolved,
    drifts: [...new Set([...toldDrifts, ...drifts.map(driftId)])].sort(),
    looked: lookedAt(tags, input.runId, past),
    unseen: fleet.isJudged ? night.unseen : [...night.unseen, NOTHING_JUDGED],
    failed: night.failed,
    found: past.run ? foundRunning(plan, scopes, failures, past) : [],
    captures: await keepCaptures(objects, input, matched, fleet),
    support: supported.support,
  });
}

/** Who was asked, and what of it is gone or was not answered. */
function askedOf(
  { gone, unasked, channels, registries = [] }: NightPlan,
  scopes: readonly NightScope[],
) {
  return { gone, unasked, channels, scopes: [...scopes, ...registries] };
}

async function tellLineages(
  { objects, policy }: ComparePorts,
  past: Past,
  comparisons: readonly LineageComparison[],
  { matched, fleet }: { readonly matched: MatchedFleet; readonly fleet: JudgedFleet },
): Promise<Telling> {
  const standings = createStandings(await readOrigins(objects, matched));
  return tellChanges({
    comparisons,
    policy,
    isBaseline: past.run === undefined,
    ended: past.run?.ended ?? {},
    threads: past.threads,
    knownRows: [...past.rows.values(), ...past.runRows],
    likelihoodOf: await readLikelihoods(objects, matched.feeds, idsToWord(comparisons)),
    standingOf: createStandingOf(standings, (digest) => fleet.find(digest)?.findings().after ?? []),
  });
}

/** What other code has found, or nobody has asked for, says nothing of what is new. */
function problemsOf({ problems = [] }: MatchedFleet, { run }: Past) {
  return { problems, problemsBefore: (run?.engine === ENGINE && run.problems) || null };
}

/** What somebody has decided, as of the last night and as of tonight. */
async function readDecisions(
  objects: ObjectStore,
  runId: string,
  { run }: Past,
  matched: MatchedFleet,
) {
  const before = await readSuppressions(objects, run);
  const after = await readSuppressions(objects, matched);
  return {
    suppressors: {
      before: createSuppressor(before, run?.at ?? ''),
      after: createSuppressor(after, runId),
    },
    endsFor: (rows: readonly LineageRow[]) =>
      tellEnds({ at: runId, set: after, before: run && { at: run.at, set: before }, rows }),
  };
}

/** What the steps before handed on. */
async function readInputs(objects: ObjectStore, input: Input) {
  const results = input.results.map((key) => readNight(objects, 'results', key));
  return {
    plan: await readNight(objects, 'plan', input.plan),
    matched: await readNight(objects, 'matched', input.matched),
    failures: (await Promise.all(results)).flatMap((each) => each.failures),
    drifts: await readNight(objects, 'drifts', input.drifts),
    tags: await readNight(objects, 'moves', input.moves),
    scopes: await readNight(objects, 'deployments', input.deployments),
  };
}

/** How tonight's lineages are to be compared. */
interface Comparing {
  readonly newFeeds: ReadonlySet<string>;
  readonly suppressors: Suppressors;
  readonly past: Past;
  /** When the last night and tonight judge. */
  readonly at: LineageInput['at'];
  readonly policy: AlertPolicy;
  readonly objects: ObjectStore;
}

async function compareAll(
  plan: NightPlan,
  matched: MatchedFleet,
  fleet: JudgedFleet,
  { objects, newFeeds, suppressors, past, at, policy }: Comparing,
): Promise<LineageComparison[]> {
  const isRenewed = await findRenewed(objects, past.run, fleet);
  const isPresent = presentOf(plan, matched);
  const goneFeeds = disabledFeeds(matched.feeds, past);
  const newChecksOf = await findNewChecks(objects, past.run, past.run?.checks);
  const previousOf = pastOf(past);
  const isRepeated = repeatedIn(past);
  // An entry may begin or end for what is not found otherwise.
  const isSilenced = !suppressors.before.isIdle || !suppressors.after.isIdle;
  const pushed = new Set(pushedMeanwhile(plan, past).map((row) => row.channel));
  return matched.targets
    .filter((target) => target.kind === 'workload' || !pushed.has(target.channel))
    .flatMap(({ stale, ...target }) => {
      const previous = previousOf(target);
      const image = fleet.find(target.digest);
      if (!image) return previous ? [keepLineage(previous, stale ?? 'not read', suppressors)] : [];
      const renewed = isRenewed(target.digest);
      const input = {
        target,
        facts: image.facts,
        previous,
        at,
        imageMegabytes: policy.imageMegabytes,
        newEngine: (past.run !== undefined && past.run.engine !== ENGINE) || renewed,
        newChecks: newChecksOf(previous),
        newFeeds,
        goneFeeds,
        stale,
        isPresent: isPresent(target),
        suppressors,
      };
      return fleet.changed !== null &&
        !isSilenced &&
        !renewed &&
        stale === null &&
        isRepeated(target, previous)
        ? [comparePackages({ ...input, ...image.changes(), previous }, fleet.changed)]
        : [compareLineage({ ...input, ...image.findings() })];
    });
}

/** When each of the tags was last looked at: tonight, or by the last night that could. */
function lookedAt(tags: readonly ObservedTag[], runId: string, { run }: Past): Run['looked'] {
  return Object.fromEntries(
    tags.flatMap(({ image, failure }) => {
      const at = failure === null ? runId : run?.looked[image];
      return at ? [[image, at]] : [];
    }),
  );
}

/** Without a single snapshot no finding can be there, and none can be missing. */
const NOTHING_JUDGED = 'advisories: no feed was ever read, nothing was matched';
