import { normaliseName } from '../../core/advisory/normalise-name.ts';
import type { Observation, PackagesChanged } from '../../core/drift/observation.ts';
import type { Inventory } from '../../core/inventory/inventory.ts';
import { createUnitReader, type Unit } from '../../core/match/unit.ts';
import { findInventory } from '../index-image.ts';
import type { ObjectStore } from '../ports.ts';
import type { Past } from '../read-past.ts';
import type { FixedImage, Place } from './explained.ts';
import type { Target } from './find-targets.ts';
import type { KnownImages } from './known-images.ts';
import type { Advisories } from './open-advisories.ts';

/** Watched tags that are named where no base is known, at most. */
const TAGS = 3;

export interface FixedPorts {
  readonly objects: ObjectStore;
  readonly advisories: Advisories;
  readonly past: Past;
}

/** What is asked of other images: a vulnerability of a package. */
interface Question {
  readonly id: string;
  readonly unit: Unit;
}

/**
 * Known images that should follow this one and are without the vulnerability: what the watched tag
 * of its base points at now (any watched tag with the package where no base is known), and what
 * its own channel does.
 */
export async function findFixed(
  ports: FixedPorts,
  target: Target,
  found: Surroundings,
  question: Question,
): Promise<FixedImage[]> {
  const tags = await fixedTags(ports, found, question);
  return [...tags, ...(await fixedChannels(ports, target, question))];
}

/** What is known around an image. */
interface Surroundings extends Pick<Place, 'base' | 'broughtBy'> {
  readonly known: KnownImages;
}

/** What is built on a base brings its own packages: the base says nothing of them. */
async function fixedTags(
  ports: FixedPorts,
  { base, broughtBy, known: { series } }: Surroundings,
  question: Question,
): Promise<FixedImage[]> {
  if (broughtBy === 'application') return [];
  if (base && series.has(base.image)) return fixedBase(ports, base.image, series, question);
  const fixed: FixedImage[] = [];
  for (const [image, moves] of series) {
    const found = await fixedTag(ports, moves, question);
    // Of a tag that nothing says to be the base, to lack the package means nothing.
    if (found?.version) fixed.push({ ...found, image, how: 'tag' });
    if (fixed.length === TAGS) break;
  }
  return fixed;
}

async function fixedBase(
  ports: FixedPorts,
  image: string,
  series: KnownImages['series'],
  question: Question,
): Promise<FixedImage[]> {
  const found = await fixedTag(ports, series.get(image) ?? [], question);
  return found ? [{ ...found, image, how: 'base' }] : [];
}

async function fixedChannels(
  { past, ...ports }: FixedPorts,
  { digest, platform, rows }: Target,
  question: Question,
): Promise<FixedImage[]> {
  const channels = new Set(rows.map(({ channel }) => channel));
  const newer = [...past.rows.values()].filter(
    (row) =>
      row.kind === 'repository' &&
      channels.has(row.channel) &&
      row.platform === platform &&
      row.digest !== digest,
  );
  const fixed: FixedImage[] = [];
  for (const row of newer) {
    const inventory = await findInventory(ports.objects, row.digest);
    const state = inventory && (await stateIn(ports, inventory, question));
    if (!state || state.isAffected) continue;
    const { reference: image, imageDigest } = row;
    fixed.push({ image, digest: imageDigest, version: state.version, how: 'channel', since: null });
  }
  return fixed;
}

async function fixedTag(
  ports: FixedPorts,
  series: readonly Observation[],
  question: Question,
): Promise<Pick<FixedImage, 'digest' | 'version' | 'since'> | undefined> {
  const last = series.at(-1);
  const inventory = last && (await findInventory(ports.objects, last.platformDigest));
  if (!last || !inventory) return undefined;
  const { isAffected, version } = await stateIn(ports, inventory, question);
  if (isAffected) return undefined;
  return { digest: last.digest, version, since: await fixedSince(ports, series, question) };
}

/** From the newest back to the first that was without it; the record says which moves changed the package. */
async function fixedSince(
  ports: FixedPorts,
  series: readonly Observation[],
  question: Question,
): Promise<FixedImage['since']> {
  let since: FixedImage['since'] = null;
  for (const [index, each] of [...series.entries()].reverse()) {
    since = { at: each.at, isExact: false };
    const before = series[index - 1];
    if (!before || !mayChange(each.packagesChanged, question.unit.name)) continue;
    const inventory = await findInventory(ports.objects, before.platformDigest);
    if (!inventory) return since;
    if ((await stateIn(ports, inventory, question)).isAffected)
      return { at: each.at, isExact: true };
  }
  return since;
}

function mayChange(changed: PackagesChanged | null, name: string): boolean {
  if (!changed) return true;
  const own = normaliseName('PyPI', name);
  return [...changed.added, ...changed.removed, ...changed.changed].some((each) =>
    // `name=version`, `name: old -> new`; to look once too often does no harm.
    normaliseName('PyPI', each).startsWith(own),
  );
}

/** How another image stands: the version that it has, and whether that one is affected. */
async function stateIn(
  { advisories }: Pick<FixedPorts, 'advisories'>,
  { packages }: Inventory,
  { id, unit }: Question,
): Promise<{ readonly version: string | null; readonly isAffected: boolean }> {
  const unitOf = createUnitReader(packages);
  const same = packages.filter(({ type, name }) => type === unit.type && name === unit.name);
  const explained = await advisories.explain(same.map(unitOf), id);
  return {
    version: same[0]?.version ?? null,
    isAffected: explained.some(({ verdict }) => !FREE.has(verdict)),
  };
}

/** What could not be judged is not called free of it. */
const FREE: ReadonlySet<string> = new Set(['not-affected', 'cleared-by-owner']);
