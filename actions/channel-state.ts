import type { AlertPolicy } from '../core/alert/policy.ts';
import { createStandingOf, type StandingOf } from '../core/base/borne.ts';
import { createBaseFinder } from '../core/base/find-base-of.ts';
import { createStandingReader } from '../core/base/standing.ts';
import {
  compareLineage,
  idsToWord,
  type LineageComparison,
} from '../core/change/compare-lineage.ts';
import { factsOf } from '../core/change/items.ts';
import { type Telling, tellChanges } from '../core/change/tell-changes.ts';
import { KNOWN_CHECKS } from '../core/check/known-checks.ts';
import type { Inventory } from '../core/inventory/inventory.ts';
import type { Head, HeadState, LineageRow, LineageTarget } from '../core/lineage/lineage.ts';
import type { Finding } from '../core/match/finding.ts';
import { hashOf } from '../core/object/json-object.ts';
import { isBlind, type Run, runKeys } from '../core/run/run.ts';
import { matchInventories } from './match-inventories.ts';
import { findNewChecks } from './older-captures.ts';
import type { ObjectStore, StateStore, StoredHead } from './ports.ts';
import { readLikelihoods } from './read-details.ts';
import { currentThreads } from './read-past.ts';
import {
  isAhead,
  RUN_FORMATS,
  readChannelRows,
  readCurrentRun,
  readHeadState,
} from './read-run.ts';
import { readObject, writeObject } from './stored-objects.ts';
import { readOrigins } from './stored-origins.ts';
import { readSuppressor } from './stored-suppressions.ts';
import { readIndexedVex } from './stored-vex.ts';

export interface ChannelPorts {
  readonly state: StateStore;
  readonly objects: ObjectStore;
  readonly policy: AlertPolicy;
}

/** Somebody else kept writing the head; whoever asked asks again. */
export class HeadContendedError extends Error {
  override readonly name = 'HeadContendedError';

  constructor(channel: string) {
    super(`head of ${JSON.stringify(channel)} kept changing`);
  }
}

/** What a channel is: the run's rows, or the head's where a push came after the run. */
export interface ChannelState {
  readonly channel: string;
  readonly run: Run | undefined;
  readonly head: StoredHead | undefined;
  /** Whether the head, not the run, is the channel's state. */
  readonly isAhead: boolean;
  readonly rows: readonly LineageRow[];
  /** Threads that pushes opened since the run. */
  readonly threads: HeadState['threads'];
  /** What pushes told since the run. */
  readonly told: HeadState['told'];
  /** The run whose advisories the rows were matched with. */
  readonly matchedBy: string | null;
  /** The checks that the rows were made with; `undefined` where nobody noted them. */
  readonly checks: readonly string[] | undefined;
}

/** Reads what a channel is now. */
export async function readChannel(ports: ChannelPorts, channel: string): Promise<ChannelState> {
  const head = await ports.state.head(channel);
  const run = await readCurrentRun(ports);
  if (head && isAhead(head, run)) {
    const past = await readHeadState(ports.objects, head);
    const { rows, run: matchedBy, told, checks } = past;
    const threads = currentThreads(past.threads, run);
    return { channel, run, head, isAhead: true, rows, threads, told, matchedBy, checks };
  }
  const rows = run ? await readChannelRows(ports.objects, run, channel) : [];
  const matchedBy = run?.runId ?? null;
  const checks = run?.checks;
  return { channel, run, head, isAhead: false, rows, threads: [], told: [], matchedBy, checks };
}

