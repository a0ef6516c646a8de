import { describeLikelihood, type Likelihood } from '../advisory/likelihood.ts';
import { SEVERITIES, type Severity } from '../advisory/severity.ts';
import type { Alert } from '../alert/alert.ts';
import { counted, plain } from '../alert/compose-alert.ts';
import { findPresent } from '../drift/find-present.ts';
import { isRead, type Observation } from '../drift/observation.ts';
import { describeLineage } from '../lineage/channel.ts';
import type { LineageRow } from '../lineage/lineage.ts';
import type { Seen } from '../lineage/seen.ts';
import { describeUnmatched } from '../match/find-unmatched.ts';
import type { FindingDetails } from '../match/finding.ts';
import { type FeedState, isBlind, type Run } from '../run/run.ts';
import { type Html, html } from './html.ts';
import { REPORT_STYLE } from './report-style.ts';

/** A finding of something that runs, as the report lists it. */
export interface ReportFinding extends FindingDetails {
  readonly id: string;
  readonly package: string;
  readonly severity: Severity;
  readonly fixedIn: string | null;
  /** As of the night. */
  readonly likelihood?: Likelihood | undefined;
  readonly state: 'open' | 'stale';
  readonly workloads: readonly string[];
}

/** All that a night's report shows. */
export interface ReportData {
  readonly run: Run;
  readonly rows: readonly LineageRow[];
  /** When and how often what runs was seen to, by lineage. */
  readonly seen: ReadonlyMap<string, Seen>;
  readonly findings: readonly ReportFinding[];
  /** What pushes told since the night before. */
  readonly told: readonly Alert[];
  readonly alerts: readonly Alert[];
  readonly observations: readonly Observation[];
}

/** The newest moves of each watched tag that are shown. */
const MOVES_SHOWN = 40;
const FINDINGS_SHOWN = 500;

/** One self-contained page: no script, nothing loaded from anywhere. */
export function renderReport(data: ReportData): string {
  const { run } = data;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Tidewatch: the night of ${timeText(run.at)}</title>
<style>${REPORT_STYLE}</style>
</head>
<body>
<main>
<h1>The night of ${timeText(run.at)}</h1>
${completeness(run)}
${alertSection([...data.told, ...data.alerts])}
${findingSection(data)}
${checkSection(data.rows)}
${workloadSection(data)}
${driftSection(data)}${sources(run)}
</main>
</body>
</html>
`;
  return page.html;
}

function completeness(run: Run): Html {
  const words = { complete: 'Complete', partial: 'Not complete', failed: 'Failed' };
  return html`<section aria-label="Completeness">
<p class="status ${{ html: run.status }}"><strong>${words[run.status]}:</strong> ${counted(run.scanned, 'digest')} of ${run.expected} assessed${run.failed.length > 0 ? `, ${run.failed.length} could not be read` : ''}.</p>
${list([...run.failed.map(({ digest, reason }) => `${digest}: ${reason}`), ...run.unseen])}
${foundList(run)}${unmatchedList(run)}
${table(
  'Feeds',
  ['Feed', 'State', 'Records', 'Snapshot'],
  run.feeds.map((feed) => [
    feed.name,
    feedText(feed),
    feed.records,
    (feed.snapshot ?? 'none').slice(0, 16),
  ]),
)}
</section>`;
}

function feedText({ state, failure, hold, accepted }: FeedState): string {
  if (accepted) {
    const { by, at, reason } = accepted;
    return `${state}, accepted by ${by} on ${timeText(at)}${reason === null ? '' : `: ${reason}`}`;
  }
  const since = hold ? ` since ${timeText(hold.since)}` : '';
  return failure ? `${state}${since}: ${failure}` : state;
}

/** Whose advisories these are; NOTICE.txt beside the page says the same. */
function sources({ feeds }: Run): Html | null {
  const published = feeds.flatMap(({ name, terms }) => (terms ? [{ name, ...terms }] : []));
  if (published.length === 0) return null;
  return html`<footer><p>Advisories: ${published.map(
    ({ name, title, url }) => html`<a href="${url}">${name}</a> (${title}) `,
  )}· <a href="NOTICE.txt">NOTICE.txt</a></p></footer>`;
}

function alertSection(alerts: readonly Alert[]): Html {
  if (alerts.length === 0)
    return html`<h2>Told</h2><p>Nothing was told since the night before.</p>`;
  return table(
    'Told',
    ['Kind', 'Severity', 'What', 'Where', 'Do'],
    alerts.map(({ kind, severity, title, count, lineages, remedy }) => [
      kind,
      severity,
      title,
      count > lineages.length
        ? `${lineages.map(describeLineage).join(', ')} and ${count - lineages.length} more`
        : lineages.map(describeLineage).join(', '),
      remedy,
    ]),
  );
}

function findingSection(data: ReportData): Html {
  const { run, findings } = data;
  if (isBlind(run.feeds)) {
    return html`<h2>Findings</h2><p>Nothing was judged: no advisories could be read.</p>`;
  }
  if (findings.length === 0) {
    return html`<h2>Findings</h2><p>No known vulnerability in what runs, could be read and was matched.</p>`;
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
    ['Id', 'Severity', ...(isDescribed ? ['What'] : []), 'Package', 'Fixed in', 'State', 'Runs in'],
    sorted
      .slice(0, FINDINGS_SHOWN)
      .map((each) => [
        each.id,
        each.ratedBy ? `${each.severity}, by ${each.ratedBy.who}` : each.severity,
        ...(isDescribed ? [aboutText(each)] : []),
        each.package,
        each.fixedIn ?? 'no fix known',
        each.state,
        each.workloads.map((lineage) => describeWorkload(data, lineage)).join(', '),
      ]),
  )}${cut > 0 ? html`<p>and ${cut} more</p>` : null}`;
}

