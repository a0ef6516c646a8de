import { highestFix } from '../../core/advisory/evaluate.ts';
import { isMalware } from '../../core/advisory/rate.ts';
import { counted } from '../../core/alert/compose-alert.ts';
import type { ConsideredRecord, Explanation } from '../../core/match/explain-match.ts';
import { lookupNames } from '../../core/match/lookup-keys.ts';
import { whyNotLookedUp } from '../../core/match/not-looked-up.ts';
import type { OwnerUnit } from '../../core/match/unit.ts';
import { schemeOf } from '../../core/version/scheme-of.ts';
import { capital, describeRecord, describeStatus, originWord } from './describe-record.ts';

/** Records that are told one by one. */
const RECORDS = 8;

/** The answer in one sentence. `uncovered`: ecosystems that no feed speaks of. */
export function describeVerdict(
  id: string,
  explanation: Explanation,
  uncovered: readonly string[] = [],
): string {
  const { package: of, records } = explanation;
  const what = nameOf(of);
  switch (explanation.verdict) {
    case 'affected':
      return `${affectedId(id, explanation.finding)} affects ${what}: ${remedyOf(explanation)}.`;
    case 'not-affected':
      return `${id} does not affect ${what}: ${freeBecause(records)}.`;
    case 'cleared-by-owner':
      return `${id} is no finding in ${what}: ${clearedBy(explanation)}.`;
    case 'withdrawn':
      return `${id} is no finding in ${what}: what said so was withdrawn.`;
    case 'not-judged':
      return `${id} is no finding in ${what}${unjudged(of, records)}.`;
    case 'not-known':
      if (explanation.notLookedUp) return notLookedUp(id, explanation);
      return uncovered.includes(of.ecosystem)
        ? `Whether ${id} affects ${what} is not known: ${noFeed(of)}.`
        : `${id} is no finding in ${what}: no advisory says anything of it in this package.`;
  }
}

function clearedBy({ owner }: Explanation): string {
  const of = owner ? ` ${nameOf(owner.package)}` : '';
  return `the OS package${of}, whose file it is, ${freeOwner(owner?.records ?? [])}`;
}

function unjudged(of: OwnerUnit, records: readonly ConsideredRecord[]): string {
  const speaking = records.filter(({ passedOver }) => passedOver !== 'withdrawn');
  if (speaking.every(({ passedOver }) => passedOver === 'not-for-subpackages')) {
    return `: it is only known of ${of.source?.name ?? 'another package'}, its ${originWord(of)}, and does not hold for sub-packages`;
  }
  return ', but that is not certain: no record that names it could be compared with this version';
}

function notLookedUp(id: string, { package: of, notLookedUp: why }: Explanation): string {
  return `${id} is no finding in ${nameOf(of)}, which is not looked up: ${why}.`;
}

function noFeed({ ecosystem }: OwnerUnit): string {
  return ecosystem === ''
    ? 'no feed can name the packages of its distribution'
    : `no feed of advisories speaks of ${ecosystem}`;
}

/** A finding is told under its best id; who asks by another one is told both. */
function affectedId(id: string, finding: Explanation['finding']): string {
  return finding && finding.id !== id ? `${finding.id} (${id})` : id;
}

/** `libpq-17 17.8-r1`. */
export function nameOf({ name, version }: Pick<OwnerUnit, 'name' | 'version'>): string {
  return `${name} ${version}`;
}

function remedyOf(explanation: Explanation): string {
  const { finding } = explanation;
  const status = finding?.status;
  const quiet = status === 'unimportant' || status === 'informational';
  if (quiet) return `${describeStatus(status)}, so nobody is told`;
  if (finding?.fixedIn) return `fixed in ${finding.fixedIn}`;
  if (malwareIn(explanation).length > 0) return 'the package itself is malicious, take it out';
  if (status) return `no fix is known, ${describeStatus(status)}`;
  const last = lastAffectedOf(explanation);
  return last === null
    ? 'no fix is known'
    : `versions up to and including ${last} are affected and no fix is named; versions above ${last} are not in the range`;
}

/** Records that say of what is installed that it is malicious. */
export function malwareIn({ records }: Pick<Explanation, 'records'>): string[] {
  const hits = records.filter(({ affected, passedOver }) => affected && passedOver === null);
  return [...new Set(hits.map(({ record }) => record))].filter(isMalware);
}

/** Above which version nothing is affected any more, where records say so and name no fix; `null` where one leaves it open. */
function lastAffectedOf({ records, package: { ecosystem } }: Explanation): string | null {
  const open = records.filter(
    ({ affected, passedOver, fixedIn }) => affected && passedOver === null && fixedIn === null,
  );
  const last = open.flatMap(({ ground }) => {
    const hits = ground.ranges.filter((each) => each.affected);
    return hits.length === 0 ? [null] : hits.map((each) => each.lastAffected);
  });
  return highestFix(schemeOf(ecosystem), last);
}

function freeBecause(records: readonly ConsideredRecord[]): string {
  const deciding = records.filter(({ passedOver }) => passedOver === null);
  const fixed = fixesOf(deciding);
  if (fixed.length > 0) return `it was fixed in ${fixed.join(' and ')}`;
  return isCleared(deciding)
    ? 'its publisher says that it is not affected'
    : 'this version is none of those that are affected';
}

