import { packagesNamed } from '../../core/explain/asked.ts';
import type { Inventory, Package } from '../../core/inventory/inventory.ts';
import { inventoryKey } from '../../core/inventory/inventory-key.ts';
import type { Explanation } from '../../core/match/explain-match.ts';
import { createUnitReader, type Unit, unitKey } from '../../core/match/unit.ts';
import { INDEX_FORMATS } from '../index-image.ts';
import type { ObjectStore } from '../ports.ts';
import { findObject, mapLimited } from '../stored-objects.ts';
import type { Target } from './find-targets.ts';
import type { Advisories } from './open-advisories.ts';

/** An image that has a package, and where in it. */
export interface Holder {
  readonly target: Target;
  readonly inventory: Inventory;
  readonly packages: readonly Package[];
}

/** A package as it is judged, with what is said of it and who has it. */
export interface Examined {
  readonly unit: Unit;
  readonly explanation: Explanation;
  readonly holders: readonly Holder[];
}

/** What a look into some images gave. */
export interface Examination {
  readonly examined: readonly Examined[];
  /** Images that could be looked into. */
  readonly images: number;
  /** Names of all their packages. */
  readonly names: ReadonlySet<string>;
}

/** Explains a vulnerability for each package of some images, or for those of a name. */
export async function examine(
  objects: ObjectStore,
  advisories: Advisories,
  targets: readonly Target[],
  { id, named }: { readonly id: string; readonly named: string | null },
): Promise<Examination> {
  const units = new Map<string, { readonly unit: Unit; readonly holders: Holder[] }>();
  const names = new Set<string>();
  const inventories = await mapLimited(targets, 16, ({ digest }) => find(objects, digest));
  for (const [index, inventory] of inventories.entries()) {
    const target = targets[index];
    if (!inventory || !target) continue;
    for (const { name } of inventory.packages) names.add(name);
    addUnits(units, target, inventory, named);
  }
  const found = [...units.values()];
  const explanations = await advisories.explain(
    found.map(({ unit }) => unit),
    id,
  );
  return {
    examined: found.flatMap((each, index): Examined[] => {
      const explanation = explanations[index];
      return explanation ? [{ ...each, explanation }] : [];
    }),
    images: inventories.filter((each) => each !== undefined).length,
    names,
  };
}

/** The inventory of a platform digest, unless older extractors alone have read it. */
export function find(objects: ObjectStore, digest: string): Promise<Inventory | undefined> {
  return findObject<Inventory>(objects, INDEX_FORMATS.inventory, inventoryKey(digest));
}

function addUnits(
  units: Map<string, { readonly unit: Unit; readonly holders: Holder[] }>,
  target: Target,
  inventory: Inventory,
  named: string | null,
): void {
  const { packages } = inventory;
  const unitOf = createUnitReader(packages);
  const chosen = named === null ? packages : packagesNamed(packages, named);
  for (const [key, group] of Map.groupBy(chosen, (each) => unitKey(unitOf(each)))) {
    const [first] = group;
    if (!first) continue;
    const known = units.get(key) ?? { unit: unitOf(first), holders: [] };
    known.holders.push({ target, inventory, packages: group });
    units.set(key, known);
  }
}