function aboutText({ about, exploited, likelihood }: ReportFinding): string {
  const known = exploited ? [`known to be exploited since ${exploited.since}`] : [];
  const scored = likelihood ? [describeLikelihood(likelihood)] : [];
  return [...(about ? [about] : []), ...known, ...scored].join('; ') || 'no title known';
}

/** Hardening that is not there, and what could not be read. */
function checkSection(rows: readonly LineageRow[]): Html | null {
  const failed = rows
    .filter((row) => row.kind === 'workload')
    .flatMap(({ lineage, items }) =>
      items
        .filter(({ key }) => key.startsWith('check|'))
        .map(({ key, title, origin }) => [
          key.slice('check|'.length),
          title,
          describeLineage(lineage),
          origin === 'baseline' ? 'the baseline' : 'after the baseline',
        ]),
    );
  return failed.length === 0
    ? null
    : table('Failed checks', ['Check', 'What', 'Runs in', 'Open since'], failed);
}

/** What no push had told of. Only the stack's own ECR tells of pushes. */
function foundList({ found }: Run): Html | null {
  if (found.length === 0) return null;
  return html`<p>Found running and indexed tonight, since no push had told of it (as of any registry but the stack’s own; of that one, see whether its events arrive):</p>
${list(found.map(({ reference, digest, lineages }) => `${reference}@${digest}: ${lineages.map(describeLineage).join(', ')}`))}`;
}

/** What runs and cannot have a finding, whatever is wrong with it. */
function unmatchedList({ unmatched }: Run): Html | null {
  if (unmatched.length === 0) return null;
  return html`<p>Not matched with any advisory, so unknown, not clean:</p>
${list(unmatched.map(describeUnmatched))}`;
}

/** `2026-03-09 02:00 UTC`, seconds only where there are any. */
function timeText(at: string): string {
  const [date = '', time = ''] = at.replace(/\.000Z$|Z$/, '').split('T');
  return `${date} ${time.replace(/:00$/, '')} UTC`;
}

function workloadSection(data: ReportData): Html {
  const workloads = data.rows.filter((row) => row.kind === 'workload');
  return table(
    'Workloads',
    ['Workload', 'Image', 'Runtime', 'Open', 'Of the baseline'],
    workloads.map(({ lineage, reference, digest, runtimes, items, stale }) => [
      `${describeWorkload(data, lineage)}${stale ? `, assumed: ${stale}` : ''}`,
      `${reference}@${digest.slice(0, 19)}`,
      runtimes.map(({ language, minor }) => `${language} ${minor}`).join(', ') || 'none known',
      items.length,
      items.filter(({ origin }) => origin === 'baseline').length,
    ]),
  );
}

