import type { Status } from '../../actions/read-status.ts';
import { counted, limited, plain } from '../../core/alert/compose-alert.ts';
import { baseText } from '../../core/base/describe-base.ts';
import type { Rebuild } from '../../core/base/rebuilds.ts';
import { describeSupported, supportText } from '../../core/check/support/fleet-support.ts';
import { describeLineage } from '../../core/lineage/channel.ts';
import { describeUnmatched } from '../../core/match/find-unmatched.ts';
import { describeProblem, isGap, summariseProblem } from '../../core/match/fleet-problems.ts';
import { describeReread } from '../../core/run/describe-reread.ts';
import { type NightSchedule, nextNight } from '../../core/run/next-night.ts';
import type { Run } from '../../core/run/run.ts';
import type { Page } from './page.ts';
import { hangText } from './wrap-text.ts';

/** Alerts, scopes and images that are named; more are counted. */
const NAMED = 5;

/** What is known of the nights to come. */
export interface StatusTimes {
  /** `null` where nights come when somebody plays them. */
  readonly schedule: NightSchedule | null;
  readonly isOverdue: boolean;
  readonly now: Date;
}

/** Prints how an installation stands, a line a fact. */
export function printStatus(page: Page, status: Status, times: StatusTimes) {
  const { night, pending, heads } = status;
  const say = (label: string, text: string) => {
    for (const line of hangText(`${label.padEnd(11)} `, plain(text), page.width)) page.print(line);
  };
  say('Last night', night ? nightText(night) : 'none yet');
  if (times.isOverdue && night) say('', 'overdue: see docs/runbook.md#no-night');
  const { schedule, now } = times;
  if (schedule) say('Next night', nextNight(now.toISOString(), schedule));
  if (night) sayNight(say, night);
  if (night?.captures) say('Captures', describeReread(night.captures));
  sayOrigins(say, status);
  say('Channels', `${heads} pushed to`);
  say('Pending', pending.length === 0 ? 'nothing' : namesOf(pending.map(({ title }) => title)));
}

type Say = (label: string, text: string) => void;

function nightText({ runId, status, scanned, expected }: Run): string {
  return `${runId}, ${status}: ${scanned} of ${counted(expected, 'digest')} scanned`;
}

function sayNight(
  say: Say,
  { feeds, unseen, failed, unmatched, problems = [], support = [] }: Run,
): void {
  if (feeds.length === 0) say('Feeds', 'none enabled: nothing was matched');
  for (const { name, state, records, hold, failure } of feeds) {
    say(
      'Feed',
      state === 'fresh'
        ? `${name}: fresh, ${counted(records, 'record')}`
        : `${name}: held since ${hold?.since ?? 'the last night'}: ${failure}`,
    );
  }
  if (unseen.length > 0) say('Not seen', namesOf(unseen));
  if (failed.length > 0) {
    say('Not read', namesOf(failed.map(({ digest, reason }) => `${digest} (${reason})`)));
  }
  for (const each of feeds.length > 0 ? unmatched : []) say('Not matched', describeUnmatched(each));
  for (const each of problems.filter(isGap)) say('Not sure', describeProblem(each));
  saySupport(say, support);
  const leftOut = problems.filter((each) => !isGap(each));
  for (const each of leftOut) say('Left out', summariseProblem(each));
}

function saySupport(say: Say, support: NonNullable<Run['support']>): void {
  for (const each of support.filter(({ state }) => state !== 'unknown')) {
    say('Support', describeSupported(each));
  }
  const undated = support.filter(({ state }) => state === 'unknown');
  if (undated.length > 0) say('Support', `not known: ${namesOf(undated.map(supportText))}`);
}

/** What runs by the builds it is built on, the oldest first; and what a rebuild takes away. */
function sayOrigins(say: Say, { running, origins }: Status): void {
  for (const each of origins.rebuilds) say('Rebuild', rebuildText(each));
  const based = running.flatMap((row) => {
    const standing = origins.standingOf(row.digest);
    return standing ? [{ row, standing }] : [];
  });
  const builds = [...Map.groupBy(based, ({ standing }) => baseText(standing))].sort(
    ([, [left]], [, [right]]) =>
      (right?.standing.buildsBehind ?? 0) - (left?.standing.buildsBehind ?? 0),
  );
  for (const [text, group] of builds.slice(0, NAMED)) {
    say('Built on', `${text}: ${namesOf(group.map(({ row }) => describeLineage(row.lineage)))}`);
  }
  if (builds.length > NAMED) say('', `and ${builds.length - NAMED} more builds: see the report`);
  const digests = [...new Set(running.map(({ digest }) => digest))];
  const differing = digests.filter((digest) => origins.noteOf(digest)?.sboms);
  if (differing.length > 0) {
    const images = counted(differing.length, 'image');
    say('SBOMs', `of ${images} say something else than the layers: see the report`);
  }
}

/** What is gained by a rebuild, and what it costs: the report names what would break. */
function rebuildText({ image, lineages, gone, worst, brought, moves, breaks }: Rebuild): string {
  const goes = `${counted(gone, 'finding')} ${gone === 1 ? 'goes' : 'go'} away, the worst ${worst}`;
  return [
    `${counted(lineages.length, 'service')} on the newest ${image}: ${goes}`,
    ...(brought > 0 ? [`${counted(brought, 'finding')} ${brought === 1 ? 'comes' : 'come'}`] : []),
    ...(moves.length > 0 ? [`moves ${moves.join(', ')}`] : []),
    ...(breaks.length > 0 ? ['breaks at least 1 Python environment: see the report'] : []),
  ].join('; ');
}

function namesOf(all: readonly string[]): string {
  return limited(all, NAMED).join('; ');
}
