import type { Package } from '../../core/inventory/inventory.ts';
import type { VersionScheme } from '../../core/version/scheme.ts';
import { baseOf, schemeOf } from '../../core/version/scheme-of.ts';

// The rules of matching as they are written, one package and one record after the other: slow, and
// without anything that the engine remembers, interns or orders beforehand.

/** An OSV record as a feed has it, as far as the rules look at it. */
export interface NaiveRecord {
  readonly feed: string;
  readonly id: string;
  readonly aliases: readonly string[];
  readonly upstream: readonly string[];
  readonly withdrawn?: string;
  readonly affected: readonly NaiveAffected[];
}

export interface NaiveAffected {
  readonly ecosystem: string;
  readonly name: string;
  readonly arch: string | null;
  readonly severity: string | null;
  readonly ranges: readonly NaiveRange[];
  readonly versions: readonly string[];
  /** Of the record itself, where no version ends it; by name as in a finding. */
  readonly status: string | null;
  readonly subpackages: boolean;
}

export interface NaiveRange {
  readonly type: 'ECOSYSTEM' | 'GIT';
  readonly events: readonly (readonly [kind: string, version: string])[];
}

/** What a finding says, without hashes. */
export interface NaiveFinding {
  readonly id: string;
  readonly aliases: readonly string[];
  readonly package: string;
  readonly version: string;
  readonly severity: string;
  readonly fixedIn: string | null;
  readonly feeds: readonly string[];
  readonly records: readonly string[];
  readonly status?: string;
  readonly owner?: { readonly name: string; readonly version: string; readonly says: string };
}

interface Said {
  readonly record: NaiveRecord;
  readonly affected: NaiveAffected;
  readonly own: boolean;
  readonly version: string;
}

interface Named {
  readonly id: string;
  readonly ids: readonly string[];
  readonly said: readonly Said[];
}

interface Verdict {
  readonly said: Said;
  readonly affected: boolean;
  readonly fixedIn: string | null;
  readonly isCompared: boolean;
}

/** What is matched with. */
export interface NaiveAdvisories {
  readonly records: readonly NaiveRecord[];
  /** RFC 3339. */
  readonly at: string;
  /** Ecosystems that the feeds speak of; absent: all. */
  readonly covered?: ReadonlySet<string>;
}

/**
 * The findings of one image, by package, then id. Rule: one package at several places is one; what
 * nobody owns speaks before what has an owner.
 */
export function naiveFindings(
  packages: readonly Package[],
  advisories: NaiveAdvisories,
): NaiveFinding[] {
  const placeOf = (each: Package) => {
    const owner = ownerOf(each, packages);
    // Which of several owners is named is as good as any: by the length of their ecosystems, as it happens.
    return owner ? `${owner.type} ${owner.ecosystem.length}:${owner.ecosystem} ${owner.name}` : '';
  };
  const findings = packages
    .toSorted((a, b) => (placeOf(a) < placeOf(b) ? 1 : -1))
    .flatMap((each) => findingsOf(each, packages, advisories));
  // The last one stays.
  const distinct = new Map(findings.map((each) => [`${each.package}\n${each.id}`, each]));
  return [...distinct].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, finding]) => finding);
}

function findingsOf(
  subject: Package,
  packages: readonly Package[],
  advisories: NaiveAdvisories,
): NaiveFinding[] {
  const findings: NaiveFinding[] = [];
  for (const named of vulnerabilities(saidOf(subject, advisories))) {
    const hits = verdicts(subject, named).filter(({ affected }) => affected);
    if (hits.length === 0) continue;
    const finding = wordFinding(subject, named, hits);
    const owner = ownerOf(subject, packages);
    const says = owner && ownerSays(owner, advisories, finding);
    if (!owner || !says) findings.push(finding);
    else if (says !== 'cleared') {
      findings.push({ ...finding, owner: { name: owner.name, version: owner.version, says } });
    }
  }
  return findings;
}

