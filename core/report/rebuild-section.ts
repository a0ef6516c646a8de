import { counted, limited } from '../alert/compose-alert.ts';
import { behindText } from '../base/describe-base.ts';
import type { Rebuild } from '../base/rebuilds.ts';
import { describeLineage } from '../lineage/channel.ts';
import { type Html, html } from './html.ts';
import type { ReportData } from './report-data.ts';
import { table } from './table.ts';

/** Workloads, and parts of them that would break, that are named in one cell. */
const NAMED = 10;
const BREAKS = 3;

/** What to rebuild on which base, and what is gained by it; nothing where nothing is. */
export function rebuildSection({ origins }: ReportData): Html | null {
  if (origins.rebuilds.length === 0) return null;
  return html`${table(
    'Rebuilds that help',
    ['Rebuild', 'On the newest', 'Built on', 'Goes away', 'Comes', 'Moves'],
    origins.rebuilds.map((each) => [
      `${counted(each.lineages.length, 'service')}: ${limited(each.lineages.map(describeLineage), NAMED).join(', ')}`,
      each.image,
      builtOn(each),
      `${counted(each.gone, 'finding')}, the worst ${each.worst}`,
      each.brought === 0 ? 'no finding' : counted(each.brought, 'finding'),
      movesText(each),
    ]),
  )}
<p>By tonight’s advisories, and of the packages that come with the base alone. What the newest build has is what its tag pointed at when this night looked.</p>`;
}

function builtOn({ oldest, doubt, lineages }: Rebuild): string {
  const upTo = lineages.length > 1 ? 'up to ' : '';
  return [`${upTo}${behindText(oldest)}`, doubt].filter(Boolean).join(', ');
}

function movesText({ moves, breaks }: Rebuild): string {
  const moved = moves.length === 0 ? 'no runtime, no libc' : moves.join(', ');
  return [moved, ...limited(breaks, BREAKS)].join('; ');
}
