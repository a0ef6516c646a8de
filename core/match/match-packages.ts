import type { AdvisoryEntry, LookupKey } from '../advisory/entry.ts';
import {
  type Evaluation,
  evaluateInstalled,
  highestFix,
  type InstalledVersion,
  readVersion,
} from '../advisory/evaluate.ts';
import { type Severity, worst } from '../advisory/severity.ts';
import type { Problem } from '../image/capture.ts';
import type { Package } from '../inventory/inventory.ts';
import { schemeOf } from '../version/scheme-of.ts';
import type { Finding, FindingRecord } from './finding.ts';
import { groupAliases } from './group-aliases.ts';
import { lookupEcosystems, lookupNames } from './lookup-keys.ts';

export { lookupKeys } from './lookup-keys.ts';

/** What `matchPackages` found. */
interface Match {
  /** One for each package and vulnerability, by purl, then id. */
  readonly findings: Finding[];
  /** Versions that could not be compared as they should. */
  readonly problems: Problem[];
}

/** An entry found for a package, and how it was found. */
interface Candidate {
  readonly entry: AdvisoryEntry;
  readonly own: boolean;
  readonly installed: InstalledVersion;
}

/** One vulnerability and the candidates that speak of it. */
interface Vulnerability {
  readonly id: string;
  readonly ids: Set<string>;
  readonly candidates: Candidate[];
}

/**
 * Matches packages against advisories as of `at` (RFC 3339): the same packages and
 * entries give the same findings, in whatever order they come.
 */
export function matchPackages(
  packages: readonly Package[],
  entriesOf: (key: LookupKey) => readonly AdvisoryEntry[],
  at: string,
): Match {
  const time = Date.parse(at);
  if (Number.isNaN(time)) throw new RangeError(`not a time: ${JSON.stringify(at)}`);
  const findings = new Map<string, Finding>();
  const problems = new Map<string, Problem>();
  for (const each of distinct(packages)) {
    for (const problem of problemsOf(each)) problems.set(JSON.stringify(problem), problem);
    for (const finding of findingsOf(each, candidatesOf(each, entriesOf, time))) {
      const key = `${finding.package}\n${finding.id}`;
      if (!findings.has(key)) findings.set(key, finding);
    }
  }
  return { findings: sortedByKey(findings), problems: sortedByKey(problems) };
}

/** The same package at two places (two venvs) is one; sorted, so that the input's order is none. */
function distinct(packages: readonly Package[]): Package[] {
  const byUnit = new Map<string, Package>();
  for (const each of packages) {
    const { purl, ecosystem, type, name, version, source, arch, path } = each;
    byUnit.set(JSON.stringify([purl, ecosystem, type, name, version, source, arch, path]), each);
  }
  return sortedByKey(byUnit);
}

function problemsOf(subject: Package): Problem[] {
  if (subject.ecosystem === '') return [];
  return lookupNames(subject).flatMap(({ version }) => {
    const { scheme, parsed } = readVersion(subject.ecosystem, version);
    const what = `version ${JSON.stringify(version)} of ${subject.name}`;
    if (!scheme) {
      return [
        problem(
          subject,
          `${what}: the order of ${subject.ecosystem} is not known, only listed versions match`,
        ),
      ];
    }
    if (!parsed)
      return [problem(subject, `${what} is no ${scheme.name} version, only listed versions match`)];
    if (scheme.isValid(version)) return [];
    return [
      problem(subject, `${what} is no valid ${scheme.name} version, compared as far as it is`),
    ];
  });
}

function problem({ path }: Package, reason: string): Problem {
  return { path, reason };
}

function candidatesOf(
  subject: Package,
  entriesOf: (key: LookupKey) => readonly AdvisoryEntry[],
  time: number,
): Candidate[] {
  const ecosystems = lookupEcosystems(subject.ecosystem);
  return lookupNames(subject).flatMap(({ name, version, own }) => {
    const installed = readVersion(subject.ecosystem, version);
    return ecosystems
      .flatMap((ecosystem) => entriesOf({ ecosystem, name }))
      .filter((entry) => canMatch(entry) && !isWithdrawn(entry, time))
      .map((entry) => ({ entry, own, installed }));
  });
}