/** Rule: Debian by source name and version; Azure Linux by its source without an epoch, Amazon Linux and AlmaLinux by the binary; others by their own name, then by their source's. */
function namesOf({ type, ecosystem, name, version, source }: Package) {
  const own = { name: normalise(ecosystem, name), version, own: true };
  if (ecosystem.startsWith('Azure Linux')) {
    const built = source ?? { name, version };
    return [{ name: built.name, version: built.version.replace(/^\d+:/, ''), own: true }];
  }
  const isBinary = ecosystem.startsWith('Amazon Linux') || ecosystem.startsWith('AlmaLinux');
  if (!source || isBinary) return [own];
  if (type === 'deb') return [{ name: source.name, version: source.version, own: true }];
  if (source.name === name) return [own];
  return [own, { name: source.name, version: source.version, own: false }];
}

/** Rule: PEP 503 for PyPI, on both sides. */
function normalise(ecosystem: string, name: string): string {
  return baseOf(ecosystem) === 'PyPI' ? name.toLowerCase().replace(/[-_.]+/g, '-') : name;
}

/** All that is said under a package's names. */
function saidOf(subject: Package, { records, at }: NaiveAdvisories): Said[] {
  return namesOf(subject).flatMap(({ name, version, own }) =>
    records
      .filter(({ withdrawn }) => withdrawn === undefined || withdrawn > at)
      .flatMap((record) =>
        record.affected
          .filter((affected) => isAbout(affected, subject, name))
          .filter((affected) => isOfItsKind(affected, subject))
          .map((affected) => ({ record, affected, own, version })),
      ),
  );
}

function isModule(ecosystem: string, version: string): boolean {
  return ecosystem.startsWith('AlmaLinux') && version.includes('.module_');
}

/** Rule: what is fixed in builds outside of modules alone says nothing of one in a module, and the other way round. */
function isOfItsKind({ ranges }: NaiveAffected, { ecosystem, version }: Package): boolean {
  const fixes = ranges
    .filter(({ type }) => type === 'ECOSYSTEM')
    .flatMap(({ events }) => events.filter(([kind]) => kind === 'fixed'));
  const mine = isModule(ecosystem, version);
  const isSame = (fix: string) => isModule(ecosystem, fix) === mine;
  return fixes.length === 0 || fixes.some(([, fix]) => isSame(fix));
}

/** Rules: the package's release, or a record without one; one without versions and ranges that begin says nothing. */
function isAbout(affected: NaiveAffected, { ecosystem }: Package, name: string): boolean {
  const { ranges, versions } = affected;
  const isThere = affected.ecosystem === ecosystem || affected.ecosystem === baseOf(ecosystem);
  const begins = ({ type, events }: NaiveRange) =>
    type !== 'GIT' && events.some(([kind]) => kind === 'introduced');
  const speaks = ranges.some(begins) || versions.length > 0;
  return isThere && speaks && normalise(affected.ecosystem, affected.name) === name;
}

/**
 * Rules: aliases are symmetric and transitive; `upstream` names the same vulnerability only if it
 * names one CVE, else the record is about each that it names.
 */
function vulnerabilities(said: readonly Said[]): Named[] {
  const edges = said.flatMap(({ record }) => edgesOf(record));
  const named = new Map<string, { ids: Set<string>; said: Said[] }>();
  for (const each of said) {
    const groups = about(each.record).map((id) => reach(id, edges));
    for (const id of new Set(groups.map(best))) {
      const group = named.get(id) ?? { ids: new Set(), said: [] };
      for (const other of groups.filter((ids) => best(ids) === id).flat()) group.ids.add(other);
      group.said.push(each);
      named.set(id, group);
    }
  }
  return [...named].map(([id, group]) => ({ id, ids: [...group.ids].sort(), said: group.said }));
}

type Edge = readonly [string, string];

function edgesOf(record: NaiveRecord): Edge[] {
  const { aliases, upstream, cve } = identity(record);
  const edges = aliases.map((alias): Edge => [record.id, alias]);
  if (cve === undefined) return edges;
  if (aliases.length > 0) edges.push([record.id, cve]);
  return [...edges, ...upstream.map((id): Edge => [cve, id])];
}

