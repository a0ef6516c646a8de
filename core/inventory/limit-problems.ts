import type { Problem } from '../image/capture.ts';

/** Problems kept of one path; a broken database has as many as it has lines. */
const PROBLEMS_PER_PATH = 20;

/** Paths whose problems are kept; a hostile image has as many as it has files. */
const PATHS = 1000;

/** Sorts problems by path, drops doubles, and replaces those above the limits by their number. */
export function limitProblems(problems: readonly Problem[]): Problem[] {
  const byPath = Map.groupBy(problems, ({ path }) => path);
  const paths = [...byPath.keys()].sort();
  const rest = paths.length - PATHS;
  const kept = paths.slice(0, PATHS).flatMap((path) => limitReasons(path, byPath.get(path) ?? []));
  return rest > 0 ? [...kept, { path: 'image', reason: `problems of ${rest} paths more` }] : kept;
}

function limitReasons(path: string, problems: readonly Problem[]): Problem[] {
  const reasons = [...new Set(problems.map(({ reason }) => reason))];
  const kept = reasons.slice(0, PROBLEMS_PER_PATH);
  const rest = reasons.length - kept.length;
  return [...kept, ...(rest > 0 ? [`and ${rest} more`] : [])].map((reason) => ({ path, reason }));
}