/** A workload's lineage, with how many of it run, or when it last did. */
function describeWorkload({ run, seen }: ReportData, lineage: string): string {
  const { last = run.at, count = 1 } = seen.get(lineage) ?? {};
  if (last !== run.at) return `${describeLineage(lineage)}, last seen ${timeText(last)}`;
  return `${describeLineage(lineage)}${count > 1 ? `, ${count} running` : ''}`;
}

function driftSection({ run, observations }: ReportData): Html {
  const watched = [...Object.keys(run.looked), ...observations.map(({ image }) => image)];
  const images = [...new Set(watched)].sort();
  const sections = images.map((image) => {
    const series = observations.filter((each) => each.image === image);
    const moves = series.toReversed().slice(0, MOVES_SHOWN);
    const looked = run.looked[image];
    return html`${table(
      `Drift of ${image}`,
      ['Moved at', 'Platform', 'Digest', 'Python', 'libc', 'Packages'],
      moves.map(moveCells),
    )}
<p>${looked ? `Last looked at by a night: ${timeText(looked)}.` : 'No night could look at it yet.'}</p>
${list(presentLines(series))}`;
  });
  return html`${sections}`;
}

function moveCells(observation: Observation): string[] {
  const { at, platform, platformDigest, python, libc, packagesChanged } = observation;
  const none = isRead(observation) ? 'none known' : 'not read';
  return [
    timeText(at),
    platform,
    platformDigest.slice(0, 19),
    python?.version ?? none,
    libc ? `${libc.name} ${libc.version}` : none,
    packagesChanged ? packageText(packagesChanged) : isRead(observation) ? 'first seen' : none,
  ];
}

/** What each platform holds now: `linux/amd64: Python 3.14 since 2026-03-09 07:30 UTC`. */
function presentLines(series: readonly Observation[]): string[] {
  const platforms = new Set(series.filter(isRead).map(({ platform }) => platform));
  return [...platforms].sort().map((platform) => {
    const parts = (['python', 'libc'] as const).flatMap((part) => {
      const present = findPresent(series, platform, part);
      if (!present) return [];
      const { value, since, isOldest } = present;
      const name = part === 'python' ? `Python ${value}` : value;
      return [`${name} since ${timeText(since)}${isOldest ? ' or earlier' : ''}`];
    });
    return `${platform}: ${parts.join(', ') || 'neither Python nor a libc known'}`;
  });
}

function packageText({
  added,
  removed,
  changed,
}: NonNullable<Observation['packagesChanged']>): string {
  const parts = [
    ...added.map((each) => `+ ${each}`),
    ...removed.map((each) => `− ${each}`),
    ...changed,
  ];
  if (parts.length === 0) return 'the same packages';
  return parts.length > 6
    ? `${parts.slice(0, 6).join('; ')}; and ${parts.length - 6} more`
    : parts.join('; ');
}

function list(lines: readonly string[]): Html | null {
  if (lines.length === 0) return null;
  return html`<ul>${lines.map((line) => html`<li>${plain(line)}</li>`)}</ul>`;
}

/** Longest cell that is kept on one line (characters): ids, times, platforms, short digests. */
const SHORT = 28;

function table(
  title: string,
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): Html {
  const name = plain(title);
  if (rows.length === 0) return html`<h2>${name}</h2><p>None.</p>`;
  return html`<h2>${name}</h2>
<section class="scroll" aria-label="${name}" tabindex="0"><table>
<thead><tr>${head.map((cell) => html`<th scope="col">${cell}</th>`)}</tr></thead>
<tbody>
${rows.map(
  (cells) => html`<tr>${cells.map(tableCell)}</tr>
`,
)}</tbody>
</table></section>
`;
}

function tableCell(cell: string | number): Html {
  const text = plain(String(cell));
  return text.length <= SHORT ? html`<td class="short">${text}</td>` : html`<td>${text}</td>`;
}