/** All that can be reached from an id. */
function reach(start: string, edges: readonly Edge[]): string[] {
  const seen = new Set([start]);
  for (let size = 0; size !== seen.size; ) {
    size = seen.size;
    const touching = edges.filter((edge) => edge.some((id) => seen.has(id)));
    for (const id of touching.flat()) seen.add(id);
  }
  return [...seen].sort();
}

/** Rule: a notice of a distribution is downstream of each CVE that it names, in whatever field. */
function identity(record: NaiveRecord) {
  const isNotice = record.id.startsWith('DSA-');
  const isCve = (id: string) => id.startsWith('CVE-');
  const aliases = isNotice ? record.aliases.filter((id) => !isCve(id)) : record.aliases;
  const upstream = isNotice
    ? [...new Set([...record.upstream, ...record.aliases.filter(isCve)])].sort()
    : record.upstream;
  const cves = upstream.filter(isCve);
  return { aliases, upstream, cve: cves.length === 1 ? cves[0] : undefined };
}

function about(record: NaiveRecord): readonly string[] {
  const { aliases, upstream, cve } = identity(record);
  const strongest = strongestOf(upstream);
  if (strongest.length === 0) return [record.id];
  if (aliases.length === 0) return strongest;
  return cve === undefined ? [record.id, ...strongest] : [record.id];
}

function strongestOf(ids: readonly string[]): readonly string[] {
  const of = (kind: string) => ids.filter((id) => id.startsWith(kind));
  return of('CVE-').length > 0 ? of('CVE-') : of('GHSA-').length > 0 ? of('GHSA-') : ids;
}

function best(ids: readonly string[]): string {
  return strongestOf(ids).toSorted()[0] ?? '';
}

/** Rules: own name before origin, the latter's only as far as they hold for sub-packages; then own architecture, else all. */
function verdicts(subject: Package, { said }: Named): Verdict[] {
  const own = said.filter((each) => each.own);
  const named = own.length > 0 ? own : said.filter(({ affected }) => affected.subpackages);
  const mine = named.filter(
    ({ affected: { arch } }) =>
      arch === null || subject.arch === null || subject.arch === 'noarch' || arch === subject.arch,
  );
  return (mine.length > 0 ? mine : named).map((each) => evaluate(subject.ecosystem, each));
}

function evaluate(ecosystem: string, said: Said): Verdict {
  const { affected, version } = said;
  const scheme = schemeOf(ecosystem);
  const ranges = affected.ranges.filter(({ type }) => type === 'ECOSYSTEM');
  if (!scheme || !canRead(scheme, version)) {
    const hits = affected.versions.includes(version) || ranges.some(isForAll);
    return { said, affected: hits, fixedIn: null, isCompared: hits && ranges.some(isForAll) };
  }
  const hits = ranges.filter((range) => isIn(scheme, version, range));
  if (hits.length > 0) {
    const fixes = hits.map((range) => fixAbove(scheme, version, range));
    return { said, affected: true, fixedIn: highest(scheme, fixes), isCompared: true };
  }
  const listed = affected.versions.some(
    (each) =>
      each === version ||
      (scheme.isValid(each) && canRead(scheme, each) && compare(scheme, each, version) === 0),
  );
  return { said, affected: listed, fixedIn: null, isCompared: true };
}

function isForAll({ events }: NaiveRange): boolean {
  return (
    events.some(([kind, version]) => kind === 'introduced' && version === '0') &&
    events.every(
      ([kind, version]) => kind === 'introduced' || (kind === 'limit' && version === '*'),
    )
  );
}

