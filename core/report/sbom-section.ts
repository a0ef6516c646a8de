import { limited } from '../alert/compose-alert.ts';
import type { SbomNote } from '../base/origin.ts';
import { describeLineage } from '../lineage/channel.ts';
import type { LineageRow } from '../lineage/lineage.ts';
import { differenceText, sourceText } from '../sbom/describe-differences.ts';
import { digestText, shortDigest } from './digest-text.ts';
import { type Html, html } from './html.ts';
import type { ReportData } from './report-data.ts';
import { table } from './table.ts';

/** Documents that are shown, and workloads that are named in one cell. */
const SHOWN = 100;
const NAMED = 5;

/** Bills of materials of what runs that say something else than its layers; nothing where none does. */
export function sbomSection({ rows, origins }: ReportData): Html | null {
  const running = Map.groupBy(
    rows.filter(({ kind }) => kind === 'workload'),
    ({ digest }) => digest,
  );
  const found = [...running].flatMap(([digest, group]) =>
    (origins.noteOf(digest)?.sboms ?? []).map((note) => ({ note, group })),
  );
  const unread = [...running.keys()].filter((each) => origins.noteOf(each)?.unreadSboms);
  if (found.length + unread.length === 0) return null;
  const sorted = found.toSorted((a, b) => sizeOf(b.note) - sizeOf(a.note));
  const cut = sorted.length - SHOWN;
  return html`${table(
    'Bills of materials that say something else than the layers',
    ['Image', 'Document', 'Only there', 'Only in the layers', 'In another version', 'Runs in'],
    sorted.slice(0, SHOWN).map(({ note, group }) => [
      imageText(group),
      titleOf(note),
      differenceText(note.onlyInSbom),
      differenceText(note.onlyInLayers),
      differenceText(note.otherVersion),
      limited(
        group.map(({ lineage }) => describeLineage(lineage)),
        NAMED,
      ).join(', '),
    ]),
  )}${cut > 0 ? html`<p>and ${cut} more</p>` : null}${unread.length > 0 ? html`<p>Of ${unread.length} more some could not be read.</p>` : null}
<p>As they were when the image was indexed; findings are of what is in the layers, whatever these say. All differences: <code>npx tidewatch scan IMAGE</code>.</p>`;
}

function titleOf({ format, source: { where, name } }: SbomNote): string {
  const short = name.startsWith('sha256:') ? shortDigest(name) : name;
  return `${format}, ${sourceText({ where, name: short })}`;
}

function imageText([row]: readonly LineageRow[]): string {
  return row ? `${row.reference}@${digestText(row.imageDigest, row.digest)}` : '';
}

function sizeOf({ onlyInSbom, onlyInLayers, otherVersion }: SbomNote): number {
  return onlyInSbom.count + onlyInLayers.count + otherVersion.count;
}
