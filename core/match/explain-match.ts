import type { Component } from '../advisory/entry.ts';
import { type Ground, groundOf } from '../advisory/evaluate.ts';
import type { RecordStatus } from '../advisory/status.ts';
import {
  chooseByArchitecture,
  chooseByName,
  type Decision,
  decide,
  evaluateCandidate,
  findingOf,
} from './decide.ts';
import type { Finding } from './finding.ts';
import {
  candidatesOf,
  createLookups,
  type EntriesOf,
  installedAt,
  isWithdrawn,
  type Lookup,
  lookupOf,
  readingOf,
  readSubject,
  type Subject,
  speaks,
  timeOf,
} from './look-up.ts';
import { whyNotLookedUp } from './not-looked-up.ts';
import { askOwner, type OwnerSays, whyNotThisBuild, withOwner } from './ownership.ts';
import type { OwnerUnit, Unit } from './unit.ts';
import type { Candidate, Vulnerability } from './vulnerability.ts';

/** Why a record did not decide. */
export type PassedOver =
  /** It was withdrawn. */
  | 'withdrawn'
  /** It names no version that can be compared. */
  | 'no-versions'
  /** It is under the origin's name, or in a release beside its own, and the package has records of its own. */
  | 'own-records-decide'
  /** It is under the origin's name, and does not hold for its sub-packages. */
  | 'not-for-subpackages'
  /** It is for another architecture, and there are records for the package's. */
  | 'other-architecture'
  /** Of the owner of a file: it says of another architecture that it is not affected, which clears nothing in this one. */
  | 'clears-other-architecture'
  /** Of the owner of a file, in a module: nobody can say whether it is about the stream that is installed. */
  | 'clears-unknown-stream';

/** One record that was considered, and what came of it. */
export interface ConsideredRecord {
  readonly record: string;
  readonly hash: string;
  readonly feed: string;
  readonly ecosystem: string;
  /** The name that it was found by, and whether that is the package's own or its origin's. */
  readonly name: string;
  readonly foundBy: 'own' | 'origin';
  /** The architecture that it is for; `null`: any. */
  readonly arch: string | null;
  readonly aliases: readonly string[];
  readonly upstream: readonly string[];
  readonly withdrawn: string | null;
  readonly status: RecordStatus | null;
  readonly components: readonly Component[];
  /** `null` when it was one of those that decide. */
  readonly passedOver: PassedOver | null;
  /** The version that it was compared with: the package's, or that of its source. */
  readonly installed: string;
  readonly affected: boolean;
  readonly fixedIn: string | null;
  /** The version could not be compared as it should. */
  readonly fallback: boolean;
  /** What was compared. */
  readonly ground: Ground;
}

/** What a package's records say of one vulnerability. */
export interface SubjectExplanation {
  readonly package: OwnerUnit;
  /** In the order they were found: own before origin's. */
  readonly records: readonly ConsideredRecord[];
}

/** Why a unit has a finding, or has none. */
export interface Explanation extends SubjectExplanation {
  /** What was asked about. */
  readonly vulnerability: string;
  /** All names of it; only what was asked about when nothing speaks of it. */
  readonly ids: readonly string[];
  /**
   * `affected`; `not-affected`: by all records that decide; `cleared-by-owner`: it would be,
   * but for the OS package whose file it is; `withdrawn`: only withdrawn records speak of it;
   * `not-judged`: records name it and none could decide; `not-known`: nothing speaks of it.
   */
  readonly verdict:
    | 'affected'
    | 'not-affected'
    | 'cleared-by-owner'
    | 'withdrawn'
    | 'not-judged'
    | 'not-known';
  /** What it is told as, or would be if its owner had not cleared it. */
  readonly finding: Finding | null;
  /** What the advisories of the owner say; `null` without an owner, or when there was nothing to ask it. */
  readonly owner: (SubjectExplanation & { readonly says: OwnerSays['says'] }) | null;
  /** Why no feed was asked about the package, as one clause; absent when feeds were. */
  readonly notLookedUp?: string;
}

/**
 * Says why a unit has a vulnerability or has not, by the very functions that judge it.
 * `vulnerability`: a finding's id, or any other name of it, a record's too.
 */
export function explainMatch(
  unit: Unit,
  vulnerability: string,
  entriesOf: EntriesOf,
  at: string,
  covered?: ReadonlySet<string>,
): Explanation {
  const advisories = { entriesOf, time: timeOf(at), covered };
  const reason = whyNotLookedUp(unit);
  const { subject, all, judged, records } = consider(unit, [vulnerability], advisories);
  const decision = judged && decide(subject, judged);
  const finding =
    judged && decision && decision.hits.length > 0
      ? findingOf(subject, unit.purl, judged, decision.hits)
      : null;
  const owner = finding && unit.owner && explainOwner(unit.owner, finding, advisories);
  return {
    vulnerability,
    ids: all?.ids ?? [vulnerability],
    package: subject.unit,
    records,
    verdict: verdictOf(decision, owner?.says, records),
    finding: finding && owner ? withOwner(finding, owner.package, owner.says) : finding,
    owner,
    ...(reason !== null && { notLookedUp: reason }),
  };
}

interface DatedEntries {
  readonly entriesOf: EntriesOf;
  readonly time: number;
  readonly covered: ReadonlySet<string> | undefined;
}

