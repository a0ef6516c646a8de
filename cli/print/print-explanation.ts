import type {
  Choice,
  ExplainAnswer,
  Explained,
  ExplainedCase,
  Several,
} from '../../actions/explain/explained.ts';
import type { KnownId } from '../../actions/explain/nothing-found.ts';
import { describeLikelihood } from '../../core/advisory/likelihood.ts';
import { counted, limited, plain } from '../../core/alert/compose-alert.ts';
import type { Explanation } from '../../core/match/explain-match.ts';
import type { FeedState } from '../../core/run/run.ts';
import { describeKnown, describeNothing } from './describe-nothing.ts';
import {
  describePlace,
  placeTitle,
  type Row,
  shortDigest,
  suppressedText,
} from './describe-place.ts';
import { describeStatus } from './describe-record.ts';
import { describeSteps, describeVerdict, malwareIn, nameOf } from './describe-verdict.ts';
import type { Page } from './page.ts';
import type { Look } from './paint.ts';
import { printCheck, printPackage, printThread } from './print-subject.ts';
import { heading, printRows, say } from './say.ts';
import { hangText } from './wrap-text.ts';

/** A question that comes next, for a shell: about a finding (the same as now by default), of one package or of any. */
export type CommandOf = (words: {
  readonly finding?: string;
  readonly package?: string | null;
}) => string;

/** Prints why something is a finding or is none: the answer first, then how it was come to. */
export function printExplanation(page: Page, answer: ExplainAnswer, commandOf: CommandOf): void {
  const { outcome } = answer;
  switch (outcome.kind) {
    case 'explained':
      printExplained(page, answer, outcome);
      break;
    case 'several':
      printSeveral(page, answer.id, outcome, commandOf);
      break;
    case 'package':
      printPackage(page, outcome, commandOf);
      break;
    case 'check':
      printCheck(page, outcome);
      break;
    case 'thread':
      printThread(page, outcome, commandOf);
      break;
    case 'no-night':
    case 'unknown':
    case 'no-image':
    case 'no-workload':
    case 'no-package':
    case 'not-known':
      for (const text of describeNothing(answer, outcome)) say(page, text);
      break;
  }
  if (!UNJUDGED.has(outcome.kind)) printFeeds(page, answer);
  printProblems(page, answer);
}

/** What no feed has to do with. */
const UNJUDGED: ReadonlySet<ExplainAnswer['outcome']['kind']> = new Set([
  'no-night',
  'check',
  'thread',
]);

const LOOKS: Readonly<Record<Explanation['verdict'], Look>> = {
  affected: 'red',
  'not-affected': 'green',
  'cleared-by-owner': 'green',
  withdrawn: 'green',
  'not-judged': 'yellow',
  'not-known': 'yellow',
};

function printExplained(page: Page, answer: ExplainAnswer, { cases, known }: Explained): void {
  for (const [index, each] of cases.entries()) {
    if (index > 0) page.gap();
    printCase(page, answer, each, known);
  }
}

function printCase(
  page: Page,
  { id, night }: ExplainAnswer,
  each: ExplainedCase,
  known: KnownId | null,
): void {
  const isScanned = night === null;
  const { explanation } = each;
  const look = LOOKS[explanation.verdict];
  const verdict = describeVerdict(id, explanation, known?.uncovered);
  const silent = each.suppressed
    ? ' It is suppressed.'
    : isSuppressed(each)
      ? ' It is suppressed wherever it runs.'
      : '';
  say(page, verdict + silent, (line) => page.paint(look, line));
  page.gap();
  printRows(page, factsOf(id, each));
  heading(page, 'Why');
  const steps = [...describeSteps(explanation), ...(known ? describeKnown(id, known) : [])];
  for (const [step, text] of steps.entries()) {
    for (const line of hangText(`  ${step + 1}. `, plain(text), page.width)) page.print(line);
  }
  printPlaces(page, each, isScanned);
}

/** Wherever it runs: of what nothing runs nobody would be told. */
function isSuppressed({ places, more }: ExplainedCase): boolean {
  const lineages = places.flatMap((each) => each.lineages);
  const running = lineages.filter(({ kind }) => kind === 'workload');
  return more === 0 && running.length > 0 && running.every(({ suppressed }) => suppressed);
}

