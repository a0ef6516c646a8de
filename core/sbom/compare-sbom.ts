import type { Inventory } from '../inventory/inventory.ts';
import { type ListedPackage, listedPackage, type SbomDocument } from './read-sbom.ts';

/** Differences of one kind that are kept and shown. */
const SHOWN = 100;

/** Where a document was found. */
export interface SbomSource {
  /** `layers`: what apk packages bring of themselves; else attached, and how. */
  readonly where: 'layers' | 'index' | 'referrer' | 'tag';
  /** A path in the image, or the digest of the bytes that held the document. */
  readonly name: string;
}

/** Differences of one kind: how many, and the first of them. */
export interface Differences<Each> {
  readonly count: number;
  readonly first: readonly Each[];
}

/** One version here, another there. */
export interface OtherVersion {
  /** `apk zlib`. */
  readonly package: string;
  readonly sbom: string;
  readonly layers: string;
}

/** A bill of materials against what the layers of an image say. */
export interface SbomComparison {
  readonly source: SbomSource;
  readonly format: SbomDocument['format'];
  readonly name: string;
  /** Packages that it lists and an image can have; with none there is nothing to compare. */
  readonly packages: number;
  /** Those of them that the layers have in the same version. */
  readonly same: number;
  /** `apk zlib 1.3.1-r51`. */
  readonly onlyInSbom: Differences<string>;
  readonly onlyInLayers: Differences<string>;
  readonly otherVersion: Differences<OtherVersion>;
}

/** Compares a bill of materials with an inventory, which is what the layers say. */
export function compareSbom(
  source: SbomSource,
  { format, name, packages }: SbomDocument,
  inventory: Pick<Inventory, 'packages'>,
): SbomComparison {
  const listed = versionsByName(packages);
  const there = versionsByName(installedPackages(source, inventory));
  // What lies in the files of an OS package is that package's: not to list it by itself is no gap.
  const own = versionsByName(installedPackages(source, inventory, ({ owner }) => owner === null));
  const found = { same: 0, onlyInSbom: [], onlyInLayers: [], otherVersion: [] } as Found;
  for (const key of [...new Set([...listed.keys(), ...own.keys()])].sort()) {
    const said = listed.get(key) ?? NONE;
    const has = there.get(key) ?? NONE;
    compareVersions(found, key, said, said.size > 0 ? has : (own.get(key) ?? NONE));
  }
  const isEmpty = packages.length === 0;
  return {
    source,
    format,
    name,
    packages: packages.length,
    same: found.same,
    onlyInSbom: limited(found.onlyInSbom),
    onlyInLayers: limited(isEmpty ? [] : found.onlyInLayers),
    otherVersion: limited(found.otherVersion),
  };
}

const NONE: ReadonlySet<string> = new Set();

interface Found {
  same: number;
  readonly onlyInSbom: string[];
  readonly onlyInLayers: string[];
  readonly otherVersion: OtherVersion[];
}

function compareVersions(
  found: Found,
  key: string,
  said: ReadonlySet<string>,
  has: ReadonlySet<string>,
): void {
  // A document that states no version agrees with any.
  const wanted = [...said]
    .filter((each) => !has.has(each) && !(each === '' && has.size > 0))
    .sort();
  const more = said.has('') ? [] : [...has].filter((each) => !said.has(each)).sort();
  found.same += said.size - wanted.length;
  const pairs = Math.min(wanted.length, more.length);
  for (let index = 0; index < pairs; index++) {
    const [sbom = '', layers = ''] = [wanted[index], more[index]];
    found.otherVersion.push({ package: key, sbom, layers });
  }
  for (const each of wanted.slice(pairs)) found.onlyInSbom.push(`${key} ${each}`.trimEnd());
  for (const each of more.slice(pairs)) found.onlyInLayers.push(`${key} ${each}`);
}

/** What the layers say, as a document would list it; of apk's own documents only apk's packages are the subject. */
function installedPackages(
  { where }: SbomSource,
  { packages }: Pick<Inventory, 'packages'>,
  counts: (each: Inventory['packages'][number]) => boolean = () => true,
): ListedPackage[] {
  return packages.flatMap((each) => {
    if (where === 'layers' && each.type !== 'apk') return [];
    return counts(each) ? (listedPackage(each.purl) ?? []) : [];
  });
}

function versionsByName(packages: readonly ListedPackage[]): Map<string, Set<string>> {
  const versions = new Map<string, Set<string>>();
  for (const { type, name, version } of packages) {
    const key = `${type} ${name}`;
    versions.set(key, (versions.get(key) ?? new Set()).add(version));
  }
  return versions;
}

function limited<Each>(all: readonly Each[]): Differences<Each> {
  return { count: all.length, first: all.slice(0, SHOWN) };
}
