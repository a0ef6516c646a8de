import { SEVERITIES, type Severity, worst } from '../advisory/severity.ts';
import { type AlertText, counted } from '../alert/compose-alert.ts';
import { describeSupported, type FleetSupport } from '../check/support/fleet-support.ts';
import type { LineageRow, OpenItem } from '../lineage/lineage.ts';
import { describeUnmatched, type Unmatched } from '../match/find-unmatched.ts';
import { describeProblem, isGap, type MatchProblem } from '../match/fleet-problems.ts';
import { type FeedState, isBlind } from '../run/run.ts';
import { findingOfKey, isAdvice } from './items.ts';

/** How each first message ends. */
const FROM_NOW_ON = 'from now on only changes are told.';

const REMEDY = `Work down the findings in the report of the night; ${FROM_NOW_ON}`;

const NOTHING_TO_DO = `Nothing to work down; ${FROM_NOW_ON}`;

/** What the first night met. */
interface FirstNight {
  readonly rows: readonly LineageRow[];
  readonly feeds: readonly FeedState[];
  /** What runs and no feed speaks of. */
  readonly unmatched: readonly Unmatched[];
  /** What runs and cannot be matched as it should. */
  readonly problems: readonly MatchProblem[];
  /** What runs and is out of support, or soon will be. */
  readonly support: readonly FleetSupport[];
}

/** Words the one message of the first night: what is there is known from now on, and not told again. */
export function describeBaseline(night: FirstNight): AlertText {
  const { rows, feeds, unmatched, problems, support } = night;
  const workloads = rows.filter((row) => row.kind === 'workload');
  const items = new Map(
    workloads.flatMap((row) =>
      row.items
        .filter((item) => !isAdvice(item))
        .map((item) => [`${row.digest} ${item.key}`, item]),
    ),
  );
  const findings = [...items.values()].filter((item) => findingOfKey(item.key));
  const checks = items.size - findings.length;
  const suppressed = suppressedIn(workloads);
  const open = {
    findings: findings.length,
    checks,
    suppressed,
    isKnown: !isBlind(feeds) && unmatched.length === 0 && !problems.some(isGap),
  };
  const found = `${counted(findings.length, 'finding')}, ${counted(checks, 'failed check')}`;
  const silenced = suppressed > 0 ? `, ${suppressed} suppressed` : '';
  return {
    kind: 'baseline',
    severity: worstOf([...items.values()]) ?? 'none',
    cause: 'deployment',
    title: `Watching ${counted(workloads.length, 'workload')} from now on: ${found} open${silenced}`,
    remedy: remedyOf(open),
    subject: 'baseline',
    lineages: workloads.map((row) => row.lineage),
    details: [
      ...bySeverity(findings),
      ...feeds.map(
        ({ name, records, state }) => `feed ${name}: ${counted(records, 'record')}, ${state}`,
      ),
      ...support
        .filter(({ state }) => state !== 'unknown')
        .map((each) => `support: ${describeSupported(each)}`),
      ...(isBlind(feeds)
        ? ['nothing is matched: no feed was ever read']
        : [
            ...unmatched.map((each) => `not matched: ${describeUnmatched(each)}`),
            ...problems.filter(isGap).map((each) => `not sure: ${describeProblem(each)}`),
          ]),
    ],
  };
}

/** What is there on the first night. */
interface Open {
  readonly findings: number;
  readonly checks: number;
  readonly suppressed: number;
  /** Whether all that runs could be matched: else nothing found means nothing. */
  readonly isKnown: boolean;
}

function remedyOf({ findings, checks, suppressed, isKnown }: Open): string {
  if (findings > 0) return REMEDY;
  if (checks > 0) {
    return `Work down the failed checks in the report of the night; ${FROM_NOW_ON}`;
  }
  if (!isKnown) {
    return `See in the report of the night what could not be matched: it is unknown, not clean; ${FROM_NOW_ON}`;
  }
  if (suppressed > 0) {
    return `Nothing is open, since all that was found is suppressed: the report of the night says by whom, why and until when; ${FROM_NOW_ON}`;
  }
  return NOTHING_TO_DO;
}

function suppressedIn(rows: readonly LineageRow[]): number {
  const keys = rows.flatMap(({ digest, suppressed = [] }) =>
    suppressed.map(({ key }) => `${digest} ${key}`),
  );
  return new Set(keys).size;
}

/** Words the one message of a feed's first night: what it alone says is known from now on. */
export function describeNewFeed(feed: string, rows: readonly LineageRow[]): AlertText {
  const isItsOwn = ({ feeds }: OpenItem) => feeds.length === 1 && feeds[0] === feed;
  const concerned = rows.filter((row) => row.kind === 'workload' && row.items.some(isItsOwn));
  const items = new Map(
    concerned.flatMap((row) =>
      row.items.filter(isItsOwn).map((item) => [`${row.digest} ${item.key}`, item]),
    ),
  );
  const findings = [...items.values()];
  return {
    kind: 'baseline',
    severity: worstOf(findings) ?? 'none',
    cause: 'feed',
    title: `Feed ${feed} is read for the first time: ${counted(findings.length, 'finding')} open that it alone knows`,
    remedy: findings.length > 0 ? REMEDY : NOTHING_TO_DO,
    subject: feed,
    lineages: concerned.map((row) => row.lineage),
    details: bySeverity(findings),
  };
}

/** Words the one message of a details feed's first night: what it says of open findings is known from now on. */
export function describeNewDetails(feed: string, rows: readonly LineageRow[]): AlertText {
  const speaksOf = ({ exploited, ratedBy }: OpenItem) =>
    exploited?.feed === feed || ratedBy?.feed === feed;
  const concerned = rows.filter((row) => row.kind === 'workload' && row.items.some(speaksOf));
  const items = new Map(
    concerned.flatMap((row) =>
      row.items.filter(speaksOf).map((item) => [`${row.digest} ${item.key}`, item]),
    ),
  );
  const findings = [...items.values()];
  const exploited = findings.filter((item) => item.exploited?.feed === feed);
  const rated = findings.filter(({ ratedBy }) => ratedBy?.feed === feed);
  const found = [
    ...(exploited.length > 0
      ? [`${counted(exploited.length, 'open finding')} known to be exploited`]
      : []),
    ...(rated.length > 0 ? [`${counted(rated.length, 'open finding')} rated by it`] : []),
  ];
  return {
    kind: 'baseline',
    severity: worstOf(findings) ?? 'none',
    cause: 'feed',
    title: `Feed ${feed} is read for the first time: ${found.join(', ') || 'nothing that is open is in it'}`,
    remedy: found.length > 0 ? REMEDY : NOTHING_TO_DO,
    subject: feed,
    lineages: concerned.map((row) => row.lineage),
    details: [
      ...exploited.map(({ title }) => `${title}: known to be exploited`),
      ...bySeverity(rated),
    ],
  };
}

function bySeverity(findings: readonly OpenItem[]): string[] {
  return SEVERITIES.flatMap((severity) => {
    const count = findings.filter((item) => item.severity === severity).length;
    return count > 0 ? [counted(count, `${severity} finding`)] : [];
  });
}

function worstOf(items: readonly OpenItem[]): Severity | undefined {
  return items
    .map((item) => item.severity)
    .reduce<Severity | undefined>((left, right) => (left ? worst(left, right) : right), undefined);
}
