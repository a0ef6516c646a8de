import { counted, plain } from '../../core/alert/compose-alert.ts';
import { describeProblem, isGap } from '../../core/match/fleet-problems.ts';
import type { FeedState, Run } from '../../core/run/run.ts';
import type { NightTraffic } from '../../local/player/night-traffic.ts';
import type { Played } from '../../local/player/play-world.ts';
import type { Io } from '../io.ts';
import { formatBytes } from './format-bytes.ts';
import { printLines } from './print-error.ts';

/** What a night did, a line each: what was scanned, with which advisories, at what cost. */
export function describeNight(run: Run, traffic: NightTraffic): string[] {
  const unseen = run.unseen.length > 0 ? [`could not see ${run.unseen.join(', ')}`] : [];
  return [
    `${run.scanned} of ${counted(run.expected, 'digest')} scanned${failures(run)}`,
    ...unseen,
    ...(run.problems ?? []).filter(isGap).map((each) => plain(describeProblem(each))),
    ...run.feeds.map(describeFeed),
    `registries: ${formatBytes(traffic.contentBytes)} of images, ${counted(traffic.tagQuestions, 'question')} about tags`,
  ];
}

/** What a night came to: its alerts, or that it was quiet and why. */
export function describeOutcome({ status, changes }: Run): string {
  const entries = Object.entries(changes);
  const alerts = entries.filter(([kind]) => kind.startsWith('alert:'));
  const told = alerts.reduce((total, [, count]) => total + count, 0);
  const isWhole = status === 'complete';
  if (told > 0)
    return `${counted(told, 'alert')}${isWhole ? '.' : `, and the night is ${status}.`}`;
  if (!isWhole) return `No alert, but the night is ${status}.`;
  if (entries.length === 0) return 'A quiet night: nothing to tell.';
  return `Nothing new to tell: ${entries.map(([kind, count]) => `${count} ${words(kind)}`).join(', ')}.`;
}

/** Says on standard error which nights the product could not bring to their end. */
export function printFailedNights(io: Io, nights: Played['failedNights']): void {
  for (const { runId, error } of nights) {
    printLines(io, `tidewatch: the night of ${runId} failed: ${String(error)}`);
  }
}

function failures({ failed }: Run): string {
  return failed.length > 0 ? `, ${failed.length} could not be` : '';
}

function describeFeed({ name, state, records, failure }: FeedState): string {
  const said = state === 'held' ? `held, ${plain(failure ?? 'no reason')}` : 'fresh';
  return `feed ${name}: ${said}, ${counted(records, 'record')}`;
}

function words(kind: string): string {
  return kind.replaceAll('-', ' ');
}
