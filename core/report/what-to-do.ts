import type { FindingStatus } from '../advisory/status.ts';
import { adviseOnBases } from '../base/describe-base.ts';
import { barePurl } from '../change/items.ts';
import type { ReportFinding } from './report-data.ts';

/** What its publisher's word means for who waits for a fix. */
const WITHOUT_FIX: Readonly<Record<FindingStatus, string>> = {
  'pending-upstream':
    'Watch for the fix, which upstream has to make first; judge whether the code is reached',
  'fix-not-planned':
    'No fix is planned: judge whether the code is reached, or do without the package',
  'analysis-not-planned':
    'Nobody will look into it: judge whether the code is reached, or do without the package',
  'under-investigation':
    'Wait for what its publisher finds out, or judge whether the code is reached',
  'end-of-life': 'Move to a release that is still maintained: this one gets no more fixes',
  unimportant: 'Nothing, as its publisher sees it',
  informational:
    'Look for another package, or a later one: it is news of this one, no vulnerability',
};

/** The remedy of one finding, as alerts word theirs. */
export function whatToDo(finding: ReportFinding): string {
  const { borne = [], workloads } = finding;
  const advice = adviseOnBases(borne, { findings: 1, lineages: workloads.length, isBeside: true });
  return advice === '' ? ownRemedy(finding) : `${ownRemedy(finding)}. ${advice}`;
}

function ownRemedy({ id, package: purl, fixedIn, status }: ReportFinding): string {
  const bare = barePurl(purl);
  const name = decodeURIComponent(bare.slice(bare.lastIndexOf('/') + 1));
  if (fixedIn !== null) return `Rebuild with ${name} ≥ ${fixedIn}, then deploy`;
  if (id.startsWith('MAL-')) return `Take ${name} out: it is malware`;
  if (status) return WITHOUT_FIX[status];
  return 'Judge whether the code is reached, and watch for a fix';
}
