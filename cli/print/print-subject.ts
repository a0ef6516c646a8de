import type {
  CheckAnswer,
  CheckPlace,
  FoundInPackage,
  PackageAnswer,
  PackageVersion,
  ThreadAnswer,
  ThreadItem,
} from '../../actions/explain/explained.ts';
import { isMalware } from '../../core/advisory/rate.ts';
import { counted, limited, plain } from '../../core/alert/compose-alert.ts';
import { describeLineage } from '../../core/lineage/channel.ts';
import { originText, placeTitle, type Row, shortDigest, timeText } from './describe-place.ts';
import { capital, describeStatus } from './describe-record.ts';
import { nameOf } from './describe-verdict.ts';
import type { Page } from './page.ts';
import type { CommandOf } from './print-explanation.ts';
import { heading, printRows, say } from './say.ts';

/** Lineages that are named. */
const LINEAGES = 5;

/** Prints what is found for a package, with the questions that come next. */
export function printPackage(
  page: Page,
  { asked, versions, more }: PackageAnswer,
  commandOf: CommandOf,
): void {
  const here = counted(versions.length + more, 'version');
  say(page, `${asked} is a package, here in ${here}. ${capital(foundInAll(versions))}.`);
  const only = versions.length === 1 && more === 0;
  for (const each of versions) {
    printVersion(page, each, (id) =>
      plain(commandOf({ finding: id, package: only ? each.name : nameIn(versions, each) })),
    );
  }
  if (more > 0) {
    page.gap();
    say(page, `And ${counted(more, 'version')} more: name one by its purl, --image or --workload.`);
  }
  if (versions.some(({ findings }) => findings.length > 0)) return;
  page.gap();
  say(page, 'To ask why a vulnerability is none of it, with its id for ID:');
  page.print(`  ${plain(commandOf({ finding: 'ID', package: asked }))}`);
}

/** What nobody has advisories about is never called clean. */
function foundInAll(versions: readonly PackageVersion[]): string {
  const ids = new Set(versions.flatMap(({ findings }) => findings.map(({ id }) => id)));
  const [first] = ids;
  if (first !== undefined)
    return `found: ${ids.size === 1 ? first : `${ids.size} vulnerabilities`}`;
  const known = versions.filter(({ isCovered, notLookedUp }) => isCovered && notLookedUp === null);
  if (known.length === 0) return 'nothing is known of it';
  if (known.some(({ notCompared }) => notCompared !== null)) {
    return 'nothing is found, but not every version can be compared as it should be';
  }
  return known.length === versions.length
    ? 'nothing is found'
    : 'nothing is found in what is known';
}

