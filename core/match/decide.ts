import { type Evaluation, evaluateRead, highestFix } from '../advisory/evaluate.ts';
import { type Severity, worst } from '../advisory/severity.ts';
import { type FindingStatus, isQuiet, strongest } from '../advisory/status.ts';
import { schemeOf } from '../version/scheme-of.ts';
import type { Finding, FindingRecord } from './finding.ts';
import { installedAt, readingOf, type Subject } from './look-up.ts';
import type { Candidate, Hit, Saying, Vulnerability } from './vulnerability.ts';

/** What the advisories of a package say of one vulnerability. */
export interface Decision {
  /** None: it is not affected, if anything was said. */
  readonly hits: readonly Hit[];
  /** Whether anything was said that could be compared. */
  readonly isSaid: boolean;
}

/**
 * Decides whether a package has a vulnerability. One record that hits is enough: what
 * another component of the same package was cleared of does not clear this one. So where
 * all records begin at 0, any open one means affected without a fix, cleared ones alone
 * mean not affected, and else the highest fix counts
 * (https://github.com/aquasecurity/trivy-db/pull/686).
 */
export function decide(subject: Subject, { candidates }: Vulnerability): Decision {
  return decideBy(subject, decidingFor(candidates, subject.unit.arch));
}

/** As `decide`, by the candidates that do. */
export function decideBy(subject: Subject, deciding: readonly Candidate[]): Decision {
  let hits: Hit[] | undefined;
  let isSaid = false;
  for (const candidate of deciding) {
    const evaluation = evaluateCandidate(subject, candidate);
    if (!evaluation.fallback) isSaid = true;
    if (!evaluation.affected) continue;
    hits ??= [];
    hits.push({ candidate, evaluation });
  }
  return { hits: hits ?? NO_HITS, isSaid };
}

const NO_HITS: readonly Hit[] = [];

/** What one candidate says of a package, by the version that it speaks of. */
export function evaluateCandidate(subject: Subject, candidate: Candidate): Evaluation {
  return evaluateRead(readingOf(candidate), installedAt(subject, candidate));
}

/** The candidates that decide for an architecture: chosen by name, then by architecture. */
export function decidingFor(
  candidates: readonly Candidate[],
  arch: string | null,
): readonly Candidate[] {
  return chooseByArchitecture(chooseByName(candidates), arch);
}

/** Records of the package itself, one that clears it included; without any those of its origin, as far as they hold for it. */
export function chooseByName(candidates: readonly Candidate[]): readonly Candidate[] {
  if (candidates.every(({ own }) => own)) return candidates;
  const own = candidates.filter((each) => each.own);
  return own.length > 0 ? own : candidates.filter(({ entry }) => entry.subpackages !== false);
}

/** Records of the package's architecture; without any those of another: one in eleven vulnerabilities is written down for one alone. */
export function chooseByArchitecture(
  candidates: readonly Candidate[],
  arch: string | null,
): readonly Candidate[] {
  const mine = candidates.filter(({ entry }) => isForArchitecture(entry.arch, arch));
  return mine.length > 0 ? mine : candidates;
}

/** Whether what is said of an architecture is said of what is installed. */
export function isForArchitecture(arch: string | null, installed: string | null): boolean {
  return arch === null || installed === null || installed === 'noarch' || arch === installed;
}

/** The finding that a decision with hits makes. */
export function findingOf(
  { unit }: Subject,
  purl: string,
  vulnerability: Vulnerability,
  hits: readonly Hit[],
): Finding {
  const { aliases, severity, fixedIn, feeds, records, status } = sayingOf(
    vulnerability,
    hits,
    unit.ecosystem,
  );
  return {
    id: vulnerability.id,
    aliases,
    package: purl,
    version: unit.version,
    severity,
    fixedIn,
    feeds,
    records,
    ...(status && { status }),
  };
}

function sayingOf(vulnerability: Vulnerability, hits: readonly Hit[], ecosystem: string): Saying {
  const { said } = vulnerability;
  if (said && areAlike(said.hits, hits)) return said.saying;
  const { id, ids, candidates } = vulnerability;
  const entries = hits.map(({ candidate }) => candidate.entry);
  const aliases = new Set([...ids, ...entries.map(({ record }) => record)]);
  aliases.delete(id);
  const status = statusOf(hits);
  const saying: Saying = {
    aliases: [...aliases].sort(),
    severity: severityOf(hits, candidates),
    fixedIn: highestFix(
      schemeOf(ecosystem),
      hits.map(({ evaluation }) => evaluation.fixedIn),
    ),
    feeds: [...new Set(entries.map(({ feed }) => feed))].sort(),
    records: recordsOf(hits),
    ...(status && { status }),
  };
  vulnerability.said = { hits, saying };
  return saying;
}

function areAlike(left: readonly Hit[], right: readonly Hit[]): boolean {
  return (
    left.length === right.length &&
    left.every(
      ({ candidate, evaluation }, index) =>
        candidate === right[index]?.candidate &&
        evaluation.fixedIn === right[index].evaluation.fixedIn,
    )
  );
}

/**
 * The strongest status of the records that are open; with none open nothing but the versions
 * counts. What one publisher sees no danger in is so only while no other sees one.
 */
function statusOf(hits: readonly Hit[]): FindingStatus | undefined {
  const areQuiet = hits.every(({ candidate }) => isQuiet(candidate.entry.status));
  const speaking = areQuiet
    ? hits
    : hits.filter(
        ({ candidate, evaluation }) =>
          evaluation.fixedIn === null && !isQuiet(candidate.entry.status),
      );
  const status = strongest(speaking.map(({ candidate }) => candidate.entry.status));
  return status === 'affected' ? undefined : status;
}

/** The worst that anybody has given; what hits without a rating takes that of the same vulnerability's other records. */
function severityOf(hits: readonly Hit[], candidates: readonly Candidate[]): Severity {
  const rated = worstOf(hits.map(({ candidate }) => candidate.entry.severity));
  return rated === 'unrated' ? worstOf(candidates.map(({ entry }) => entry.severity)) : rated;
}

function worstOf(severities: readonly Severity[]): Severity {
  const rated = severities.filter((severity) => severity !== 'unrated');
  return (
    rated.reduce<Severity | undefined>((a, b) => (a ? worst(a, b) : b), undefined) ?? 'unrated'
  );
}

function recordsOf(hits: readonly Hit[]): FindingRecord[] {
  const records: FindingRecord[] = [];
  for (const { candidate } of hits) {
    const { record, hash } = candidate.entry;
    if (records.some((each) => each.id === record && each.hash === hash)) continue;
    records.push({ id: record, hash });
  }
  return records.length === 1 ? records : records.sort(compareRecords);
}

/** By id, then hash. */
function compareRecords(left: FindingRecord, right: FindingRecord): number {
  if (left.id !== right.id) return left.id < right.id ? -1 : 1;
  return left.hash < right.hash ? -1 : 1;
}
