import type { ScanResult } from '../../actions/scan-image.ts';
import { highestLikelihood, scoreCell } from '../../core/advisory/likelihood.ts';
import { SEVERITIES, type Severity } from '../../core/advisory/severity.ts';
import { counted, plain } from '../../core/alert/compose-alert.ts';
import type { BaseClaim } from '../../core/inventory/base-evidence.ts';
import type { Inventory } from '../../core/inventory/inventory.ts';
import { detailIds } from '../../core/match/apply-details.ts';
import type { Finding } from '../../core/match/finding.ts';
import { describeUntrusted } from '../../core/suppress/attached-vex.ts';
import type { Io } from '../io.ts';
import { describeSbom } from './describe-sbom.ts';
import { formatBytes } from './format-bytes.ts';
import { formatTable } from './format-table.ts';
import type { Look, Paint } from './paint.ts';
import { printChecks } from './print-checks.ts';
import { describeCoverage, doubtsOf, opaqueLines, partlyLines } from './print-coverage.ts';
import { printPythonEnvironments, runtimeRows } from './print-python-environments.ts';
import { hangText } from './wrap-text.ts';

/** Where and how a scan is printed. */
export interface ScanPrinter {
  readonly io: Io;
  readonly paint: Paint;
  /** Characters in a line; infinite when no person reads it. */
  readonly width: number;
}

const LOOKS: Readonly<Record<Severity, Look>> = {
  critical: 'red',
  high: 'red',
  unrated: 'yellow',
  medium: 'yellow',
  low: 'dim',
};

/** Prints what a scan found, for people: the image, its checks, findings and problems. */
export function printScan(printer: ScanPrinter, reference: string, result: ScanResult): void {
  const { inventory } = result;
  printRows(printer, [
    ['image', reference],
    ['digest', inventory.digest],
    ['platform', inventory.platform],
    ['distro', distroOf(inventory)],
    ['created', inventory.created ?? 'not said'],
    ['size', `${formatBytes(inventory.size)} in ${counted(inventory.layers.length, 'layer')}`],
    ['packages', packagesOf(inventory)],
    ...baseRows(inventory),
    ...runtimeRows(inventory),
    ...(inventory.coverage ? [['coverage', describeCoverage(inventory.coverage)]] : []),
  ]);
  printHeading(printer, 'Checks');
  printChecks(printer, result.checks);
  printPythonEnvironments(printer, inventory.pythonEnvironments ?? []);
  printFindings(printer, result);
  printSuppressed(printer, result);
  printVex(printer, result);
  printUnnamed(printer, inventory);
  printSboms(printer, result);
  printProblems(printer, result);
}

function printRows({ io, paint, width }: ScanPrinter, rows: readonly (readonly string[])[]): void {
  for (const [label = '', text = ''] of rows) {
    for (const line of hangText(label.padEnd(9), plain(text), width)) {
      io.print(paint('dim', line.slice(0, 9)) + line.slice(9));
    }
  }
}

function distroOf({ distro }: Inventory): string {
  return distro ? `${distro.name || distro.id} ${distro.versionId}`.trim() : 'none known';
}

/** `16 (15 apk, 1 pypi)`. */
function packagesOf({ packages }: Inventory): string {
  const types = Map.groupBy(packages, ({ type }) => type);
  const counts = [...types].map(([type, group]) => `${group.length} ${type}`);
  return counts.length > 0 ? `${packages.length} (${counts.join(', ')})` : 'none found';
}

/** What it says that it was built on; a scan knows no other images. */
function baseRows({ baseEvidence, layers }: Inventory): string[][] {
  const { apko = null, claims = [] } = baseEvidence ?? {};
  const said = claims.map(
    ({ from, name, digest }) =>
      `${[name, digest].filter((each) => each !== null).join('@')} (says its ${SAYS[from]})`,
  );
  const isBuiltOn = apko !== null && apko.layers < layers.length;
  const run = isBuiltOn
    ? [
        `${apko.name ?? 'an image'} by ${apko.vendor ?? 'apko'} (its lowest ${counted(apko.layers, 'layer')}, says its history)`,
      ]
    : [];
  return [...new Set([...said, ...run])].map((each) => ['base', each]);
}

const SAYS: Readonly<Record<BaseClaim['from'], string>> = {
  manifest: 'annotation',
  index: 'index',
  labels: 'label',
  provenance: 'provenance',
};

function printHeading({ io, paint }: ScanPrinter, text: string): void {
  io.print('');
  io.print(paint('bold', text));
}

