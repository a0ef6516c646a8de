import { counted, plain } from '../../core/alert/compose-alert.ts';
import type { Inventory } from '../../core/inventory/inventory.ts';
import {
  breaksOn,
  nextMinors,
  type PythonEnvironment,
} from '../../core/inventory/python-environment.ts';
import type { Look } from './paint.ts';
import type { ScanPrinter } from './print-scan.ts';
import { hangText } from './wrap-text.ts';

/** Minors that are looked ahead to. */
const AHEAD = 3;

/** The minors after the present one on which an environment breaks, the next first. */
export function breakingMinors(environment: PythonEnvironment): string[] {
  const present = environment.runsOn?.minor ?? environment.minor;
  if (present === null) return [];
  return nextMinors(present, AHEAD).filter((minor) => breaksOn(environment, minor).length > 0);
}

/** `python 3.14.4, says build details: … and 3 more`, and what says otherwise. */
export function runtimeRows({ runtimes }: Inventory): (readonly string[])[] {
  return runtimes.flatMap(({ language, version, evidence, conflicts = [] }) => {
    const [first, ...more] = evidence;
    const said = first ? `, says ${first}${more.length > 0 ? ` and ${more.length} more` : ''}` : '';
    return [
      ['runtime', `${language} ${version}${said}`],
      ...conflicts.map((conflict) => ['', `but ${conflict}`]),
    ];
  });
}

const LOOKS: Readonly<Record<string, Look>> = { works: 'green', broken: 'red', unknown: 'yellow' };

/** Each Python environment with its two verdicts: broken now, and on which minor it breaks. */
export function printPythonEnvironments(
  printer: ScanPrinter,
  environments: readonly PythonEnvironment[],
): void {
  if (environments.length === 0) return;
  const { io, paint } = printer;
  const broken = environments.filter((each) => each.broken.length > 0).length;
  io.print('');
  io.print(paint('bold', `Python environments: ${environments.length}, ${broken} broken`));
  for (const environment of environments) {
    const verdict = verdictOf(environment);
    const [first = '', ...rest] = hangText(
      `  ${verdict.padEnd(8)}`,
      plain(titleOf(environment)),
      printer.width,
    );
    io.print(first.replace(verdict, paint(LOOKS[verdict] ?? 'dim', verdict)));
    for (const line of rest) io.print(line);
    for (const text of linesOf(environment)) {
      for (const line of hangText(' '.repeat(12), plain(text), printer.width)) io.print(line);
    }
  }
}

function verdictOf({ broken, runsOn }: PythonEnvironment): string {
  if (broken.length > 0) return 'broken';
  return runsOn ? 'works' : 'unknown';
}

function titleOf({ kind, path, minor, runsOn, packages }: PythonEnvironment): string {
  const made = minor === null ? kind : `${kind} of Python ${minor}`;
  const run = runsOn ? `, run by ${runsOn.minor}` : '';
  const isOfPackages = kind === 'venv' || kind === 'packages';
  const holds = isOfPackages ? `, ${counted(packages, 'package')}` : '';
  return `${path} (${made}${run}${holds})`;
}

function linesOf(environment: PythonEnvironment): string[] {
  const [next] = breakingMinors(environment);
  const ahead = next === undefined ? [] : breaksOn(environment, next);
  return [
    ...environment.broken.map(({ message, evidence }) => `${message} (${evidence})`),
    ...ahead.map(({ message, evidence }) => `breaks on ${next}: ${message} (${evidence})`),
  ];
}
