import type { AdvisoryEntry, LookupKey } from '../advisory/entry.ts';
import {
  createVersionReader,
  type InstalledVersion,
  type ReadEntry,
  readEntry,
  readVersion,
} from '../advisory/read-entry.ts';
import { type AliasGroup, groupAliases } from './group-aliases.ts';
import { isAbout, type LookupName, lookupNames } from './lookup-keys.ts';
import { entryAsSaid, lookupReleases } from './lookup-releases.ts';
import type { OwnerUnit } from './unit.ts';
import type { Candidate, Vulnerability } from './vulnerability.ts';

/** Answers as snapshots would. */
export type EntriesOf = (key: LookupKey) => readonly AdvisoryEntry[];

/** All that advisories say under the names of a package, whatever its version. */
export interface Lookup {
  readonly vulnerabilities: readonly Vulnerability[];
  /** The vulnerabilities that an id names. */
  about(id: string): readonly Vulnerability[];
  /** What can hit packages of an architecture: worked out by `vulnerabilitiesHeld`, once for each. */
  readonly plans: Map<string | null, Plan>;
}

/** A vulnerability and the candidates that decide for an architecture. */
export interface Planned {
  readonly vulnerability: Vulnerability;
  readonly deciding: readonly Candidate[];
}

/** The order in which vulnerabilities are looked at, so that most need not be. */
export interface Plan {
  /** Any that may hold for any version. */
  readonly open: readonly Planned[];
  /** By the place of the version they speak of: those above whose ceiling nothing is affected, the highest first. */
  readonly bounded: readonly (readonly (Planned & { readonly ceiling: unknown })[])[];
}

/** A package as its advisories see it. */
export interface Subject {
  readonly unit: OwnerUnit;
  readonly names: readonly LookupName[];
  /** By the places of `names`. */
  readonly installed: readonly InstalledVersion[];
  /** The ecosystems that the feeds speak of, as far as that is known. */
  readonly known: ReadonlySet<string> | undefined;
}

/** What a candidate says of versions, read when first asked for. */
export function readingOf(candidate: Candidate): ReadEntry {
  candidate.reading ??= readEntry(candidate.entry, candidate.reader);
  return candidate.reading;
}

/** The version that a candidate speaks of. */
export function installedAt({ installed }: Subject, { place }: Candidate): InstalledVersion {
  const version = installed[place];
  if (!version) throw new RangeError(`no version for name ${place}`);
  return version;
}

/** The names and versions of a package, read once. `known`: the ecosystems that the feeds speak of. */
export function readSubject(unit: OwnerUnit, known?: ReadonlySet<string>): Subject {
  const names = lookupNames(unit);
  const installed: InstalledVersion[] = [];
  for (const { version } of names) {
    const same = installed.find(({ text }) => text === version);
    installed.push(same ?? readVersion(unit.ecosystem, version));
  }
  return { unit, names, installed, known };
}

/**
 * Looks packages up; what depends on their names alone is worked out once for all
 * packages of these names. `time`: as of when, in milliseconds.
 */
export function createLookups(entriesOf: EntriesOf, time: number): (subject: Subject) => Lookup {
  const known = new Map<string, Lookup>();
  return (subject) => {
    const key = namesKey(subject);
    let lookup = known.get(key);
    if (!lookup) {
      const found = candidatesOf(subject, entriesOf);
      lookup = lookupOf(found.filter(({ entry }) => speaks(entry, time)));
      known.set(key, lookup);
    }
    return lookup;
  };
}

/** @throws RangeError for what is no time */
export function timeOf(at: string): number {
  const time = Date.parse(at);
  if (Number.isNaN(time)) throw new RangeError(`not a time: ${JSON.stringify(at)}`);
  return time;
}