/** The shortest purl that names this version alone. */
function nameIn(versions: readonly PackageVersion[], { purl }: PackageVersion): string {
  const bare = (text: string) => text.replace(/[?#].*$/, '');
  return versions.filter((each) => bare(each.purl) === bare(purl)).length === 1 ? bare(purl) : purl;
}

function printVersion(
  page: Page,
  version: PackageVersion,
  commandOf: (id: string) => string,
): void {
  const { findings, more } = version;
  const source =
    version.source === null || version.source === version.name
      ? ''
      : `, built from ${version.source}`;
  heading(page, plain(`${nameOf(version)}${source}, in ${counted(version.images, 'image')}`));
  printRows(page, [['Purl', version.purl]], '  ');
  const silence = silenceOf(version);
  if (silence !== null) printRows(page, [['Found', silence]], '  ');
  if (version.isCovered && version.notCompared !== null) {
    printRows(page, [['Not sure', version.notCompared]], '  ');
  }
  for (const each of findings) {
    printRows(page, [['Found', foundText(each)]], '  ');
    // Whole, however long it is: it is to be copied.
    page.print(`    ${commandOf(each.id)}`);
  }
  if (more > 0) printRows(page, [['', `and ${counted(more, 'finding')} more`]], '  ');
}

function silenceOf({ findings, isCovered, notLookedUp, ecosystem }: PackageVersion): string | null {
  if (findings.length > 0) return null;
  if (notLookedUp !== null) return `not looked up: ${notLookedUp}`;
  const what = ecosystem === '' ? 'its distribution' : ecosystem;
  return isCovered ? 'nothing' : `not known: no feed of advisories speaks of ${what}`;
}

function foundText({ id, severity, fixedIn, status, title, suppressed }: FoundInPackage): string {
  const fix = fixedIn === null ? unfixedText(id, status) : `fixed in ${fixedIn}`;
  return `${id} (${severity}), ${fix}${suppressed ? ', suppressed' : ''}${title === null ? '' : `: ${title}`}`;
}

function unfixedText(id: string, status: FoundInPackage['status']): string {
  if (isMalware(id)) return 'the package itself is malicious';
  return status === null ? 'no fix is known' : `no fix is known, ${describeStatus(status)}`;
}

/** Prints what a check asks, who fails it and what to do. */
export function printCheck(page: Page, answer: CheckAnswer): void {
  const { check, failing, left, places, undecided } = answer;
  say(page, `${check} is a check of images, no vulnerability: ${checkResult(answer)}.`, (line) =>
    page.paint(failing > 0 ? 'red' : undecided.images > 0 ? 'yellow' : 'green', line),
  );
  page.gap();
  printRows(page, [
    ['Fails', `where ${answer.failsWhere}`],
    ['Why', answer.why],
    ['Do', answer.remedy],
    ...undecided.why.map((each): Row => ['Unknown', each]),
  ]);
  if (places.length > 0) heading(page, 'Where');
  for (const [index, place] of places.entries()) {
    if (index > 0) page.gap();
    printCheckPlace(page, place);
  }
  if (failing > places.length) {
    page.gap();
    say(
      page,
      `And ${counted(failing - places.length, 'image')} more: name one by --image or --workload.`,
    );
  }
  if (left > 0) {
    page.gap();
    say(page, `${counted(left, 'image')} more could not be looked into.`);
  }
  page.gap();
  say(
    page,
    'Each image’s checks are in the report of the night, and in what tidewatch scan prints.',
  );
}

/** What nobody knows is never called passed. */
function checkResult({ failing, images, undecided }: CheckAnswer): string {
  const all = counted(images, 'image');
  if (failing === 0 && undecided.images === images && images > 0) {
    return `of ${all} it is not known whether ${images === 1 ? 'it fails' : 'they fail'}`;
  }
  const result =
    failing === 0
      ? `none of ${all} is known to fail it`
      : `${failing} of ${all} ${failing === 1 ? 'fails' : 'fail'} it`;
  return undecided.images > 0 ? `${result}, of ${undecided.images} it is not known` : result;
}

function printCheckPlace(page: Page, place: CheckPlace): void {
  const { lineages, message, evidence, digest } = place;
  say({ ...page, print: (line) => page.print(`  ${line}`) }, placeTitle(place));
  const running = lineages
    .filter(({ kind }) => kind === 'workload')
    .map(({ lineage }) => describeLineage(lineage));
  printRows(
    page,
    [
      ['Digest', shortDigest(digest)],
      ['Says', message],
      ...(evidence === null ? [] : [['Evidence', evidence] as const]),
      [
        'Runs in',
        running.length === 0 ? 'nothing that was seen' : limited(running, LINEAGES).join(', '),
      ],
      ...toldRows(lineages),
    ],
    '    ',
  );
}

/** Alike for most lineages of an image: said once. */
function toldRows(lineages: CheckPlace['lineages']): Row[] {
  const [text, ...others] = new Set(lineages.map(({ origin }) => originText(origin)));
  if (text === undefined) return [];
  if (others.length === 0) return [['Told', text]];
  return lineages.map(
    ({ lineage, origin }): Row => ['Told', `${originText(origin)}: ${describeLineage(lineage)}`],
  );
}

/** What is no finding and no check has nothing to list: a registry that cannot be seen, a feed that is held. */
const STILL_TRUE = 'What was told is not over; no finding or check is listed under it.';

/** Prints what was told under a thread, and what of it is open. */
export function printThread(page: Page, answer: ThreadAnswer, commandOf: CommandOf): void {
  const { thread, isOpen, title, told, items, more } = answer;
  const state = isOpen ? 'open' : 'over';
  say(page, `${thread.slice(0, 8)} is a thread of alerts, which is ${state}: ${title}.`, (line) =>
    page.paint(isOpen ? 'red' : 'green', line),
  );
  heading(page, 'Told');
  if (told.length === 0) page.print('  In no night that is kept.');
  for (const [index, each] of told.entries()) {
    if (index > 0) page.gap();
    printTold(page, each);
  }
  heading(page, 'Open');
  if (items.length === 0) page.print(`  ${isOpen ? STILL_TRUE : 'Nothing any more.'}`);
  for (const each of items) printItem(page, each, commandOf);
  if (more > 0) page.print(`  And ${counted(more, 'item')} more.`);
}

function printTold(
  page: Page,
  { at, kind, title, remedy, lineages }: ThreadAnswer['told'][number],
): void {
  const rows: Row[] = [
    ['When', at === null ? 'a push' : `the night of ${timeText(at)}`],
    ['What', `${kind}: ${title}`],
    ...(lineages.length === 0 ? [] : [['Where', namesOf(lineages)] as const]),
    ['Do', remedy],
  ];
  printRows(page, rows, '  ');
}

function printItem(page: Page, item: ThreadItem, commandOf: CommandOf): void {
  const { title, severity, fixedIn, id, package: purl, lineages } = item;
  const fix = fixedIn === null ? 'no fix is known' : `fixed in ${fixedIn}`;
  const rows: Row[] = [
    ['What', `${title} (${severity})${purl === null ? '' : `, ${fix}`}`],
    ['Where', namesOf(lineages)],
  ];
  printRows(page, rows, '  ');
  const next = purl === null ? { finding: id } : { finding: id, package: purl };
  // Whole, however long it is: it is to be copied.
  page.print(`    ${plain(commandOf(next))}`);
}

function namesOf(lineages: readonly string[]): string {
  return limited(lineages.map(describeLineage), LINEAGES).join(', ');
}
