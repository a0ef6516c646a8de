import * as z from 'zod';

const Counter = z.int().min(0).max(9999);

/** https://peps.python.org/pep-0739/: what of `build-details.json` names the interpreter. */
const Details = z.object({
  implementation: z.object({
    name: z.string(),
    version: z.object({
      major: Counter,
      minor: Counter,
      micro: Counter,
      releaselevel: z.enum(['alpha', 'beta', 'candidate', 'final']),
      serial: Counter,
    }),
  }),
});

const LEVELS = { alpha: 'a', beta: 'b', candidate: 'rc', final: '' } as const;

/**
 * The version in an interpreter's `build-details.json`, which CPython leaves since 3.14: `3.15.0rc1`.
 * `null` for another implementation than CPython, `undefined` for what cannot be read.
 */
export function parseBuildDetails(text: string): string | null | undefined {
  const details = parse(text);
  if (!details) return undefined;
  const { name, version } = details.implementation;
  if (name !== 'cpython') return null;
  const { major, minor, micro, releaselevel, serial } = version;
  const stage = releaselevel === 'final' ? '' : `${LEVELS[releaselevel]}${serial}`;
  return `${major}.${minor}.${micro}${stage}`;
}

function parse(text: string): z.output<typeof Details> | undefined {
  try {
    return Details.safeParse(JSON.parse(text)).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
