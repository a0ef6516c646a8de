import * as z from 'zod';
import type { Problem } from '../../image/capture.ts';
import type { FileTree } from '../../image/file-tree.ts';
import { readText } from '../read-text.ts';

/** An interpreter that says of itself what it is. */
export interface BuildDetails {
  /** The file that says so. */
  readonly path: string;
  /** `3.14.4`, `3.15.0rc1` */
  readonly version: string;
  /** `3.14` */
  readonly minor: string;
}

const PATH = /(?:^|\/)lib\/python3\.\d+t?\/build-details\.json$/;

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

/** The interpreters that left a `build-details.json`, which CPython does since 3.14, whoever installed them. */
export function readBuildDetails(tree: FileTree): {
  readonly found: readonly BuildDetails[];
  readonly problems: readonly Problem[];
} {
  const found: BuildDetails[] = [];
  const problems: Problem[] = [];
  for (const { path, type } of tree.entries()) {
    if (type !== 'file' || !PATH.test(path)) continue;
    const file = readText(tree, path);
    if (file.kind === 'unreadable') problems.push(file.problem);
    if (file.kind !== 'text') continue;
    const version = versionOf(file.text);
    if (version === undefined) problems.push({ path, reason: 'no build details of Python' });
    else if (version) found.push({ path, ...version });
  }
  return { found, problems };
}

/** `null` for another implementation than CPython, `undefined` for what cannot be read. */
function versionOf(text: string): Pick<BuildDetails, 'version' | 'minor'> | null | undefined {
  const details = parse(text);
  if (!details) return undefined;
  const { name, version } = details.implementation;
  if (name !== 'cpython') return null;
  const { releaselevel, serial } = version;
  const minor = `${version.major}.${version.minor}`;
  const stage = releaselevel === 'final' ? '' : `${LEVELS[releaselevel]}${serial}`;
  return { version: `${minor}.${version.micro}${stage}`, minor };
}

function parse(text: string): z.output<typeof Details> | undefined {
  try {
    return Details.safeParse(JSON.parse(text)).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
