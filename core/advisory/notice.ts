import type { AdvisoryEntry } from './entry.ts';

/** Ids of what distributions announce: one notice, any number of vulnerabilities. */
const NOTICE =
  /^(?:DSA|DLA|ELA|USN|LSN|RHSA|RHBA|RHEA|ALSA|ALBA|ALEA|RLSA|RLBA|RLEA|RXSA|ELSA|ALAS\w*|SUSE-SU|openSUSE-SU)-/;

/** Names of vulnerabilities, as a record gives them; clean and sorted. */
interface Named {
  readonly aliases: readonly string[];
  readonly upstream: readonly string[];
  readonly related: readonly string[];
}

/**
 * Which vulnerabilities a record is about. A notice is downstream of each CVE that it
 * names, whatever the field: some name them as aliases, though they are not one
 * vulnerability, and some as `related` alone (https://ossf.github.io/osv-schema/#aliases-field
 * wants `upstream`).
 */
export function identityOf(
  id: string,
  { aliases, upstream, related }: Named,
): Pick<AdvisoryEntry, 'aliases' | 'upstream'> {
  if (!NOTICE.test(id)) return { aliases, upstream };
  const named = [...upstream, ...aliases.filter(isCve)];
  const cves = named.some(isCve) ? named : [...named, ...related.filter(isCve)];
  return {
    aliases: aliases.filter((each) => !isCve(each)),
    upstream: [...new Set(cves)].sort(),
  };
}

function isCve(id: string): boolean {
  return id.startsWith('CVE-');
}