/** Compares targets with a channel's rows: first by the advisories of the rows, then by the current run's. */
export async function compareWithChannel(
  ports: ChannelPorts,
  past: ChannelState,
  targets: readonly LineageTarget[],
  inventories: readonly Inventory[],
  pushedAt: string,
): Promise<Telling> {
  const { objects } = ports;
  const { run } = past;
  const after = run && (await match(objects, run, inventories));
  const isBehind = past.matchedBy !== (run?.runId ?? null);
  const judgedBy = isBehind ? await findRun(objects, past.matchedBy) : run;
  const before = isBehind ? judgedBy && (await match(objects, judgedBy, inventories)) : after;
  // As the runs judged: what ends today, or was decided today, is the next night's to tell.
  const carried = () => readIndexedVex(objects, targets);
  const suppressors = {
    before: await readSuppressor(objects, judgedBy, carried),
    after: await readSuppressor(objects, run, carried),
  };
  const newChecksOf = await findNewChecks(objects, run, past.checks);
  const comparisons = inventories.flatMap((inventory): LineageComparison[] => {
    const target = targets.find((each) => each.digest === inventory.digest);
    if (!target) return [];
    const previous = past.rows.find((row) => row.lineage === target.lineage);
    return [
      compareLineage({
        target,
        facts: factsOf(inventory),
        before: before?.get(inventory.digest) ?? null,
        after: after?.get(inventory.digest) ?? null,
        previous,
        // As the runs judged: a day that has begun since is the next night's to tell.
        imageMegabytes: ports.policy.imageMegabytes,
        at: { before: (judgedBy ?? run)?.at ?? pushedAt, after: run?.at ?? pushedAt },
        newEngine: false,
        newChecks: newChecksOf(previous),
        newFeeds: new Set(),
        goneFeeds: new Set(),
        stale: null,
        isPresent: true,
        suppressors,
      }),
    ];
  });
  return tellChanges({
    comparisons,
    policy: ports.policy,
    isBaseline: isBaseline(past, pushedAt),
    ended: run?.ended ?? {},
    threads: [...(run?.threads ?? []), ...past.threads],
    knownRows: [],
    likelihoodOf: await readLikelihoods(ports.objects, run?.feeds ?? [], idsToWord(comparisons)),
    ...(idsToWord(comparisons).length > 0 && {
      standingOf: await readStandings(objects, run, inventories, after),
    }),
  });
}

/** How the bases of what was pushed stand, as far as the last night knows them. */
async function readStandings(
  objects: ObjectStore,
  run: Run | undefined,
  inventories: readonly Inventory[],
  findings: Matched | undefined,
): Promise<StandingOf> {
  const origins = await readOrigins(objects, run);
  const standingOn = createStandingReader(origins);
  const standings = inventories.flatMap((inventory) => {
    const { digest, platform } = inventory;
    const base = createBaseFinder(origins.tags, platform)(inventory);
    return base ? [[digest, standingOn(base, platform)] as const] : [];
  });
  const byDigest = new Map(standings);
  return createStandingOf(
    (digest) => byDigest.get(digest),
    (digest) => findings?.get(digest) ?? [],
  );
}

/** A push from before the first night is part of the baseline, however late its event comes. */
function isBaseline({ run, rows }: ChannelState, pushedAt: string): boolean {
  return run === undefined || (rows.length === 0 && pushedAt <= run.since);
}

type Matched = ReadonlyMap<string, readonly Finding[]>;

async function findRun(objects: ObjectStore, runId: string | null): Promise<Run | undefined> {
  if (runId === null) return undefined;
  return readObject<Run>(objects, RUN_FORMATS.run, runKeys.run(runId));
}

async function match(
  objects: ObjectStore,
  run: Run,
  inventories: readonly Inventory[],
): Promise<Matched | undefined> {
  return isBlind(run.feeds) ? undefined : matchInventories(objects, run.feeds, inventories, run.at);
}

/** Writes a channel's next head with what is to be told, in one conditional write; `false` when somebody was faster. */
export async function commitChannel(
  { state, objects }: ChannelPorts,
  past: ChannelState,
  telling: Telling,
  next: Pick<Head, 'reference' | 'imageDigest' | 'pushedAt' | 'version'>,
): Promise<boolean> {
  const { channel, head, run } = past;
  const written: HeadState = {
    rows: telling.rows,
    threads: [...past.threads, ...telling.threads],
    told: [...past.told, ...telling.alerts],
    run: run?.runId ?? null,
    checks: KNOWN_CHECKS,
  };
  const key = `heads/${hashOf([channel, written])}.json`;
  return state.commitHead({
    channel,
    ...next,
    revision: (head?.revision ?? 0) + 1,
    state: await writeObject(objects, RUN_FORMATS.headState, key, written),
    pending: [...(head?.pending ?? []), ...telling.alerts],
  });
}