/** The schema's evaluation, to the letter (https://ossf.github.io/osv-schema/#evaluation). */
function isIn(scheme: VersionScheme, version: string, { events }: NaiveRange): boolean {
  if (!isBeforeLimits(scheme, version, events)) return false;
  let vulnerable = false;
  for (const [kind, at] of sortedEvents(scheme, events)) {
    const order = compare(scheme, version, at);
    if (kind === 'introduced' && order >= 0) vulnerable = true;
    if (kind === 'fixed' && order >= 0) vulnerable = false;
    if (kind === 'last_affected' && order > 0) vulnerable = false;
  }
  return vulnerable;
}

/** Rule: none, or one that is none or that nobody can read, limits nothing; else one above it is enough. */
function isBeforeLimits(
  scheme: VersionScheme,
  version: string,
  events: NaiveRange['events'],
): boolean {
  const limits = events.filter(([kind]) => kind === 'limit').map(([, at]) => at);
  const isFree = limits.some((at) => at === '*' || !isUsable(scheme, 'limit', at));
  return limits.length === 0 || isFree || limits.some((at) => compare(scheme, version, at) < 0);
}

const TIES = ['introduced', 'last_affected', 'fixed'];

function sortedEvents(scheme: VersionScheme, events: NaiveRange['events']) {
  const usable = events.filter(([kind, at]) => kind !== 'limit' && isUsable(scheme, kind, at));
  const isBeginning = ([kind]: NaiveRange['events'][number]) => kind === 'introduced';
  // Rule: a range begins at 0 where nobody can read any of its beginnings.
  const isUnread = events.some(isBeginning) && !usable.some(isBeginning);
  return [...usable, ...(isUnread ? [['introduced', '0'] as const] : [])].toSorted(
    ([kindA, a], [kindB, b]) => compare(scheme, a, b) || TIES.indexOf(kindA) - TIES.indexOf(kindB),
  );
}

function fixAbove(scheme: VersionScheme, version: string, { events }: NaiveRange): string | null {
  const fixes = sortedEvents(scheme, events).filter(
    ([kind, at]) => kind === 'fixed' && compare(scheme, version, at) < 0,
  );
  return fixes[0]?.[1] ?? null;
}

/** Rule: all have to hold, so the highest; without one of them there is none. */
function highest(scheme: VersionScheme, fixes: readonly (string | null)[]): string | null {
  const known = fixes.flatMap((fix) => fix ?? []);
  if (known.length < fixes.length) return null;
  return known.reduce((a, b) => (compare(scheme, b, a) > 0 ? b : a));
}

/** Rule: an event that is no version is left out; apk orders every text, so there its grammar decides, for what ends a range. */
function isUsable(scheme: VersionScheme, kind: string, text: string): boolean {
  if (text === '0') return true;
  if (!canRead(scheme, text)) return false;
  return kind === 'introduced' || scheme.name !== 'apk' || scheme.isValid(text);
}

