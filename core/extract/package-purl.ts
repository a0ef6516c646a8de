import { PackageURL } from 'packageurl-js';
import { normaliseName } from '../advisory/normalise-name.ts';
import type { Distro, Package } from '../inventory/inventory.ts';

/** Distributions whose VERSION_ID is only the version of their base layout package: it names no release. */
const ROLLING = new Set(['wolfi', 'chainguard']);

/** What of an OS package is in its purl. */
interface Named extends Pick<Package, 'type' | 'name' | 'version' | 'arch'> {
  /** An rpm's, which its `version` then has not. */
  readonly epoch?: number | null;
}

/** The purl of an OS package, with `arch`, `distro` and an rpm's `epoch` as its only qualifiers (purl-spec, types apk, deb and rpm). */
export function osPackagePurl(
  { type, name, version, arch, epoch }: Named,
  distro: Distro | null,
): string {
  const qualifiers = {
    ...(arch && { arch }),
    ...(distro && { distro: distroQualifier(distro) }),
    ...(epoch && { epoch: String(epoch) }),
  };
  return new PackageURL(type, distro?.id, name, version, qualifiers, undefined).toString();
}

/** The purl of a Python package (purl-spec, type pypi; the name as in PEP 503). */
export function pypiPurl(name: string, version: string): string {
  const normalised = normaliseName('PyPI', name);
  return new PackageURL('pypi', undefined, normalised, version, undefined, undefined).toString();
}

function distroQualifier({ id, versionId }: Distro): string {
  return versionId && !ROLLING.has(id) ? `${id}-${versionId}` : id;
}
