import { describeLineage } from '../lineage/channel.ts';
import { endText, type SuppressionSet } from '../suppress/suppression.ts';
import { FINDINGS_SHOWN } from './finding-section.ts';
import { type Html, html } from './html.ts';
import type { ReportData, ReportFinding } from './report-data.ts';
import { list, table } from './table.ts';

/** Columns of what is suppressed. */
const SUPPRESSED_HEAD = ['Id', 'Severity', 'Package', 'Suppressed by', 'Why', 'Until', 'Runs in'];

/** A line each: by whose word nobody hears of it. */
function suppressedCells({
  id,
  severity,
  package: purl,
  suppressed,
  workloads,
}: ReportFinding): readonly string[] {
  const { entry, version, owner, author, reason, until } = suppressed ?? {};
  return [
    id,
    severity,
    purl,
    `${entry} (version ${version}) of ${owner}, by ${author}`,
    reason ?? '',
    until ?? '',
    workloads.map(describeLineage).join(', '),
  ];
}

/** Entries that silence nothing tonight. */
function idleEntries(
  set: SuppressionSet | undefined,
  findings: readonly ReportFinding[],
): string[] {
  const used = new Set(findings.map(({ suppressed }) => suppressed?.entry));
  return (set?.entries ?? [])
    .filter(({ id }) => !used.has(id))
    .map(
      ({ id, vulnerability, owner, end }) => `${id}: ${vulnerability}, ${owner}, ${endText(end)}`,
    );
}

/** Nobody hears of it, everybody may look at it. */
export function suppressedSection({ findings, suppressions }: ReportData): Html | null {
  const suppressed = findings.filter((each) => each.suppressed);
  if (!suppressions && suppressed.length === 0) return null;
  const idle = idleEntries(suppressions, suppressed);
  const cut = suppressed.length - FINDINGS_SHOWN;
  const shown = suppressed.slice(0, FINDINGS_SHOWN).map(suppressedCells);
  return html`${table('Suppressed', SUPPRESSED_HEAD, shown)}${
    cut > 0 ? html`<p>and ${cut} more</p>` : null
  }${idle.length > 0 ? html`<p>Suppressions that silence nothing that runs tonight:</p>` : null}${list(idle)}`;
}
