import type { Thread } from '../../core/alert/alert.ts';
import { DEFAULT_POLICY } from '../../core/alert/policy.ts';
import {
  compareLineage,
  type LineageComparison,
  type LineageInput,
} from '../../core/change/compare-lineage.ts';
import { barePurl } from '../../core/change/items.ts';
import type { TellInput } from '../../core/change/tell-changes.ts';
import type { NightInput } from '../../core/change/tell-night.ts';
import { type Digest, digestOf } from '../../core/image/digest.ts';
import type { Item, LineageRow, LineageTarget, OpenItem } from '../../core/lineage/lineage.ts';
import type { Finding } from '../../core/match/finding.ts';
import type { FeedState, Run } from '../../core/run/run.ts';

// What the comparison of lineages is tested with; a test states only the fields it is about.

export const CHANNEL = '123456789012.dkr.ecr.eu-west-1.amazonaws.com/web|';
const REFERENCE = '123456789012.dkr.ecr.eu-west-1.amazonaws.com/web:v1.0.0';

/** The digest of a name: `of('new')` is the same everywhere. */
export function of(name: string): Digest {
  return digestOf(name);
}

export function aFinding(overrides: Partial<Finding> = {}): Finding {
  const id = overrides.id ?? 'CVE-2026-0001';
  return {
    id,
    aliases: [],
    package: 'pkg:apk/wolfi/openssl@3.5.0-r0?arch=x86_64&distro=wolfi',
    version: '3.5.0-r0',
    severity: 'high',
    fixedIn: '3.5.1-r0',
    feeds: ['wolfi'],
    records: [{ id: `CGA-${id}`, hash: 'h1' }],
    ...overrides,
  };
}

/** The item that a finding is on a lineage. */
export function anItem(overrides: Partial<OpenItem> & { finding?: Partial<Finding> } = {}) {
  const { finding: about, ...rest } = overrides;
  const finding = aFinding(about);
  const purl = barePurl(finding.package);
  const item: OpenItem = {
    key: `finding|${finding.id}|${purl}`,
    title: `${finding.id} in openssl ${finding.version}`,
    severity: finding.severity,
    fixedIn: finding.fixedIn,
    ids: [finding.id, ...finding.aliases],
    records: finding.records,
    feeds: finding.feeds,
    origin: 'baseline',
    ...rest,
  };
  return item;
}

export function aCheckItem(id: string, overrides: Partial<OpenItem> = {}): OpenItem {
  const item: Item = {
    key: `check|${id}`,
    title: `Fails ${id}.`,
    severity: 'medium',
    fixedIn: null,
    ids: [],
    records: [],
    feeds: [],
  };
  return { ...item, origin: 'baseline', ...overrides };
}

/** A repository's lineage, of the present image. */
export function aTarget(overrides: Partial<LineageTarget> = {}): LineageTarget {
  const channel = overrides.channel ?? CHANNEL;
  const platform = overrides.platform ?? 'linux/amd64';
  return {
    lineage: `${channel}|${platform}`,
    kind: 'repository',
    scope: '',
    channel,
    reference: REFERENCE,
    imageDigest: of('new index'),
    digest: of('new'),
    platform,
    ...overrides,
  };
}

/** A workload's lineage, of the present image. */
export function aWorkload(overrides: Partial<LineageTarget> = {}): LineageTarget {
  const lineage = 'ecs/prod/web|app|linux/amd64';
  return aTarget({ lineage, kind: 'workload', scope: 'ecs/prod', ...overrides });
}

/** A row with the image before the present one. */
export function aRow(overrides: Partial<LineageRow> = {}): LineageRow {
  const target = overrides.kind === 'workload' ? aWorkload() : aTarget();
  return {
    ...target,
    imageDigest: of('old index'),
    digest: of('old'),
    runtimes: [],
    moves: [],
    items: [],
    assessed: true,
    stale: null,
    ...overrides,
  };
}

const [NIGHT_BEFORE, NIGHT] = ['2026-03-08T02:00:00Z', '2026-03-09T02:00:00Z'];

export function aLineageInput(overrides: Partial<LineageInput> = {}): LineageInput {
  return {
    target: aTarget(),
    facts: { checks: [], runtimes: [], supported: [] },
    at: { before: NIGHT_BEFORE, after: NIGHT },
    before: [],
    after: [],
    previous: aRow(),
    newEngine: false,
    newFeeds: new Set(),
    goneFeeds: new Set(),
    stale: null,
    isPresent: true,
    ...overrides,
  };
}

/** How a lineage changed, by the comparison itself. */
export function aComparison(overrides: Partial<LineageInput> = {}): LineageComparison {
  return compareLineage(aLineageInput(overrides));
}

export function aTellInput(overrides: Partial<TellInput> = {}): TellInput {
  return {
    comparisons: [],
    policy: DEFAULT_POLICY,
    isBaseline: false,
    ended: {},
    threads: [],
    knownRows: [],
    ...overrides,
  };
}

export function aThread(overrides: Partial<Thread> = {}): Thread {
  return {
    threadId: 'thread-1',
    matter: 'thread-1',
    kind: 'regression',
    severity: 'high',
    title: 'web got worse',
    subject: REFERENCE,
    ...overrides,
  };
}

export function aFeedState(overrides: Partial<FeedState> = {}): FeedState {
  return {
    name: 'wolfi',
    snapshot: 's1',
    key: 'snapshots/wolfi/s1.index',
    records: 10,
    newest: '2026-11-20T12:00:00.000Z',
    validator: null,
    state: 'fresh',
    failure: null,
    problems: [],
    ...overrides,
  };
}

export function aNightInput(overrides: Partial<NightInput> = {}): NightInput {
  return {
    isBaseline: false,
    ended: {},
    unmatched: [],
    problems: [],
    problemsBefore: [],
    support: [],
    isSupportPartial: false,
    before: NIGHT_BEFORE,
    known: [],
    rows: [],
    drifts: [],
    feeds: [aFeedState()],
    newFeeds: new Set(),
    failures: [],
    missing: [],
    gone: [],
    unasked: [],
    scopes: [],
    channels: [],
    tags: [],
    ...overrides,
  };
}

export function aRun(overrides: Partial<Run> = {}): Run {
  const runId = overrides.runId ?? '2026-11-21T02:00:00.000Z';
  return {
    runId,
    at: runId,
    status: 'complete',
    expected: 0,
    scanned: 0,
    failed: [],
    unseen: [],
    found: [],
    feeds: [aFeedState()],
    unmatched: [],
    changes: {},
    threads: [],
    ended: {},
    drifts: [],
    looked: {},
    heads: {},
    base: null,
    since: runId,
    rows: [],
    alerts: `runs/${runId}/alerts.json`,
    told: `runs/${runId}/told.json`,
    quiet: null,
    engine: 'e1',
    findings: `runs/${runId}/work/findings.json`,
    ...overrides,
  };
}