/** An entry without ranges and versions says nothing of any version. */
function canMatch({ ranges, versions }: AdvisoryEntry): boolean {
  return ranges.length > 0 || versions.length > 0;
}

function isWithdrawn({ withdrawn }: AdvisoryEntry, time: number): boolean {
  return withdrawn !== null && Date.parse(withdrawn) <= time;
}

function findingsOf(subject: Package, candidates: readonly Candidate[]): Finding[] {
  if (candidates.length === 0) return [];
  return vulnerabilitiesOf(candidates).flatMap((each) => findingOf(subject, each) ?? []);
}

function vulnerabilitiesOf(candidates: readonly Candidate[]): Vulnerability[] {
  const groupsOf = groupAliases(candidates.map(({ entry }) => entry));
  const vulnerabilities = new Map<string, Vulnerability>();
  for (const candidate of candidates) {
    for (const { id, ids } of groupsOf(candidate.entry)) {
      const vulnerability = vulnerabilities.get(id) ?? { id, ids: new Set(), candidates: [] };
      for (const each of ids) vulnerability.ids.add(each);
      vulnerability.candidates.push(candidate);
      vulnerabilities.set(id, vulnerability);
    }
  }
  return [...vulnerabilities.values()];
}

/**
 * One record that hits is enough: what another component of the same package was cleared
 * of does not clear this one. A hit without fix leaves the whole without fix, else the
 * highest counts (https://github.com/aquasecurity/trivy-db/pull/686).
 */
function findingOf(subject: Package, { id, ids, candidates }: Vulnerability): Finding | undefined {
  const hits: { readonly entry: AdvisoryEntry; readonly evaluation: Evaluation }[] = [];
  for (const { entry, installed } of deciding(subject, candidates)) {
    const evaluation = evaluateInstalled(entry, installed);
    if (evaluation.affected) hits.push({ entry, evaluation });
  }
  if (hits.length === 0) return undefined;
  const entries = hits.map(({ entry }) => entry);
  const named = new Set([...ids, ...entries.map(({ record }) => record)]);
  named.delete(id);
  return {
    id,
    aliases: [...named].sort(),
    package: subject.purl,
    version: subject.version,
    severity: severityOf(entries, candidates),
    fixedIn: highestFix(
      schemeOf(subject.ecosystem),
      hits.map(({ evaluation }) => evaluation.fixedIn),
    ),
    feeds: [...new Set(entries.map(({ feed }) => feed))].sort(),
    records: recordsOf(entries),
  };
}

/** Records of the package itself before its origin's, those of its architecture before another's. */
function deciding(subject: Package, candidates: readonly Candidate[]): readonly Candidate[] {
  const own = candidates.filter((each) => each.own);
  const named = own.length > 0 ? own : candidates;
  const mine = named.filter(({ entry }) => isForArchitecture(entry, subject.arch));
  return mine.length > 0 ? mine : named;
}

function isForArchitecture({ arch }: AdvisoryEntry, installed: string | null): boolean {
  return arch === null || installed === null || installed === 'noarch' || arch === installed;
}

/** The worst that anybody has given; what hits without a rating takes that of the same vulnerability's other records. */
function severityOf(hits: readonly AdvisoryEntry[], candidates: readonly Candidate[]): Severity {
  const rated = worstOf(hits.map(({ severity }) => severity));
  return rated === 'unrated' ? worstOf(candidates.map(({ entry }) => entry.severity)) : rated;
}

function worstOf(severities: readonly Severity[]): Severity {
  const rated = severities.filter((severity) => severity !== 'unrated');
  return (
    rated.reduce<Severity | undefined>((a, b) => (a ? worst(a, b) : b), undefined) ?? 'unrated'
  );
}

function recordsOf(entries: readonly AdvisoryEntry[]): FindingRecord[] {
  const records = new Map<string, FindingRecord>();
  for (const { record, hash } of entries) records.set(`${record}\n${hash}`, { id: record, hash });
  return sortedByKey(records);
}

function sortedByKey<Value>(map: ReadonlyMap<string, Value>): Value[] {
  return [...map].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, value]) => value);
}
