import { barePurl } from '../change/items.ts';
import type { Digest } from '../image/digest.ts';
import type { Finding } from '../match/finding.ts';
import { type FleetIndex, membersOf } from './fleet-index.ts';
import { isSame } from './is-same.ts';

/** The findings of each unit of an index, by its place. */
export type UnitFindings = readonly (readonly Finding[])[];

/**
 * The findings of an image, by package, then id. One package that is there twice is one
 * finding; of a package that is there with an owner and without, the latter speaks.
 * `units`: marks of those that are asked for; all if there are none.
 */
export function findingsOfImage(
  index: FleetIndex,
  findings: UnitFindings,
  image: number,
  units?: Uint8Array,
): Finding[] {
  const byKey = new Map<string, Finding>();
  for (const unit of membersOf(index, image)) {
    if (units?.[unit] === 0) continue;
    for (const finding of findings[unit] ?? []) {
      const key = `${finding.package} ${finding.id}`;
      if (!byKey.has(key)) byKey.set(key, finding);
    }
  }
  return [...byKey].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, each]) => each);
}

/** The findings of every image. */
export function expandFindings(
  index: FleetIndex,
  findings: UnitFindings,
): Map<Digest, readonly Finding[]> {
  return new Map(
    index.digests.map((digest, image) => [digest, findingsOfImage(index, findings, image)]),
  );
}

/** The units that have other findings now than before. */
export function changedUnits(before: UnitFindings, after: UnitFindings): number[] {
  const changed: number[] = [];
  for (let unit = 0; unit < Math.max(before.length, after.length); unit++) {
    if (!isSame(before[unit] ?? [], after[unit] ?? [])) changed.push(unit);
  }
  return changed;
}

/** What of a fleet may be other than it was. */
export interface Affected {
  /** Packages, by their purls without version, of which a unit has other findings. */
  readonly packages: ReadonlySet<string>;
  /** Marks of all units of these packages: one in another version, or with another owner, may stand for the same item. */
  readonly units: Uint8Array;
  /** Marks of the images that hold such units. */
  readonly images: Uint8Array;
}

/** What the units that changed affect: of all else nothing is to be looked at. */
export function affectedBy(index: FleetIndex, changed: readonly number[]): Affected {
  const packages = new Set(changed.map((unit) => barePurl(index.units[unit]?.purl ?? '')));
  const units = Uint8Array.from(index.units, ({ purl }) => Number(packages.has(barePurl(purl))));
  return { packages, units, images: imagesWith(index, units) };
}

/** The images that hold marked units. */
function imagesWith({ digests, starts, members }: FleetIndex, units: Uint8Array): Uint8Array {
  const images = new Uint8Array(digests.length);
  for (let image = 0; image < digests.length; image++) {
    const end = starts[image + 1] ?? 0;
    let at = starts[image] ?? end;
    while (at < end && units[members[at] ?? 0] !== 1) at++;
    if (at < end) images[image] = 1;
  }
  return images;
}
