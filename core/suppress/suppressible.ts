import type { Finding } from '../match/finding.ts';
import type { Suppressible } from './suppression.ts';

/** What of a finding suppressions ask for. */
export function suppressibleOf(finding: Finding): Suppressible {
  const { id, aliases, package: purl, severity, fixedIn, exploited } = finding;
  return { ids: [id, ...aliases], package: purl, severity, fixedIn, exploited };
}