/** Every entry under a package's names that is about it, those that say nothing (`speaks`) too. */
export function candidatesOf({ unit, names, known }: Subject, entriesOf: EntriesOf): Candidate[] {
  const reader = createVersionReader(unit.ecosystem);
  const releases = lookupReleases(unit.ecosystem, known);
  const candidates: Candidate[] = [];
  for (const [place, name] of names.entries()) {
    for (const { ecosystem, own, says } of releases) {
      for (const entry of entriesOf({ ecosystem, name: name.name })) {
        if (!isAbout(entry, name)) continue;
        candidates.push({
          entry: entryAsSaid(entry, says),
          place,
          own: name.own && own,
          reader,
          reading: undefined,
        });
      }
    }
  }
  return candidates;
}

/**
 * One without versions, and without a range that begins anywhere, says nothing of any version: it
 * clears none. One that was withdrawn says nothing at all.
 */
export function speaks(entry: AdvisoryEntry, time: number): boolean {
  return (entry.versions.length > 0 || entry.ranges.some(begins)) && !isWithdrawn(entry, time);
}

function begins(range: AdvisoryEntry['ranges'][number]): boolean {
  return range.some(([kind]) => kind === 'introduced');
}

/** Whether an entry was withdrawn by then. */
export function isWithdrawn(
  { withdrawn }: Pick<AdvisoryEntry, 'withdrawn'>,
  time: number,
): boolean {
  return withdrawn !== null && Date.parse(withdrawn) <= time;
}

/** Gathers candidates by what they are about. */
export function lookupOf(candidates: readonly Candidate[]): Lookup {
  const vulnerabilities = vulnerabilitiesOf(candidates);
  let byId: Map<string, Vulnerability[]> | undefined;
  return {
    vulnerabilities,
    plans: new Map(),
    about(id) {
      byId ??= indexById(vulnerabilities);
      return byId.get(id) ?? [];
    },
  };
}

function namesKey({ unit, names }: Subject): string {
  let key = unit.ecosystem;
  for (const { name, own, isModular } of names) {
    key += `\n${own ? '' : '\t'}${name}${isModular ? '\tmodule' : ''}`;
  }
  return key;
}

function vulnerabilitiesOf(candidates: readonly Candidate[]): Vulnerability[] {
  if (candidates.length === 0) return [];
  const groupsOf = groupAliases(candidates.map(({ entry }) => entry));
  const found = new Map<string, { readonly group: AliasGroup; readonly candidates: Candidate[] }>();
  for (const candidate of candidates) {
    for (const group of groupsOf(candidate.entry)) {
      const known = found.get(group.id);
      if (!known) found.set(group.id, { group, candidates: [candidate] });
      else if (known.group === group) known.candidates.push(candidate);
      else found.set(group.id, merge(known.group, group, [...known.candidates, candidate]));
    }
  }
  return Array.from(found, ([id, { group, candidates: speaking }]) => ({
    id,
    ids: group.ids,
    candidates: speaking,
    said: undefined,
  })).sort((left, right) => (left.id < right.id ? -1 : 1));
}

/** Of a group that grew past belief each record says its own names. */
function merge({ id, ids }: AliasGroup, other: AliasGroup, candidates: Candidate[]) {
  return { group: { id, ids: [...new Set([...ids, ...other.ids])].sort() }, candidates };
}

function indexById(vulnerabilities: readonly Vulnerability[]): Map<string, Vulnerability[]> {
  const index = new Map<string, Vulnerability[]>();
  for (const each of vulnerabilities) {
    for (const id of namesOf(each)) {
      const known = index.get(id);
      if (known) known.push(each);
      else index.set(id, [each]);
    }
  }
  return index;
}

/** Ids alone: a notice that names several vulnerabilities says of each something else. */
function namesOf({ ids, candidates }: Vulnerability): Set<string> {
  const names = new Set(ids);
  for (const { entry } of candidates) {
    if (entry.upstream.some((id) => id.startsWith('CVE-'))) continue;
    for (const id of entry.upstream) names.add(id);
  }
  return names;
}