function canRead(scheme: VersionScheme, text: string): boolean {
  try {
    scheme.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Rule: `0` is below every version. */
function compare(scheme: VersionScheme, left: string, right: string): number {
  if (left === '0' || right === '0') return Number(right === '0') - Number(left === '0') || 0;
  return scheme.compare(scheme.parse(left), scheme.parse(right));
}

const SEVERITIES = ['critical', 'high', 'medium', 'low'];

/** Rule: the worst of the records that hit; without a rating of theirs, of all that speak of it. */
function severityOf(hits: readonly Verdict[], { said }: Named): string {
  const worst = (all: readonly Said[]) =>
    SEVERITIES.find((word) => all.some(({ affected }) => affected.severity === word));
  return worst(hits.map((hit) => hit.said)) ?? worst(said) ?? 'unrated';
}

const STATUSES = [
  'affected',
  'pending-upstream',
  'fix-not-planned',
  'analysis-not-planned',
  'under-investigation',
  'end-of-life',
  'unimportant',
  'informational',
];
const QUIET = ['unimportant', 'informational'];

/** Rule: the strongest of the open records; what its publisher sees no danger in only while nobody else sees one. */
function statusOf(hits: readonly Verdict[]): string | undefined {
  const isQuiet = ({ said }: Verdict) => QUIET.includes(said.affected.status ?? '');
  const speaking = hits.every(isQuiet)
    ? hits
    : hits.filter((hit) => hit.fixedIn === null && !isQuiet(hit));
  const status = STATUSES.find((each) =>
    speaking.some(({ said }) => said.affected.status === each),
  );
  return status === 'affected' ? undefined : status;
}

function wordFinding(subject: Package, named: Named, hits: readonly Verdict[]): NaiveFinding {
  const scheme = schemeOf(subject.ecosystem);
  const fixes = hits.map(({ fixedIn }) => fixedIn);
  const status = statusOf(hits);
  const records = new Set(hits.map(({ said }) => said.record.id));
  const ids = new Set([...named.ids, ...records]);
  ids.delete(named.id);
  return {
    id: named.id,
    aliases: [...ids].sort(),
    package: subject.purl,
    version: subject.version,
    severity: severityOf(hits, named),
    fixedIn: scheme ? highest(scheme, fixes) : null,
    feeds: [...new Set(hits.map(({ said }) => said.record.feed))].sort(),
    records: [...records].sort(),
    ...(status && { status }),
  };
}

/** Rule: of several packages of that name (two architectures) the first by purl. */
function ownerOf({ owner }: Package, packages: readonly Package[]): Package | undefined {
  if (owner === null) return undefined;
  return packages
    .filter(({ type, name }) => ['apk', 'deb', 'rpm'].includes(type) && name === owner)
    .toSorted((a, b) => (a.purl < b.purl ? -1 : 1))[0];
}

/**
 * Rule: only what the owner's advisories say of this very vulnerability clears it; silence clears
 * nothing, and where nothing was read about its distribution there is not even silence. That no
 * version is affected on another architecture is silence about this one, and so is a fix in a module.
 */
function ownerSays(
  owner: Package,
  advisories: NaiveAdvisories,
  { id, aliases }: NaiveFinding,
): string {
  const { covered } = advisories;
  const asked = new Set([id, ...aliases]);
  const about = vulnerabilities(saidOf(owner, advisories)).filter((named) =>
    allNames(named).some((each) => asked.has(each)),
  );
  const all = about.flatMap((named) => verdicts(owner, named));
  if (all.some(({ affected }) => affected)) return 'affected';
  if (all.some((each) => each.isCompared && speaksOfThisBuild(owner, each))) return 'cleared';
  const { ecosystem } = owner;
  return !covered || covered.has(ecosystem) || covered.has(baseOf(ecosystem))
    ? 'nothing'
    : 'unread';
}

function speaksOfThisBuild({ arch, ecosystem, version }: Package, { said }: Verdict): boolean {
  const { affected } = said;
  const isMine = [affected.arch ?? arch, 'noarch', null].includes(arch);
  // Rule: a fix in a module may be one of another stream.
  if (isModule(ecosystem, version)) return isMine && holdsForNone(affected, ecosystem);
  return isMine || !holdsForNone(affected, ecosystem);
}

/** Rule: a range holds for no version where each beginning is an end too. */
function holdsForNone(affected: NaiveAffected, ecosystem: string): boolean {
  if (affected.versions.length > 0) return false;
  const scheme = schemeOf(ecosystem);
  return !affected.ranges.some(({ type, events }) => {
    const usable = scheme && type === 'ECOSYSTEM' ? sortedEvents(scheme, events) : [];
    const ends = usable.filter(([kind]) => kind === 'fixed');
    return usable.some(
      ([kind, at]) =>
        kind === 'introduced' && !ends.some(([, end]) => scheme && compare(scheme, at, end) === 0),
    );
  });
}

function allNames({ ids, said }: Named): string[] {
  const further = said.flatMap(({ record }) => {
    const { upstream } = identity(record);
    // Of several CVEs nobody knows which one another id is a name of.
    return upstream.some((id) => id.startsWith('CVE-')) ? [] : upstream;
  });
  return [...ids, ...further];
}
