import type { Alert, Thread } from '../alert/alert.ts';
import { type AlertText, counted } from '../alert/compose-alert.ts';
import type { Drift } from '../drift/find-drifts.ts';
import type { Digest } from '../image/digest.ts';
import { parseReference } from '../image/reference.ts';
import type { LineageRow } from '../lineage/lineage.ts';
import type { Unmatched } from '../match/find-unmatched.ts';
import { hashOf } from '../object/json-object.ts';
import type { FeedState, Run } from '../run/run.ts';
import { describeBaseline, describeNewFeed } from './describe-baseline.ts';
import { episodeId, tell } from './matter.ts';
import { describeDrift, driftMatter } from './tell-drifts.ts';

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
  readonly failures: readonly {
    readonly reference: string;
    readonly digest: Digest;
    readonly error: string;
    readonly reason: string;
  }[];
  /** Images that run, or that a channel points at, without an inventory. */
  readonly missing: readonly { readonly digest: Digest; readonly lineage: string }[];
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
    ...blindScopes(input),
    ...blindRegistries(input),
  ];
  const known = new Map(input.known.map((thread) => [thread.matter, thread.threadId]));
  const alerts = new Map<string, Alert>();
  const threads: Thread[] = [];
  const standing = new Set(hiddenBehind(input));
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
    text: describeBaseline(input.rows, input.feeds, input.unmatched),
    lasts: false,
  };
}

function newFeedBaselines({ newFeeds, rows }: NightInput): Plain[] {
  return [...newFeeds].sort().map((name) => ({
    what: ['feed-baseline', name],
    text: describeNewFeed(name, rows),
    lasts: false,
  }));
}

function drifts({ drifts: moved, rows }: NightInput): Plain[] {
  return moved.map((drift) => ({
    what: driftMatter(drift),
    text: describeDrift(drift, rows),
    lasts: false,
  }));
}

function heldFeeds({ feeds, rows }: NightInput): Plain[] {
  return feeds.flatMap(({ name, state, snapshot, failure }) => {
    if (state !== 'held') return [];
    const kept = snapshot ? 'Findings are judged by its last snapshot' : 'Nothing is judged by it';
    return {
      what: ['feed', name, snapshot],
      lasts: true,
      text: {
        kind: 'feed',
        severity: 'none',
        cause: 'feed',
        title: `Feed ${name} is held: ${failure}`,
        remedy: 'See whether the feed answers; it is read again every night.',
        subject: name,
        lineages: [],
        details: [`${kept}; ${counted(rows.length, 'lineage')} concerned`],
      },
    };
  });
}

function unreadImages({ failures, missing }: NightInput): Plain[] {
  const lineages = Map.groupBy(missing, ({ digest }) => digest);
  const known = new Map(failures.map((failure) => [failure.digest, failure]));
  return [...lineages].map(([digest, concerned]) => {
    const { reference, error, reason } = known.get(digest) ?? {
      reference: digest,
      error: 'PlatformMissing',
      reason: NO_PLATFORM,
    };
    return {
      what: ['problem', 'image', digest],
      lasts: true,
      text: {
        kind: 'problem',
        severity: 'none',
        cause: 'inventory',
        title: `Could not read ${reference}: ${error}`,
        remedy:
          'Until it can be read it counts as unknown, not as clean: see why, or push it again.',
        subject: reference,
        lineages: concerned.map(({ lineage }) => lineage),
        details: [reference === digest ? digest : `${reference}@${digest}`, reason],
      },
    };
  });
}

const NO_PLATFORM = 'no platform of it is the one that runs';

function blindScopes({ scopes }: NightInput): Plain[] {
  return scopes.flatMap(({ scope, failure }) =>
    failure === null ? [] : [blindness(['problem', 'scope', scope], scope, failure)],
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
function blindRegistries({ channels, tags }: NightInput): Plain[] {
  const asked = [...channels, ...tags.map(({ image, failure }) => ({ reference: image, failure }))];
  const failures = new Map<string, string>();
  for (const { reference, failure } of asked) {
    if (failure !== null) failures.set(parseReference(reference).registry, failure);
  }
  return [...failures].map(([registry, failure]) =>
    blindness(['problem', 'registry', registry], registry, failure),
  );
}

function blindness(what: readonly unknown[], subject: string, failure: string): Plain {
  return {
    what,
    lasts: true,
    text: {
      kind: 'problem',
      severity: 'none',
      cause: 'inventory',
      title: `Could not see ${subject}`,
      remedy:
        'What was there is assumed to be there still; nothing of it is resolved until it is seen.',
      subject,
      lineages: [],
      details: [failure],
    },
  };
}

function unseenOf({ scopes, channels, tags }: NightInput): string[] {
  const asked = [
    ...scopes.map(({ scope, failure }) => ({ what: scope, failure })),
    ...channels.map(({ reference, failure }) => ({ what: reference, failure })),
    ...tags.map(({ image, failure }) => ({ what: image, failure })),
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
