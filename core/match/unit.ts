import type { LookupKey } from '../advisory/entry.ts';
import type { Package } from '../inventory/inventory.ts';
import { lookupNames } from './lookup-keys.ts';
import { lookupEcosystems } from './lookup-releases.ts';

/** The OS package that owns a file, as it is judged. */
export type OwnerUnit = Pick<
  Package,
  'ecosystem' | 'type' | 'name' | 'version' | 'source' | 'arch'
>;

/**
 * What decides how a package is matched, without its path: two packages with one
 * `unitKey` have the same findings.
 */
export interface Unit extends OwnerUnit {
  readonly purl: string;
  /** The OS package whose file it is, found in its own inventory; `null` for OS packages and unowned files. */
  readonly owner: OwnerUnit | null;
}

/** Packages of an inventory; the whole list, since owners are named by their name alone. */
type Packages = readonly Package[];

/** The distinct units of an inventory, in its order. */
export function unitsOf({ packages }: { readonly packages: Packages }): Unit[] {
  const unitOf = createUnitReader(packages);
  const units = new Map<string, Unit>();
  for (const each of packages) {
    const unit = unitOf(each);
    const key = unitKey(unit);
    if (!units.has(key)) units.set(key, unit);
  }
  return [...units.values()];
}

/** Reads the packages of one inventory as units; `packages` are all of it. */
export function createUnitReader(packages: Packages): (each: Package) => Unit {
  const owners = ownersIn(packages);
  return ({ type, ecosystem, purl, name, version, source, arch, owner }) => ({
    type,
    ecosystem,
    purl,
    name,
    version,
    source,
    arch,
    owner: (owner !== null && owners().get(owner)) || null,
  });
}

/**
 * A canonical text: alike for units that are matched alike. Each part says its length, so
 * that no name an image makes up reads as the parts of another unit.
 */
export function unitKey(unit: Unit): string {
  const { owner } = unit;
  return `${part(unit.purl)}${ownKey(unit)}${owner ? ownKey(owner) : ''}`;
}

/**
 * What to look up before units are judged, that of their owners too: each key once, sorted.
 * `known`: the ecosystems that the feeds speak of.
 */
export function lookupKeysOf(units: Iterable<Unit>, known?: ReadonlySet<string>): LookupKey[] {
  const keys = new Map<string, LookupKey>();
  const keysOf = createKeys(known);
  for (const unit of units) {
    for (const subject of unit.owner ? [unit, unit.owner] : [unit]) {
      keysOf(subject, (ecosystem, name) => keys.set(`${ecosystem}\t${name}`, { ecosystem, name }));
    }
  }
  return [...keys].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, key]) => key);
}

/**
 * What to look up before units are judged, that of their owners too, as `encodeKey` says it:
 * with the places of the units that ask for it.
 */
export function unitsByKey(
  units: readonly Unit[],
  known?: ReadonlySet<string>,
): ReadonlyMap<string, readonly number[]> {
  const places = new Map<string, number[]>();
  const keysOf = createKeys(known);
  for (const [place, unit] of units.entries()) {
    for (const subject of unit.owner ? [unit, unit.owner] : [unit]) {
      keysOf(subject, (ecosystem, name) => {
        const key = `${ecosystem}\t${name}`;
        const asking = places.get(key);
        if (!asking) places.set(key, [place]);
        else if (asking.at(-1) !== place) asking.push(place);
      });
    }
  }
  return places;
}

/** Says what to look up for packages; the ecosystems of each release are found once. */
function createKeys(known: ReadonlySet<string> | undefined) {
  const releases = new Map<string, readonly string[]>();
  return (subject: OwnerUnit, say: (ecosystem: string, name: string) => void): void => {
    let ecosystems = releases.get(subject.ecosystem);
    if (!ecosystems) {
      ecosystems = lookupEcosystems(subject.ecosystem, known);
      releases.set(subject.ecosystem, ecosystems);
    }
    for (const { name } of lookupNames(subject)) for (const each of ecosystems) say(each, name);
  };
}

/** OS packages by name, read when first asked for; of several (two architectures) the first by purl. */
function ownersIn(packages: Packages): () => ReadonlyMap<string, OwnerUnit> {
  let known: ReadonlyMap<string, OwnerUnit> | undefined;
  return () => {
    known ??= new Map(
      packages
        .filter(({ type }) => OS_TYPES.has(type))
        .sort((left, right) => (left.purl < right.purl ? 1 : -1))
        .map(({ type, ecosystem, name, version, source, arch }) => [
          name,
          { type, ecosystem, name, version, source, arch },
        ]),
    );
    return known;
  };
}

const OS_TYPES: ReadonlySet<string> = new Set(['apk', 'deb', 'rpm']);

function ownKey({ type, ecosystem, name, version, source, arch }: OwnerUnit): string {
  return (
    part(type) +
    part(ecosystem) +
    part(name) +
    part(version) +
    part(source?.name ?? null) +
    part(source?.version ?? null) +
    part(arch)
  );
}

function part(text: string | null): string {
  return text === null ? '-' : `${text.length}:${text}`;
}