interface Considered {
  readonly subject: Subject;
  /** The vulnerability as all records name it, those that say nothing too. */
  readonly all: Vulnerability | undefined;
  /** As it is judged. */
  readonly judged: Vulnerability | undefined;
  readonly records: readonly ConsideredRecord[];
}

/** All records of a package that name a vulnerability. */
function consider(
  unit: OwnerUnit,
  ids: readonly string[],
  { entriesOf, time, covered }: DatedEntries,
): Considered {
  const subject = readSubject(unit, covered);
  const candidates = candidatesOf(subject, entriesOf);
  // Most packages of a fleet have nothing to do with it: their records need not be sorted by what they are about.
  if (!candidates.some(({ entry }) => isNamed(entry, ids))) {
    return { subject, all: undefined, judged: undefined, records: [] };
  }
  const all = findNamed(lookupOf(candidates), ids);
  const speaking = lookupOf(candidates.filter(({ entry }) => speaks(entry, time)));
  const judged = findNamed(speaking, ids) ?? findNamed(speaking, all?.ids ?? []);
  const records = [...new Set([...(judged?.candidates ?? []), ...(all?.candidates ?? [])])]
    .sort((left, right) => (orderOf(left) < orderOf(right) ? -1 : 1))
    .map((candidate) => recordOf(subject, candidate, passedOver(subject, candidate, judged, time)));
  return { subject, all: all ?? judged, judged, records };
}

/** Whether a record names a vulnerability in any way. */
function isNamed(
  { record, aliases, upstream }: Candidate['entry'],
  ids: readonly string[],
): boolean {
  return ids.some((id) => id === record || aliases.includes(id) || upstream.includes(id));
}

/** By name, then record: feeds have no order. */
function orderOf({ place, entry }: Candidate): string {
  return [place, entry.record, entry.arch ?? '', entry.feed].join('\t');
}

/** By its names, else by a record that speaks of it. */
function findNamed({ vulnerabilities }: Lookup, ids: readonly string[]): Vulnerability | undefined {
  return (
    vulnerabilities.find((each) => ids.some((id) => each.ids.includes(id))) ??
    vulnerabilities.find(({ candidates }) =>
      candidates.some(({ entry }) => ids.includes(entry.record)),
    )
  );
}

function passedOver(
  { unit }: Subject,
  candidate: Candidate,
  judged: Vulnerability | undefined,
  time: number,
): PassedOver | null {
  const { entry } = candidate;
  if (isWithdrawn(entry, time)) return 'withdrawn';
  if (!judged || !speaks(entry, time)) return 'no-versions';
  const named = chooseByName(judged.candidates);
  if (!named.includes(candidate)) {
    return named.some(({ own }) => own) ? 'own-records-decide' : 'not-for-subpackages';
  }
  return chooseByArchitecture(named, unit.arch).includes(candidate) ? null : 'other-architecture';
}

function recordOf(
  subject: Subject,
  candidate: Candidate,
  reason: PassedOver | null,
): ConsideredRecord {
  const { entry, place } = candidate;
  const { ecosystem, name, record, hash, feed, arch, aliases, upstream, withdrawn } = entry;
  const installed = installedAt(subject, candidate);
  const { affected, fixedIn, fallback } = evaluateCandidate(subject, candidate);
  return {
    record,
    hash,
    feed,
    ecosystem,
    name,
    foundBy: subject.names[place]?.own ? 'own' : 'origin',
    arch,
    aliases,
    upstream,
    withdrawn,
    status: entry.status ?? null,
    components: entry.components ?? [],
    passedOver: reason,
    installed: installed.text,
    affected,
    fixedIn,
    fallback,
    ground: groundOf(entry, readingOf(candidate), installed),
  };
}

/** As those of a package, but for what clears nothing of its files. */
function ownerRecords(
  owner: OwnerUnit,
  ids: readonly string[],
  advisories: DatedEntries,
): readonly ConsideredRecord[] {
  const { subject, judged, records } = consider(owner, ids, advisories);
  return records.map((each) => {
    const candidate = judged?.candidates.find(
      ({ entry }) =>
        entry.record === each.record && entry.hash === each.hash && entry.arch === each.arch,
    );
    if (!candidate || each.passedOver !== null || each.affected) return each;
    return { ...each, passedOver: whyNotThisBuild(subject, candidate) };
  });
}

function explainOwner(
  owner: OwnerUnit,
  { id, aliases }: Finding,
  advisories: DatedEntries,
): NonNullable<Explanation['owner']> {
  const ids = [id, ...aliases];
  const { entriesOf, time, covered } = advisories;
  const subject = readSubject(owner, covered);
  const { says } = askOwner(subject, createLookups(entriesOf, time)(subject), ids, covered);
  return { says, package: owner, records: ownerRecords(owner, ids, advisories) };
}

function verdictOf(
  decision: Decision | undefined,
  owner: OwnerSays['says'] | undefined,
  records: readonly ConsideredRecord[],
): Explanation['verdict'] {
  if (decision && decision.hits.length > 0) {
    return owner === 'cleared' ? 'cleared-by-owner' : 'affected';
  }
  if (decision?.isSaid) return 'not-affected';
  if (records.length === 0) return 'not-known';
  const isOver = records.every((each) => each.passedOver === 'withdrawn');
  return isOver ? 'withdrawn' : 'not-judged';
}
