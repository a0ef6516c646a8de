import type { Alert, Thread } from '../alert/alert.ts';
import { type AlertText, counted } from '../alert/compose-alert.ts';
import type { FleetSupport } from '../check/support/fleet-support.ts';
import type { Drift } from '../drift/find-drifts.ts';
import type { Digest } from '../image/digest.ts';
import { parseReference } from '../image/reference.ts';
import type { LineageRow } from '../lineage/lineage.ts';
import type { Unmatched } from '../match/find-unmatched.ts';
import type { MatchProblem } from '../match/fleet-problems.ts';
import { hashOf } from '../object/json-object.ts';
import type { FeedState, Run } from '../run/run.ts';
import { describeBaseline } from './describe-baseline.ts';
import { closingsText, holdRemedy } from './describe-hold.ts';
import { newFeedBaselines } from './feed-baseline.ts';
import { hiddenImages } from './hidden-images.ts';
import { episodeId, tell } from './matter.ts';
import { describeDrift, driftMatter } from './tell-drifts.ts';
import {
  describeGone,
  describeUnread,
  type GoneImage,
  goneMatter,
  unreadMatter,
} from './tell-images.ts';
import { matchGaps } from './tell-problems.ts';
import { tellSupport } from './tell-support.ts';
import { describeUnseen } from './tell-unseen.ts';

/** What a night met besides the changes of its lineages. */
export interface NightInput {
  readonly isBaseline: boolean;
  readonly ended: Readonly<Record<string, number>>;
  /** Threads that are open already: they are not told again. */
  readonly known: readonly Thread[];
  readonly rows: readonly LineageRow[];
  /** Those that no night has told. */
  readonly drifts: readonly Drift[];
  readonly feeds: readonly FeedState[];
  /** Feeds that were read for the first time: what they say was there already. */
  readonly newFeeds: ReadonlySet<string>;
  /** What runs and no feed speaks of. */
  readonly unmatched: readonly Unmatched[];
  /** What runs and cannot be matched as it should. */
  readonly problems: readonly MatchProblem[];
  /** Those of the last night; `null` where these say nothing of what is new. */
  readonly problemsBefore: readonly MatchProblem[] | null;
  /** What runs and is out of support, soon will be, or of which nobody knows. */
  readonly support: readonly FleetSupport[];
  /** Whether something that runs could not be asked what it is built on. */
  readonly isSupportPartial: boolean;
  /** When the last night judged; `null` before the first. */
  readonly before: string | null;
  readonly failures: readonly {
    readonly reference: string;
    readonly digest: Digest;
    readonly error: string;
    readonly reason: string;
  }[];
  /** Images that run, or that a channel points at, without an inventory. */
  readonly missing: readonly { readonly digest: Digest; readonly lineage: string }[];
  /** What runs, is known, and is not in its registry any more. */
  readonly gone: readonly GoneImage[];
  /** What runs and is known, and could not be asked for. */
  readonly unasked: readonly {
    readonly reference: string;
    readonly digest: Digest;
    readonly failure: string;
  }[];
  readonly scopes: readonly { readonly scope: string; readonly failure: string | null }[];
  readonly channels: readonly { readonly reference: string; readonly failure: string | null }[];
  readonly tags: readonly { readonly image: string; readonly failure: string | null }[];
}

/** What is told of it. */
export interface NightTelling {
  readonly alerts: readonly Alert[];
  readonly threads: readonly Thread[];
  /** Threads that are still true tonight, told or known. */
  readonly standing: ReadonlySet<string>;
  readonly unseen: readonly string[];
  readonly failed: Run['failed'];
}

/** Something to tell that is no lineage's change. */
interface Plain {
  /** What it is, for its hash. */
  readonly what: readonly unknown[];
  readonly text: AlertText;
  /** Whether it lasts until it is over; else it is told and done. */
  readonly lasts: boolean;
}

/** Tells the first night's summary, drift, feeds that are held, and what could not be seen. */
export function tellNight(input: NightInput): NightTelling {
  const matters = [
    ...(input.isBaseline ? [baseline(input)] : newFeedBaselines(input)),
    ...drifts(input),
    ...heldFeeds(input),
    ...unreadImages(input),
    ...goneImages(input),
    ...matchGaps(input),
    ...blindScopes(input),
    ...blindRegistries(input),
  ];
  const known = new Map(input.known.map((thread) => [thread.matter, thread.threadId]));
  const support = tellSupport({ ...input, isPartial: input.isSupportPartial });
  const alerts = new Map(support.alerts.map((alert) => [alert.alertId, alert]));
  const threads: Thread[] = [...support.threads];
  const standing = new Set([
    ...support.standing,
    ...hiddenBehind(input),
    ...unasked(input),
    ...stillHeld(input),
    ...hiddenImages(input),
  ]);
  for (const { what, text, lasts } of matters) {
    const matter = hashOf(what);
    const open = known.get(matter);
    if (lasts) standing.add(open ?? episodeId(matter, input.ended));
    if (open) continue;
    const told = tell(matter, input.ended, text);
    alerts.set(told.alert.alertId, told.alert);
    if (lasts) threads.push(told.thread);
  }
  return {
    alerts: [...alerts.values()],
    threads,
    standing,
    unseen: unseenOf(input),
    failed: failedOf(input),
  };
}

function baseline(input: NightInput): Plain {
  const feeds = input.feeds.map(({ name }) => name);
  return {
    what: ['baseline', feeds],
    text: describeBaseline(input),
    lasts: false,
  };
}

