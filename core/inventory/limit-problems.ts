import type { Problem } from '../image/capture.ts';

/** Problems kept of one path; a broken database has as many as it has lines. */
const PROBLEMS_PER_PATH = 20;

/** Sorts problems by path, drops doubles, and replaces those of a path above the limit by their number. */
export function limitProblems(problems: readonly Problem[]): Problem[] {
  const byPath = Map.groupBy(problems, ({ path }) => path);
  return [...byPath.keys()].sort().flatMap((path) => {
    const reasons = [...new Set(byPath.get(path)?.map(({ reason }) => reason))];
    const kept = reasons.slice(0, PROBLEMS_PER_PATH);
    const rest = reasons.length - kept.length;
    return [...kept, ...(rest > 0 ? [`and ${rest} more`] : [])].map((reason) => ({ path, reason }));
  });
}
