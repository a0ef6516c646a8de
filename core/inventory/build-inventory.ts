import { findBuriedKeys, type LayerKey } from '../check/find-buried-keys.ts';
import { runChecks } from '../check/run-checks.ts';
import { measureCoverage } from '../cover/measure-coverage.ts';
import type { Extraction, ExtractorInput, OwnedFile } from '../extract/extractor.ts';
import { EXTRACTORS } from '../extract/extractors.ts';
import { NEED_A_RELEASE } from '../extract/os-release/os-ecosystem.ts';
import { type OsRelease, readOsRelease } from '../extract/os-release/read-os-release.ts';
import { createOwnerIndex } from '../extract/owner-index.ts';
import { findPythonEnvironments } from '../extract/python-environment/find-python-environments.ts';
import { findRuntimes } from '../extract/runtime/find-runtimes.ts';
import { quote } from '../extract/token.ts';
import { fileOfPath } from '../image/archive-path.ts';
import type { Problem } from '../image/capture.ts';
import type { Digest } from '../image/digest.ts';
import type { FileTree } from '../image/file-tree.ts';
import { type Descriptor, type ImageConfig, MalformedManifestError } from '../image/manifest.ts';
import { compareLayerSboms } from '../sbom/layer-sboms.ts';
import type { BaseEvidence } from './base-evidence.ts';
import { factProblems } from './fact-problems.ts';
import { findLayers, type PackageLayers } from './find-layers.ts';
import { interpreterPackage } from './interpreter-package.ts';
import type { Inventory, Package } from './inventory.ts';
import { limitProblems } from './limit-problems.ts';

/** One platform of an image, its layers captured and laid over each other. */
export interface MergedImage {
  /** Platform digest. */
  readonly digest: Digest;
  /** As `formatPlatform` writes it. */
  readonly platform: string;
  readonly config: ImageConfig;
  readonly layers: readonly Descriptor[];
  readonly tree: FileTree;
  /** Private keys of the layers by themselves, the lowest first: the merged image hides some. @default none */
  readonly layerKeys?: readonly LayerKey[];
  /** What tells what it was built on. */
  readonly baseEvidence?: BaseEvidence | undefined;
  /** Met while the layers were read. */
  readonly problems: readonly Problem[];
  /** As in `Inventory`. */
  readonly capture?: number | undefined;
}

/**
 * Runs every extractor and check over one image. The same image gives the same bytes.
 *
 * @throws MalformedManifestError when the config does not name one diff id a layer
 */
export async function buildInventory(image: MergedImage): Promise<Inventory> {
  const { digest, platform, config, tree } = image;
  const osRelease = readOsRelease(tree);
  const input = { tree, distro: osRelease.distro };
  const extractions = await Promise.all(EXTRACTORS.map((each) => each.extract(input)));
  const owned = extractions.flatMap((each) => each.owned);
  const layers = await findOsLayers(input, extractions, owned);
  const owners = createOwnerIndex(tree, owned, layers.listedSince);
  const { ownerOf } = owners;
  const installed = findOwners(ownerOf, extractions).sort(byTypeNameVersionPath);
  const settings = readSettings(config);
  const found = findRuntimes({ tree, packages: installed, config: settings, ownerOf });
  const unowned = found.unowned.map(interpreterPackage);
  const sorted = [...installed, ...unowned].sort(byTypeNameVersionPath);
  const packages = withLayers(tree, sorted, layers.broughtBy);
  const sboms = compareLayerSboms(tree, packages);
  const pythonEnvironments = findPythonEnvironments({
    tree,
    packages: installed,
    distro: osRelease.distro,
    config: settings,
    os: config.os,
    ownerOf,
  });

  return {
    digest,
    platform,
    created: config.created ?? null,
    size: image.layers.reduce((total, layer) => total + layer.size, 0),
    layers: pairLayers(image),
    config: settings,
    distro: osRelease.distro,
    packages,
    runtimes: found.runtimes,
    pythonEnvironments,
    checks: runChecks({
      tree,
      config: settings,
      os: config.os,
      architecture: config.architecture,
      distro: osRelease.distro,
      packages,
      runtimes: found.runtimes,
      pythonEnvironments,
      ownerOf,
      buriedKeys: findBuriedKeys(image.layerKeys ?? [], tree),
    }),
    // An older capture may not tell of a program what today's does: nothing is said of it.
    ...(image.capture === undefined && {
      coverage: measureCoverage({ tree, packages, ...owners, hasFileLists: owned.length > 0 }),
    }),
    ...(sboms && { sboms }),
    ...(image.baseEvidence && { baseEvidence: image.baseEvidence }),
    problems: limitProblems([
      ...image.problems,
      ...factProblems(tree),
      ...osRelease.problems,
      ...extractions.flatMap((each) => each.problems),
      ...found.problems,
      ...unmatchableProblems(osRelease, packages),
      ...missingDatabase(osRelease, packages, extractions),
    ]),
    ...(image.capture !== undefined && { capture: image.capture }),
  };
}

type OwnerOf = (path: string) => string | null;