function drifts({ drifts: moved, rows }: NightInput): Plain[] {
  return moved.map((drift) => ({
    what: driftMatter(drift),
    text: describeDrift(drift, rows),
    lasts: false,
  }));
}

function heldFeeds({ feeds, rows }: NightInput): Plain[] {
  return feeds.flatMap((feed) => {
    const { name, state, snapshot, failure } = feed;
    if (state !== 'held') return [];
    const kept = snapshot ? 'Findings are judged by its last snapshot' : 'Nothing is judged by it';
    return {
      what: holdMatter(feed, feed.hold?.reason === 'loss'),
      lasts: true,
      text: {
        kind: 'feed',
        severity: 'none',
        cause: 'feed',
        title: `Feed ${name} is held: ${failure}`,
        remedy: holdRemedy(feed),
        subject: name,
        lineages: [],
        details: [
          `${kept}; ${counted(rows.length, 'lineage')} concerned`,
          ...closingsText(feed.hold?.closings),
        ],
      },
    };
  });
}

/** What has lost too much waits for a person, so it is told though the feed was held for another reason before. */
function holdMatter({ name, snapshot }: FeedState, isLoss: boolean): readonly unknown[] {
  return isLoss ? ['feed', name, snapshot, 'loss'] : ['feed', name, snapshot];
}

/** A feed that is held for one reason tonight and for another tomorrow is not over. */
function stillHeld({ feeds, known }: NightInput): string[] {
  const held = feeds.filter(({ state }) => state === 'held');
  const matters = held.flatMap((feed) =>
    [true, false].map((each) => hashOf(holdMatter(feed, each))),
  );
  return known.filter(({ matter }) => matters.includes(matter)).map(({ threadId }) => threadId);
}

function unreadImages({ failures, missing }: NightInput): Plain[] {
  const lineages = Map.groupBy(missing, ({ digest }) => digest);
  const known = new Map(failures.map((failure) => [failure.digest, failure]));
  return [...lineages].map(([digest, concerned]) => {
    const failure = known.get(digest) ?? {
      reference: digest,
      digest,
      error: 'PlatformMissing',
      reason: NO_PLATFORM,
    };
    const image = { ...failure, lineages: concerned.map(({ lineage }) => lineage) };
    return { what: unreadMatter(image), text: describeUnread(image), lasts: true };
  });
}

function goneImages({ gone }: NightInput): Plain[] {
  return gone.map((image) => ({
    what: goneMatter(image),
    text: describeGone(image),
    lasts: true,
  }));
}

/** Matters of images that nobody could ask for tonight: if they were gone, they are still told to be. */
function unasked({ unasked: images, known }: NightInput): string[] {
  const matters = new Set(images.map((image) => hashOf(goneMatter(image))));
  return known.flatMap(({ matter, threadId }) => (matters.has(matter) ? [threadId] : []));
}

const NO_PLATFORM = 'no platform of it is the one that runs';

function blindScopes({ scopes }: NightInput): Plain[] {
  return scopes.flatMap(({ scope, failure }) =>
    failure === null
      ? []
      : [
          {
            what: ['problem', 'scope', scope],
            text: describeUnseen(scope, [failure]),
            lasts: true,
          },
        ],
  );
}

/** Open threads of scopes below one that could not be seen: nobody looked whether they are over. */
function hiddenBehind({ scopes, known }: NightInput): string[] {
  const blind = scopes.filter(({ failure }) => failure !== null);
  return known
    .filter(({ kind, subject }) => {
      return kind === 'problem' && blind.some(({ scope }) => subject.startsWith(`${scope}/`));
    })
    .map(({ threadId }) => threadId);
}

/** One message a registry, however many of its tags could not be asked. */
function blindRegistries(input: NightInput): Plain[] {
  const failed = askedImages(input).filter(({ failure }) => failure !== null);
  const registryOf = ({ reference }: { readonly reference: string }) =>
    parseReference(reference).registry;
  const workloads = Map.groupBy(
    input.rows.filter(({ kind }) => kind === 'workload'),
    registryOf,
  );
  return [...Map.groupBy(failed, registryOf)].map(([registry, images]) => ({
    what: ['problem', 'registry', registry],
    text: {
      ...describeUnseen(
        registry,
        images.map(({ failure }) => failure ?? ''),
      ),
      lineages: (workloads.get(registry) ?? []).map(({ lineage }) => lineage),
      details: images.map(({ reference, failure }) => `${reference}: ${failure}`),
    },
    lasts: true,
  }));
}

/** What registries were asked about. */
function askedImages({ channels, tags, unasked }: NightInput) {
  return [
    ...channels,
    ...tags.map(({ image, failure }) => ({ reference: image, failure })),
    ...unasked.map(({ reference, digest, failure }) => ({
      reference: `${reference}@${digest}`,
      failure,
    })),
  ];
}

function unseenOf(input: NightInput): string[] {
  const asked = [
    ...input.scopes.map(({ scope, failure }) => ({ what: scope, failure })),
    ...askedImages(input).map(({ reference, failure }) => ({ what: reference, failure })),
  ];
  return asked
    .flatMap(({ what, failure }) => (failure === null ? [] : [`${what}: ${failure}`]))
    .sort();
}

function failedOf({ failures, missing }: NightInput): Run['failed'] {
  const reasons = new Map(
    failures.map(({ digest, error, reason }) => [digest, `${error}: ${reason}`]),
  );
  for (const { digest } of missing) {
    if (!reasons.has(digest)) reasons.set(digest, NO_PLATFORM);
  }
  return [...reasons]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([digest, reason]) => ({ digest, reason }));
}