function freeOwner(records: readonly ConsideredRecord[]): string {
  const deciding = records.filter(({ passedOver }) => passedOver === null);
  const fixed = fixesOf(deciding);
  if (fixed.length > 0) return `lists it as fixed in ${fixed.join(' and ')}`;
  return isCleared(deciding) ? 'lists it as not affected' : 'lists it for other versions alone';
}

/** Versions that fixed it, at or below what is installed. */
function fixesOf(records: readonly ConsideredRecord[]): string[] {
  const events = records.flatMap(({ ground }) =>
    ground.ranges.flatMap(({ event, order }) => (event && order !== '<' ? [event] : [])),
  );
  const fixed = events.filter(([kind, version]) => kind === 'fixed' && version !== '0');
  return [...new Set(fixed.map(([, version]) => version))];
}

/** Whether what decides says of every version that it is not affected. */
function isCleared(records: readonly ConsideredRecord[]): boolean {
  return records.some(({ ground }) =>
    ground.ranges.some(({ range }) => {
      const [first, second, ...more] = range;
      return (
        first?.[0] === 'introduced' &&
        second?.[0] === 'fixed' &&
        first[1] === second[1] &&
        more.length === 0
      );
    }),
  );
}

/** How it was found, in the order of the rules, a paragraph a step. */
export function describeSteps(explanation: Explanation): string[] {
  const { package: of, records, owner, verdict } = explanation;
  const steps = [
    lookedUp(of),
    ...recordSteps(records, of),
    ...aggregate(explanation),
    ...malwareText(explanation),
  ];
  if (!owner) return steps;
  return [
    ...steps,
    `Its file belongs to the OS package ${nameOf(owner.package)}, so that one is asked too. ${capital(lookedUpText(owner.package))}.`,
    ...recordSteps(owner.records, owner.package),
    ownerText(owner.says, owner.package, verdict),
  ];
}

function lookedUp(of: OwnerUnit): string {
  return `${capital(lookedUpText(of))}.`;
}

function lookedUpText(of: OwnerUnit): string {
  const why = whyNotLookedUp(of);
  if (why !== null) return `not looked up: ${why}`;
  if (of.ecosystem === '') return `no feed can name it: its distribution is not known`;
  const names = lookupNames(of).map(({ name, own, version }) => {
    const role = own
      ? name === of.source?.name && name !== of.name
        ? ', its source'
        : ''
      : `, its ${originWord(of)}`;
    return `${name}${role}${version === of.version ? '' : ` (${version})`}`;
  });
  return `looked up in ${of.ecosystem} as ${names.join(', and as ')}`;
}

/** Those that decide before those that were passed over. */
function recordSteps(records: readonly ConsideredRecord[], of: OwnerUnit): string[] {
  if (records.length === 0) return ['No record names it there.'];
  const sorted = [
    ...records.filter(({ passedOver }) => passedOver === null),
    ...records.filter(({ passedOver }) => passedOver !== null),
  ];
  const deciding = records.filter(({ passedOver }) => passedOver === null);
  const isBorrowed = deciding.length > 0 && deciding.every(({ foundBy }) => foundBy === 'origin');
  const rule = isBorrowed
    ? [`No record names ${of.name} itself, so those of its ${originWord(of)} decide.`]
    : [];
  const rest = sorted.length - RECORDS;
  const told = sorted.slice(0, RECORDS).map((each) => describeRecord(each, of));
  const more = rest > 0 ? [`And ${counted(rest, 'more record')}.`] : [];
  return [...rule, ...told, ...more];
}

/** What several records come to. */
function aggregate({ records, finding, verdict }: Explanation): string[] {
  const deciding = records.filter(({ passedOver }) => passedOver === null);
  if (deciding.length < 2) return [];
  const hits = deciding.filter(({ affected }) => affected);
  if (verdict === 'not-affected')
    return [`None of these ${deciding.length} says that it is affected.`];
  if (!finding || hits.length === 0) return [];
  const many = hits.length < deciding.length ? 'One record that is open is enough: ' : '';
  const fix = finding.fixedIn
    ? `the highest fix counts, ${finding.fixedIn}`
    : 'as long as one of them has no fix, there is none';
  return [capital(`${many}${fix}.`)];
}

/** Why nobody had to rate it. */
function malwareText(explanation: Explanation): string[] {
  const records = malwareIn(explanation);
  if (records.length === 0) return [];
  return [
    'Records whose ids begin with MAL- are about packages that are malicious themselves: critical by definition, whatever anybody says of them.',
  ];
}

type OwnerSays = NonNullable<Explanation['owner']>['says'];

function ownerText(says: OwnerSays, of: OwnerUnit, verdict: Explanation['verdict']): string {
  switch (says) {
    case 'cleared':
      return verdict === 'cleared-by-owner'
        ? `Who builds ${of.name} has dealt with it in what is installed: the finding is dropped.`
        : `Who builds ${of.name} has dealt with it in what is installed.`;
    case 'affected':
      return `${of.name} is affected itself: the finding stays, and an update of ${of.name} ends both.`;
    case 'nothing':
      return `The advisories of ${of.ecosystem} do not speak of it in ${of.name}: silence clears nothing, the finding stays.`;
    case 'unread':
      return `No feed speaks of ${of.ecosystem === '' ? 'its distribution' : of.ecosystem}, so nobody could clear it: the finding stays.`;
  }
}
