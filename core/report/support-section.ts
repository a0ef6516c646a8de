import { counted } from '../alert/compose-alert.ts';
import type { FleetSupport } from '../check/support/fleet-support.ts';
import { describeLineage } from '../lineage/channel.ts';
import type { Run } from '../run/run.ts';
import { dayOf, daysBetween } from '../suppress/days.ts';
import { type Html, html } from './html.ts';
import { list, table } from './table.ts';

/** What runs on a release that gets no fixes any more or soon will not, and of which nobody knows. */
export function supportSection({ at, support = [] }: Run): Html | null {
  const dated = support.filter(({ state }) => state !== 'unknown');
  const open = support.filter(({ state }) => state === 'unknown');
  if (support.length === 0) return null;
  const rows = dated
    .toSorted((left, right) => ((left.until ?? '') < (right.until ?? '') ? -1 : 1))
    .map((each) => [each.name, endText(each, at), counted(each.digests, 'image'), whereText(each)]);
  return html`${rows.length > 0 ? table('Support', ['What', 'Until', 'In', 'Runs in'], rows) : null}${
    open.length > 0 ? html`<p>Not known until when it is supported:</p>` : null
  }${list(open.map((each) => `${each.name} ${each.why}: ${whereText(each)}`))}`;
}

function endText({ until }: FleetSupport, at: string): string {
  const days = daysBetween(dayOf(at), until ?? '');
  if (days < 0) return `${until}: out of support`;
  return days === 0 ? `${until}: the last day` : `${until}: ${counted(days, 'day')} left`;
}

function whereText({ lineages, workloads }: FleetSupport): string {
  const more = workloads - lineages.length;
  return `${lineages.map(describeLineage).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
