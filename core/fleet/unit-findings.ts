import type { Digest } from '../image/digest.ts';
import type { Finding } from '../match/finding.ts';
import { type FleetIndex, membersOf } from './fleet-index.ts';
import { isSame } from './is-same.ts';

/** The findings of each unit of an index, by its place. */
export type UnitFindings = readonly (readonly Finding[])[];

/**
 * The findings of an image, by package, then id. One package that is there twice is one
 * finding; of a package that is there with an owner and without, the latter speaks.
 */
export function findingsOfImage(
  index: FleetIndex,
  findings: UnitFindings,
  image: number,
): Finding[] {
  const byKey = new Map<string, Finding>();
  for (const unit of membersOf(index, image)) {
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

/** The images that hold one of these units, as marks by their places. */
export function imagesWith(index: FleetIndex, units: Iterable<number>): Uint8Array {
  const { digests, starts, members } = index;
  const wanted = new Uint8Array(index.units.length);
  for (const unit of units) wanted[unit] = 1;
  const images = new Uint8Array(digests.length);
  let image = 0;
  for (let n = 0; n < members.length; n++) {
    while (n >= (starts[image + 1] ?? members.length)) image++;
    if (wanted[members[n] ?? 0] === 1) images[image] = 1;
  }
  return images;
}
