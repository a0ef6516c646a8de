import type { ScanResult } from '../../actions/scan-image.ts';
import { isAtLeast, SEVERITIES, type Severity } from '../../core/advisory/severity.ts';
import { counted } from '../../core/alert/compose-alert.ts';
import type { Finding } from '../../core/match/finding.ts';

/** Which findings make `--fail-on` fail: how many, and the worst; `undefined` when none does. */
export function describeCulprits(
  { findings, inventory }: ScanResult,
  threshold: Severity,
): string | undefined {
  const culprits = findings.filter(({ severity }) => isAtLeast(severity, threshold));
  const [worst] = culprits.toSorted((left, right) => rank(left) - rank(right));
  if (!worst) return undefined;
  const { id, package: purl, version, severity } = worst;
  const name = inventory.packages.find((each) => each.purl === purl)?.name ?? purl;
  const count = counted(culprits.length, 'finding');
  const which = culprits.length === 1 ? '' : 'the worst ';
  return `--fail-on ${threshold}: ${count}, ${which}${id} (${severity}) in ${name} ${version}${aboutUnrated(culprits, threshold)}`;
}

function rank({ severity }: Finding): number {
  return SEVERITIES.indexOf(severity);
}

/** Said where somebody who looks for the word of the threshold would wonder. */
function aboutUnrated(culprits: readonly Finding[], threshold: Severity): string {
  const unrated = culprits.filter(({ severity }) => severity === 'unrated').length;
  if (unrated === 0 || threshold === 'unrated') return '';
  const which = unrated === culprits.length ? '' : `${unrated} of them unrated, `;
  return `; ${which}unrated counts, since it may be anything`;
}
