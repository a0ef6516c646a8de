import type { SbomComparison } from './compare-sbom.ts';
import { listedPackage } from './read-sbom.ts';

/** A bill of materials that says of a package something else than the layers. */
export interface SbomDissent extends Pick<SbomComparison, 'source' | 'format'> {
  /** The version that it lists; `null` where it does not list the package. */
  readonly version: string | null;
}

/**
 * Which bills of materials are kept to say something else of a package that the layers have: of each difference the
 * first are, so that of a long list nothing may be known.
 */
export function findDissent(
  purl: string,
  comparisons: readonly SbomComparison[],
): readonly SbomDissent[] {
  const listed = listedPackage(purl);
  if (!listed) return [];
  const { type, name, version } = listed;
  return comparisons.flatMap(({ source, format, onlyInLayers, otherVersion }): SbomDissent[] => {
    const other = otherVersion.first.find(
      (each) => each.package === `${type} ${name}` && each.layers === version,
    );
    if (other) return [{ source, format, version: other.sbom }];
    const isMissing = onlyInLayers.first.includes(`${type} ${name} ${version}`);
    return isMissing ? [{ source, format, version: null }] : [];
  });
}
