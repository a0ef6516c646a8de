import { HARDENING_CHECKS } from '../check/hardening-checks.ts';
import type { Extraction } from '../extract/extractor.ts';
import { EXTRACTORS } from '../extract/extractors.ts';
import { type OsRelease, readOsRelease } from '../extract/os-release/read-os-release.ts';
import { createOwnerIndex } from '../extract/owner-index.ts';
import { findPythonRuntimes } from '../extract/python-runtime/find-python-runtimes.ts';
import { quote } from '../extract/token.ts';
import type { Problem } from '../image/capture.ts';
import type { Digest } from '../image/digest.ts';
import type { FileTree } from '../image/file-tree.ts';
import { type Descriptor, type ImageConfig, MalformedManifestError } from '../image/manifest.ts';
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
  /** Met while the layers were read. */
  readonly problems: readonly Problem[];
}

/**
 * Runs every extractor and check over one image. The same image gives the same bytes.
 *
 * @throws MalformedManifestError when the config does not name one diff id a layer
 */
export function buildInventory(image: MergedImage): Inventory {
  const { digest, platform, config, tree } = image;
  const osRelease = readOsRelease(tree);
  const extractions = EXTRACTORS.map((each) => each.extract({ tree, distro: osRelease.distro }));
  const packages = findOwners(tree, extractions).sort(byTypeNameVersionPath);
  const { runtimes, problems: runtimeProblems } = findPythonRuntimes(packages);
  const settings = readSettings(config);

  return {
    digest,
    platform,
    created: config.created ?? null,
    size: image.layers.reduce((total, layer) => total + layer.size, 0),
    layers: pairLayers(image),
    config: settings,
    distro: osRelease.distro,
    packages,
    runtimes,
    checks: HARDENING_CHECKS.map((each) => ({
      id: each.id,
      ...each.run({ tree, config: settings }),
    })),
    problems: limitProblems([
      ...image.problems,
      ...osRelease.problems,
      ...extractions.flatMap((each) => each.problems),
      ...runtimeProblems,
      ...unmatchableProblems(osRelease, packages),
    ]),
  };
}

/** All packages; those of a language with the OS package that their file belongs to. */
function findOwners(tree: FileTree, extractions: readonly Extraction[]): Package[] {
  const ownerOf = createOwnerIndex(
    tree,
    extractions.flatMap((each) => each.owned),
  );
  return extractions
    .flatMap((each) => each.packages)
    .map((each) => (each.type === 'pypi' ? { ...each, owner: ownerOf(each.path) } : each));
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
  };
}

/** OS packages that no advisory can name are told, once: their silence would look like health. */
function unmatchableProblems(
  { distro, path }: OsRelease,
  packages: readonly Package[],
): readonly Problem[] {
  const unnamed = packages.filter((each) => each.type !== 'pypi' && each.ecosystem === '');
  const [first] = unnamed;
  if (!first) return [];
  if (!distro || !path) {
    return [{ path: first.path, reason: 'packages of no known distribution: no os-release' }];
  }
  const release = `${distro.id} ${distro.versionId}`.trimEnd();
  return [
    {
      path,
      reason: `no feed names the packages of ${quote(release)}: ${unnamed.length} cannot be matched`,
    },
  ];
}
