import { alertSection } from './alert-section.ts';
import { checkSection } from './check-section.ts';
import { completeness } from './completeness.ts';
import { driftSection } from './drift-section.ts';
import { findingSection } from './finding-section.ts';
import { html } from './html.ts';
import { rebuildSection } from './rebuild-section.ts';
import type { ReportData } from './report-data.ts';
import { REPORT_STYLE } from './report-style.ts';
import { sbomSection } from './sbom-section.ts';
import { sources } from './sources.ts';
import { supportSection } from './support-section.ts';
import { suppressedSection } from './suppressed-section.ts';
import { timeText } from './time-text.ts';
import { workloadSection } from './workload-section.ts';

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
${rebuildSection(data)}${findingSection(data)}${suppressedSection(data)}
${checkSection(data.rows)}${supportSection(run)}
${workloadSection(data)}${sbomSection(data)}
${driftSection(data)}${sources(run)}
</main>
</body>
</html>
`;
  return page.html;
}