const OS_TYPES: ReadonlySet<Package['type']> = new Set(['apk', 'deb', 'rpm']);

/** All packages; those of a language with the OS package that brought their file. */
function findOwners(ownerOf: OwnerOf, extractions: readonly Extraction[]): Package[] {
  return (
    extractions
      .flatMap((each) => each.packages)
      .map((each) =>
        OS_TYPES.has(each.type) ? each : { ...each, owner: ownerOf(fileOfPath(each.path)) },
      )
      // Of what an OS package stands for, a guess adds nothing.
      .filter(({ confidence, owner }) => confidence === undefined || owner === null)
  );
}

interface OsLayers {
  readonly broughtBy: PackageLayers['broughtBy'];
  /** By a package's name. */
  listedSince(owner: string): number | undefined;
}

async function findOsLayers(
  input: ExtractorInput,
  extractions: readonly Extraction[],
  owned: readonly OwnedFile[],
): Promise<OsLayers> {
  const found = extractions.flatMap((each) => each.packages);
  const ofOs = found.filter(({ type }) => OS_TYPES.has(type));
  const { broughtBy, listedSince } = await findLayers(input, ofOs, owned);
  // Of several of a name (architectures, kernels) the last: what is not known is above all.
  const since = new Map<string, number>();
  for (const each of ofOs) {
    const layer = listedSince(each) ?? Number.POSITIVE_INFINITY;
    since.set(each.name, Math.max(since.get(each.name) ?? 0, layer));
  }
  return { broughtBy, listedSince: (owner) => since.get(owner) };
}

/** All packages with the layer that brought them, where that is known. */
function withLayers(
  tree: FileTree,
  packages: readonly Package[],
  broughtBy: PackageLayers['broughtBy'],
): Package[] {
  return packages.map((each) => {
    const isOfOs = OS_TYPES.has(each.type);
    const layer =
      each.layer ?? (isOfOs ? broughtBy(each) : tree.entry(fileOfPath(each.path))?.layer);
    return layer === undefined ? each : { ...each, layer };
  });
}

/** By code units, so that every machine agrees. */
function byTypeNameVersionPath(left: Package, right: Package): number {
  for (const key of ['type', 'name', 'version', 'path', 'purl'] as const) {
    if (left[key] !== right[key]) return left[key] < right[key] ? -1 : 1;
  }
  return 0;
}

function pairLayers({ layers, config }: MergedImage): Inventory['layers'] {
  const diffIds = config.rootfs.diff_ids;
  if (diffIds.length !== layers.length) {
    throw new MalformedManifestError(`${layers.length} layers, but ${diffIds.length} diff ids`);
  }
  return layers.flatMap(({ digest, size }, index) => {
    const diffId = diffIds[index];
    return diffId === undefined ? [] : [{ digest, diffId, size }];
  });
}

function readSettings({ config }: ImageConfig): Inventory['config'] {
  return {
    user: config?.User ?? '',
    entrypoint: config?.Entrypoint ?? [],
    cmd: config?.Cmd ?? [],
    env: config?.Env ?? [],
    labels: config?.Labels ?? {},
    workingDir: config?.WorkingDir || '/',
    exposedPorts: Object.keys(config?.ExposedPorts ?? {}).sort(),
    volumes: Object.keys(config?.Volumes ?? {}).sort(),
    stopSignal: config?.StopSignal ?? '',
    healthcheck: config?.Healthcheck?.Test ?? [],
    shell: config?.Shell ?? [],
  };
}

/** An OS whose packages nobody lists, and nothing that says why: a build has removed the database, or cut the image out of one. */
function missingDatabase(
  { distro, path }: OsRelease,
  packages: readonly Package[],
  extractions: readonly Extraction[],
): readonly Problem[] {
  if (!distro || !path || packages.some(({ type }) => OS_TYPES.has(type))) return [];
  if (extractions.some(({ problems }) => problems.length > 0)) return [];
  const release = quote(`${distro.id} ${distro.versionId}`.trimEnd());
  return [
    { path, reason: `no package database of ${release}: what the OS consists of is unknown` },
  ];
}

/** OS packages that no advisory can name are told, once: their silence would look like health. */
function unmatchableProblems(
  { distro, path }: OsRelease,
  packages: readonly Package[],
): readonly Problem[] {
  const ofOs = packages.filter(({ type }) => OS_TYPES.has(type));
  const unnamed = ofOs.filter(({ ecosystem }) => ecosystem === '');
  const [first] = unnamed;
  if (first && (!distro || !path)) {
    return [{ path: first.path, reason: 'packages of no known distribution: no os-release' }];
  }
  if (!distro || !path) return [];
  const release = quote(`${distro.id} ${distro.versionId}`.trimEnd());
  if (first) {
    const reason = `no feed names the packages of ${release}: ${unnamed.length} cannot be matched`;
    return [{ path, reason }];
  }
  const withoutRelease = ofOs.filter(({ ecosystem }) => NEED_A_RELEASE.has(ecosystem));
  if (withoutRelease.length === 0) return [];
  const reason = `${release} names no release: ${withoutRelease.length} packages match only where their very version is listed`;
  return [{ path, reason }];
}
