import { counted } from '../../core/alert/compose-alert.ts';
import type { Differences, SbomComparison } from '../../core/sbom/compare-sbom.ts';
import { sourceText, versionsText } from '../../core/sbom/describe-differences.ts';

/** Differences of a kind that are named; the JSON has more. */
const SHOWN = 10;

/** A bill of materials beside the layers, a line for it and one for each difference; those begin with a space. */
export function describeSbom(comparison: SbomComparison): string[] {
  const { source, format, name, packages, same } = comparison;
  const { onlyInSbom, onlyInLayers, otherVersion } = comparison;
  const called = name === '' ? '' : ` ${JSON.stringify(name)}`;
  const title = `${format}${called}, ${sourceText(source)}`;
  if (packages === 0) return [`${title}: lists no packages that an image can have`];
  const counts = [
    `${same} the same`,
    ...countOf(otherVersion, 'in another version'),
    ...countOf(onlyInSbom, 'only there'),
    ...countOf(onlyInLayers, 'only in the layers'),
  ];
  return [
    `${title}: ${counted(packages, 'package')}, ${counts.join(', ')}`,
    ...named(otherVersion, versionsText),
    ...named(onlyInSbom, (each) => `${each}: only there`),
    ...named(onlyInLayers, (each) => `${each}: only in the layers`),
  ];
}

function countOf({ count }: Differences<unknown>, what: string): string[] {
  return count > 0 ? [`${count} ${what}`] : [];
}

function named<Each>({ count, first }: Differences<Each>, text: (each: Each) => string): string[] {
  const shown = first.slice(0, SHOWN).map((each) => ` ${text(each)}`);
  return count > shown.length ? [...shown, ` and ${count - shown.length} more`] : shown;
}