function factsOf(id: string, { unit, explanation, likelihood, suppressed }: ExplainedCase): Row[] {
  const { finding, ids, records } = explanation;
  const all = [...ids, ...(finding?.aliases ?? []), ...records.map(({ record }) => record)];
  const names = [...new Set(all)].filter((each) => each !== (finding?.id ?? id)).sort();
  const rows: (Row | null)[] = [
    ['Package', packageText(unit)],
    ['Purl', unit.purl],
    finding && ['Severity', severityText(finding, explanation)],
    finding?.about ? ['About', finding.about] : null,
    likelihood ? ['Likely', describeLikelihood(likelihood)] : null,
    finding?.exploited ? ['Exploited', exploitedText(finding.exploited)] : null,
    finding?.status ? ['Status', describeStatus(finding.status)] : null,
    names.length > 0 ? ['Also', limited(names, 8).join(', ')] : null,
    suppressed ? ['Suppressed', suppressedText(suppressed)] : null,
  ];
  return rows.filter((row) => row !== null);
}

function packageText(unit: ExplainedCase['unit']): string {
  const { source, name, version, arch, type, ecosystem } = unit;
  const from =
    source && (source.name !== name || source.version !== version)
      ? `, built from ${source.name}${source.version === version ? '' : ` ${source.version}`}`
      : '';
  const format =
    type === ecosystem.toLowerCase() || ecosystem === '' ? type : `${type} of ${ecosystem}`;
  return `${nameOf(unit)} (${format}${arch === null ? '' : `, ${arch}`})${from}`;
}

type Found = NonNullable<Explanation['finding']>;

function severityText({ severity, ratedBy }: Found, explanation: Explanation): string {
  if (malwareIn(explanation).length > 0) return `${severity}: a malicious package, by definition`;
  return ratedBy ? `${severity}, says ${ratedBy.who} (feed ${ratedBy.feed})` : severity;
}

function exploitedText({ since, ransomware, due, feed }: NonNullable<Found['exploited']>): string {
  const by = ransomware ? ', by ransomware too' : '';
  return `known since ${since}${by}${due ? `, to be remedied by ${due}` : ''} (feed ${feed})`;
}

function printPlaces(page: Page, { places, more, unit }: ExplainedCase, isScanned: boolean): void {
  heading(page, 'Where');
  for (const [index, place] of places.entries()) {
    if (index > 0) page.gap();
    for (const line of hangText('  ', plain(placeTitle(place)), page.width)) page.print(line);
    printRows(page, describePlace(place, unit.name, isScanned), '    ');
  }
  if (more > 0) {
    page.gap();
    say(page, `And ${counted(more, 'image')} more: name one by --image or --workload.`);
  }
}

function printSeveral(page: Page, id: string, { choices, more }: Several, commandOf: CommandOf) {
  const count = counted(choices.length + more, 'package');
  const isFinding = choices.some(({ verdict }) => verdict === 'affected');
  say(page, `${id} is ${isFinding ? 'found in' : 'no finding, but known of'} ${count}. Which one?`);
  for (const choice of choices) {
    const what =
      choice.version === null ? choice.name : nameOf({ ...choice, version: choice.version });
    const images = counted(choice.images, 'image');
    page.gap();
    say(page, `${what}, in ${images}: ${choice.verdict.replaceAll('-', ' ')}`);
    // Whole, however long it is: it is to be copied.
    page.print(`  ${plain(commandOf({ package: nameIn(choices, choice) }))}`);
  }
  if (more > 0) {
    page.gap();
    say(page, `And ${more} more: name one by --package, --image or --workload.`);
  }
}

/** The shortest that names this one alone. */
function nameIn(choices: readonly Choice[], { name, purl }: Choice): string {
  if (choices.filter((each) => each.name === name).length === 1) return name;
  const bare = (text: string) => text.replace(/[?#].*$/, '');
  return choices.filter((each) => bare(each.purl) === bare(purl)).length === 1 ? bare(purl) : purl;
}

function printFeeds(page: Page, { night, feeds }: ExplainAnswer): void {
  heading(page, night === null ? 'Judged by what was given' : `Judged by the night of ${night}`);
  for (const each of feeds) printRows(page, [['Feed', feedText(each)]], '  ');
  if (feeds.length > 0) return;
  const none = night === null ? 'none: no advisories were given' : 'none is enabled';
  printRows(page, [['Feed', none]], '  ');
}

function feedText({ name, snapshot, records, state, hold }: FeedState): string {
  const what =
    snapshot === null
      ? 'never read'
      : `snapshot ${shortDigest(snapshot)}, ${counted(records, 'record')}`;
  return state === 'held'
    ? `${name}: ${what}, held since ${hold?.since ?? 'the night before'}`
    : `${name}: ${what}`;
}

/** What may hide something is never left out. */
function printProblems(page: Page, { problems = [] }: ExplainAnswer): void {
  if (problems.length === 0) return;
  heading(page, `Problems: ${problems.length}`);
  for (const { path, reason } of problems) {
    for (const line of hangText('  ', plain(`${path}: ${reason}`), page.width)) page.print(line);
  }
}
