import type { Problem } from '../image/capture.ts';
import type { Coverage } from './coverage.ts';

/** Files that are named; the others are counted. */
const NAMED = 5;
/** Parts of one that are. */
const PARTS = 5;

/** What may hold anything, or in part: what somebody looks for may be in there under no name. */
export function unnamedProblems(coverage: Coverage | undefined): Problem[] {
  if (!coverage) return [];
  const { opaque, opaqueFiles, partly, partlyFiles = [] } = coverage;
  const named = [
    ...opaqueFiles.slice(0, NAMED).map(({ path, why }) => ({ path, reason: `opaque: ${why}` })),
    ...partlyFiles.slice(0, NAMED).map(({ path, why, unnamed }) => {
      const parts = unnamed.slice(0, PARTS).join(', ');
      const more = unnamed.length > PARTS ? ', and more' : '';
      return { path, reason: `partly listed: ${why}${parts === '' ? '' : ` (${parts}${more})`}` };
    }),
  ];
  const more = opaque + partly - named.length;
  return more > 0
    ? [...named, { path: 'executables', reason: `${more} more are opaque or partly listed` }]
    : named;
}
