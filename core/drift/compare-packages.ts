import { normaliseName } from '../advisory/normalise-name.ts';
import type { Inventory, Package } from '../inventory/inventory.ts';
import type { PackagesChanged } from './observation.ts';

/** A package name with the versions of it that are installed. */
interface Versions {
  readonly name: string;
  readonly versions: ReadonlySet<string>;
}

/**
 * What differs between the packages of two inventories, those of the OS and of
 * languages. A name that loses one version and gains one has changed; one that loses
 * or gains several has them listed, since nobody can say which became which.
 */
export function comparePackages(before: Inventory, after: Inventory): PackagesChanged {
  const old = groupVersions(before.packages);
  const now = groupVersions(after.packages);
  const added = new Set<string>();
  const removed = new Set<string>();
  const changed = new Set<string>();

  for (const key of new Set([...old.keys(), ...now.keys()])) {
    const name = now.get(key)?.name ?? old.get(key)?.name ?? key;
    const lost = missingFrom(now.get(key), old.get(key));
    const gained = missingFrom(old.get(key), now.get(key));
    if (lost.length === 1 && gained.length === 1) {
      changed.add(`${name}: ${lost[0]} -> ${gained[0]}`);
      continue;
    }
    for (const version of lost) removed.add(`${name}=${version}`);
    for (const version of gained) added.add(`${name}=${version}`);
  }
  return { added: [...added].sort(), removed: [...removed].sort(), changed: [...changed].sort() };
}

/** By type and name; a copy for another path or architecture is the same version. */
function groupVersions(packages: readonly Package[]): Map<string, Versions> {
  const groups = Map.groupBy(packages, ({ type, name }) =>
    type === 'pypi' ? `pypi ${normaliseName('PyPI', name)}` : `${type} ${name}`,
  );
  return new Map(
    [...groups].map(([key, group]) => [
      key,
      { name: group[0]?.name ?? key, versions: new Set(group.map(({ version }) => version)) },
    ]),
  );
}

function missingFrom(here: Versions | undefined, there: Versions | undefined): string[] {
  return [...(there?.versions ?? [])].filter((version) => !here?.versions.has(version));
}
