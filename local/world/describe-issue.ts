import type * as z from 'zod';

type Issue = z.core.$ZodIssue;

/** An issue as one line: the path, what was expected, and what was there. */
export function describeIssue(issue: Issue): string {
  const { message, path, input } = deepest(issue, []);
  const where = path.map((part) => String(part)).join('.');
  const got = typeof input === 'string' || typeof input === 'number' ? JSON.stringify(input) : '';
  return `${where ? `${where}: ` : ''}${message}${got ? `, got ${got}` : ''}`;
}

interface Described {
  readonly message: string;
  readonly path: readonly PropertyKey[];
  readonly input: unknown;
}

/** Of a union's branches, the one that the input meant: not refused for its type alone. */
function deepest(issue: Issue, above: readonly PropertyKey[]): Described {
  const path = [...above, ...issue.path];
  if (issue.code === 'invalid_union') {
    const branches = issue.errors.flatMap(([first]) => (first ? [first] : []));
    const meant = branches.find((each) => each.code !== 'invalid_type' || each.path.length > 0);
    if (meant) return deepest(meant, path);
  }
  return { message: issue.message, path, input: issue.input };
}
