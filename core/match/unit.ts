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
  for (const unit of units) {
    addKeys(keys, unit, known);
    if (unit.owner) addKeys(keys, unit.owner, known);
  }
  return [...keys].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, key]) => key);
}

function addKeys(
  keys: Map<string, LookupKey>,
  subject: OwnerUnit,
  known: ReadonlySet<string> | undefined,
): void {
  const names = lookupNames(subject);
  for (const ecosystem of lookupEcosystems(subject.ecosystem, known)) {
    for (const { name } of names) {
      const key = `${ecosystem}\t${name}`;
      if (!keys.has(key)) keys.set(key, { ecosystem, name });
    }
  }
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
