import { describeLikelihood } from '../advisory/likelihood.ts';
import { SEVERITIES, type Severity } from '../advisory/severity.ts';
import { isBlind } from '../run/run.ts';
import { describeWorkload } from './describe-workload.ts';
import { type Html, html } from './html.ts';
import type { ReportData, ReportFinding } from './report-data.ts';
import { table } from './table.ts';
import { whatToDo } from './what-to-do.ts';

export const FINDINGS_SHOWN = 500;

/** What is open of what runs, the worst first. */
export function findingSection(data: ReportData): Html {
  const { run } = data;
  const findings = data.findings.filter(({ suppressed }) => !suppressed);
  if (isBlind(run.feeds)) {
    return html`<h2>Findings</h2><p>Nothing was judged: no advisories could be read.</p>`;
  }
  if (findings.length === 0) {
    const but = data.findings.length > 0 ? ', but for what is suppressed' : '';
    return html`<h2>Findings</h2><p>No known vulnerability in what runs, could be read and was matched${but}.</p>`;
  }
  const order = (severity: Severity) => SEVERITIES.indexOf(severity);
  const sorted = [...findings].sort(
    (a, b) =>
      Number(b.exploited !== undefined) - Number(a.exploited !== undefined) ||
      order(a.severity) - order(b.severity) ||
      (b.likelihood?.score ?? 0) - (a.likelihood?.score ?? 0),
  );
  const isDescribed = findings.some(
    ({ about, exploited, likelihood }) => about ?? exploited ?? likelihood,
  );
  const cut = sorted.length - FINDINGS_SHOWN;
  return html`${table(
    'Findings',
    [
      'Id',
      'Severity',
      ...(isDescribed ? ['What'] : []),
      'Package',
      'Fixed in',
      'Do',
      'State',
      'Runs in',
    ],
    sorted
      .slice(0, FINDINGS_SHOWN)
      .map((each) => [
        each.id,
        each.ratedBy ? `${each.severity}, by ${each.ratedBy.who}` : each.severity,
        ...(isDescribed ? [aboutText(each)] : []),
        each.package,
        each.fixedIn ?? 'no fix known',
        whatToDo(each),
        each.state,
        each.workloads.map((lineage) => describeWorkload(data, lineage)).join(', '),
      ]),
  )}${cut > 0 ? html`<p>and ${cut} more</p>` : null}
<p>Why each is one, in which layer and since when: <code>npx tidewatch explain ID</code>, with any id of the list.</p>`;
}

function aboutText({ about, exploited, likelihood }: ReportFinding): string {
  const due = exploited?.due ? `, due ${exploited.due}` : '';
  const known = exploited ? [`known to be exploited since ${exploited.since}${due}`] : [];
  const scored = likelihood ? [describeLikelihood(likelihood)] : [];
  return [...(about ? [about] : []), ...known, ...scored].join('; ') || 'no title known';
}
