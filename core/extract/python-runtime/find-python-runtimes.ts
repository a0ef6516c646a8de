import type { Problem } from '../../image/capture.ts';
import type { Package, Runtime } from '../../inventory/inventory.ts';
import type { Versioned } from '../extractor.ts';
import { quote } from '../token.ts';

export const PYTHON_RUNTIME: Versioned = { name: 'runtime/python', version: 1 };

/** The OS packages that hold an interpreter or its standard library, the strongest evidence first. */
const EVIDENCE: readonly { readonly type: Package['type']; readonly name: RegExp }[] = [
  // Wolfi and Chainguard: the first brings `usr/bin/python`, the second the interpreter itself.
  { type: 'apk', name: /^python-3\.\d+$/ },
  { type: 'apk', name: /^python-3\.\d+-base$/ },
  // Alpine.
  { type: 'apk', name: /^python3$/ },
  // Debian: `-minimal` holds the interpreter, the others parts of it.
  { type: 'deb', name: /^python3\.\d+-minimal$/ },
  { type: 'deb', name: /^libpython3\.\d+-stdlib$/ },
  { type: 'deb', name: /^python3\.\d+$/ },
  // Wolfi's free-threaded builds stand beside the usual one.
  { type: 'apk', name: /^python-3\.\d+t(?:-base)?$/ },
];

/** A version as distributions write it: `1:3.13.5-2+deb13u4`, `3.14.10_git20261111-r0`, `3.15.0_rc1-r0`, `3.15.0~rc1-1`. */
const VERSION =
  /^(?:\d+:)?(?<release>(?<minor>\d+\.\d+)(?:\.\d+)?)(?:[_~]?(?<stage>alpha|beta|a|b|rc)(?<number>\d+))?/;

const STAGES: Readonly<Record<string, string>> = { alpha: 'a', beta: 'b' };

interface Evidence {
  readonly rank: number;
  readonly package: Package;
  readonly version: string;
  readonly minor: string;
}

/** The Python interpreters that the package databases name, one a minor, lowest minor first. */
export function findPythonRuntimes(packages: readonly Package[]): {
  readonly runtimes: readonly Runtime[];
  readonly problems: readonly Problem[];
} {
  const problems: Problem[] = [];
  const evidence: Evidence[] = [];
  for (const each of packages) {
    const rank = EVIDENCE.findIndex(({ type, name }) => each.type === type && name.test(each.name));
    if (rank < 0) continue;
    const version = upstreamVersion(each.version);
    if (version) evidence.push({ rank, package: each, ...version });
    else
      problems.push({
        path: each.path,
        reason: `${each.name}: no Python version ${quote(each.version)}`,
      });
  }
  evidence.sort(
    (left, right) => left.rank - right.rank || (describe(left) < describe(right) ? -1 : 1),
  );

  const runtimes = [...Map.groupBy(evidence, ({ minor }) => minor)].map(([minor, all]) => {
    const version = all[0]?.version ?? minor;
    const others = all.filter((each) => each.version !== version);
    problems.push(...others.map((each) => contradiction(each, version)));
    return { language: 'python', version, minor, evidence: all.map(describe) } as const;
  });
  runtimes.sort((left, right) => minorNumber(left.minor) - minorNumber(right.minor));
  return { runtimes, problems };
}

/** Upstream's version, a pre-release as Python itself writes it: `3.15.0rc1`. */
function upstreamVersion(
  text: string,
): { readonly version: string; readonly minor: string } | null {
  const { release, minor, stage, number = '' } = VERSION.exec(text)?.groups ?? {};
  if (!release || !minor) return null;
  return { version: stage ? `${release}${STAGES[stage] ?? stage}${number}` : release, minor };
}

function describe({ package: { type, name, version, path } }: Evidence): string {
  return `${type} ${name}=${version} (${path})`;
}

function contradiction({ package: { name, path }, version }: Evidence, strongest: string): Problem {
  return { path, reason: `${name} says Python ${version}, stronger evidence says ${strongest}` };
}

/** `3.14` → 14; all are Python 3. */
function minorNumber(minor: string): number {
  return Number(minor.slice(minor.indexOf('.') + 1));
}