function printFindings(printer: ScanPrinter, result: ScanResult): void {
  const { findings, inventory } = result;
  if (!result.isMatched) {
    printHeading(printer, 'Findings: not matched, no advisories given');
    return;
  }
  if (findings.length === 0) {
    const doubt = result.isSure ? '' : `, but ${doubtsOf(result)} may hide some`;
    const but = result.suppressed?.length ? ' but what is suppressed' : '';
    printHeading(printer, `Findings: none${but}${doubt}`);
    return;
  }
  printHeading(printer, `Findings: ${summaryOf(findings)}`);
  const names = new Map(inventory.packages.map(({ purl, name }) => [purl, name]));
  const { likelihoods } = result;
  const likelihoodOf = (finding: Finding) =>
    highestLikelihood(detailIds(finding), (id) => likelihoods?.get(id));
  const worstFirst = findings.toSorted(
    (left, right) =>
      rank(left) - rank(right) ||
      (likelihoodOf(right)?.score ?? 0) - (likelihoodOf(left)?.score ?? 0),
  );
  const rows = worstFirst.map((each) => [
    each.severity,
    plain(each.id),
    plain(names.get(each.package) ?? each.package),
    plain(each.version),
    plain(each.fixedIn ?? 'no fix known'),
    ...(likelihoods ? [scoreCell(likelihoodOf(each))] : []),
  ]);
  const scored = likelihoods ? ['EPSS (percentile)'] : [];
  const header = ['severity', 'id', 'package', 'installed', 'fixed in', ...scored];
  const [top = '', ...lines] = formatTable(header, rows, printer.width);
  const { io, paint } = printer;
  io.print(paint('dim', top));
  for (const [index, { severity }] of worstFirst.entries()) {
    io.print((lines[index] ?? '').replace(severity, paint(LOOKS[severity], severity)));
  }
  io.print(paint('dim', '  Why is one found, or is one not? The same command with --explain ID.'));
}

function printSuppressed(printer: ScanPrinter, { suppressed = [] }: ScanResult): void {
  if (suppressed.length === 0) return;
  printHeading(printer, `Suppressed: ${suppressed.length}`);
  for (const { finding, by } of suppressed) {
    const { id, severity, package: purl } = finding;
    const text = `${id} (${severity}) in ${purl}: ${by.entry} of ${by.owner}, by ${by.author}, ${by.until}: ${by.reason}`;
    for (const line of hangText('  ', plain(text), printer.width)) printer.io.print(line);
  }
}

/** A scan knows of no repository that is trusted. */
function printVex(printer: ScanPrinter, { vex }: ScanResult): void {
  if (!vex || vex.statements.length === 0) return;
  printHeading(printer, `Not applied: ${describeUntrusted(vex.statements.length)}`);
  for (const { document, author, vulnerabilities, reason } of vex.statements) {
    const text = `${vulnerabilities[0]}: ${reason} (${document}, by ${author})`;
    for (const line of hangText('  ', plain(text), printer.width)) printer.io.print(line);
  }
}

function printSboms(printer: ScanPrinter, { sboms }: ScanResult): void {
  const comparisons = sboms?.comparisons ?? [];
  if (comparisons.length === 0) return;
  printHeading(printer, `Bills of materials: ${comparisons.length}`);
  for (const line of comparisons.flatMap(describeSbom)) {
    const indent = line.startsWith(' ') ? '    ' : '  ';
    for (const each of hangText(indent, plain(line.trim()), printer.width)) printer.io.print(each);
  }
}

function rank({ severity }: Finding): number {
  return SEVERITIES.indexOf(severity);
}

/** `3 (1 high, 2 medium)`. */
function summaryOf(findings: readonly Finding[]): string {
  const counts = SEVERITIES.flatMap((severity) => {
    const count = findings.filter((each) => each.severity === severity).length;
    return count > 0 ? [`${count} ${severity}`] : [];
  });
  return `${findings.length} (${counts.join(', ')})`;
}

/** What nothing is known of, or only in part, is not clean. */
function printUnnamed(printer: ScanPrinter, { coverage }: Inventory): void {
  if (!coverage) return;
  const { opaque, partly } = coverage;
  const parts = [
    { name: 'Opaque', count: opaque, so: 'no advisory can speak', lines: opaqueLines(coverage) },
    {
      name: 'Partly listed',
      count: partly,
      so: 'advisories can speak in part',
      lines: partlyLines(coverage),
    },
  ];
  for (const { name, count, so, lines } of parts.filter((each) => each.count > 0)) {
    printHeading(printer, `${name}: ${counted(count, 'executable')}, of which ${so}`);
    for (const text of lines) {
      for (const line of hangText('  ', text, printer.width)) printer.io.print(line);
    }
  }
}

function printProblems(printer: ScanPrinter, { problems }: ScanResult): void {
  if (problems.length === 0) return;
  printHeading(printer, `Problems: ${problems.length}`);
  for (const { path, reason } of problems) {
    const text = plain(`${path}: ${reason}`);
    for (const line of hangText('  ', text, printer.width)) printer.io.print(line);
  }
}
