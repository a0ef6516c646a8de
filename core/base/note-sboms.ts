import type { SbomComparison } from '../sbom/compare-sbom.ts';
import type { ComparedSboms } from '../sbom/layer-sboms.ts';
import type { ImageOrigin, SbomNote } from './origin.ts';

/** Of each difference of a bill of materials, and of such bills of one image, what is noted: it is enough to know where to look. */
const NAMES = 3;
const DOCUMENTS = 4;

/** What a night notes of the bills of materials of an image: those that say something else than its layers. */
export function noteSboms(
  compared: readonly (ComparedSboms | undefined)[],
): Pick<ImageOrigin, 'sboms' | 'unreadSboms'> {
  const sboms = compared
    .flatMap((each) => each?.comparisons ?? [])
    .filter(differs)
    .slice(0, DOCUMENTS)
    .map(noteOf);
  const unreadSboms = compared.flatMap((each) => each?.problems ?? []).length;
  return { ...(sboms.length > 0 && { sboms }), ...(unreadSboms > 0 && { unreadSboms }) };
}

function differs({ onlyInSbom, onlyInLayers, otherVersion }: SbomComparison): boolean {
  return onlyInSbom.count + onlyInLayers.count + otherVersion.count > 0;
}

function noteOf(comparison: SbomComparison): SbomNote {
  const { source, format, packages, onlyInSbom, onlyInLayers, otherVersion } = comparison;
  const few = <Each>({
    count,
    first,
  }: {
    readonly count: number;
    readonly first: readonly Each[];
  }) => ({
    count,
    first: first.slice(0, NAMES),
  });
  return {
    source,
    format,
    packages,
    onlyInSbom: few(onlyInSbom),
    onlyInLayers: few(onlyInLayers),
    otherVersion: few(otherVersion),
  };
}
