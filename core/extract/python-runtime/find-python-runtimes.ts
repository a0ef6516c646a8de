import type { Problem } from '../../image/capture.ts';
import type { UnownedRuntime } from '../../inventory/interpreter-package.ts';
import type { Package, Runtime } from '../../inventory/inventory.ts';
import type { Versioned } from '../extractor.ts';
import { quote } from '../token.ts';
import type { BuildDetails } from './read-build-details.ts';

export const PYTHON_RUNTIME: Versioned = { name: 'runtime/python', version: 2 };

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
  /** `python-3.14`, or the kind of file that says so. */
  readonly name: string;
  /** One line for people. */
  readonly text: string;
  readonly path: string;
  readonly version: string;
  readonly minor: string;
  /** Whether an OS package brought it. */
  readonly isOwned: boolean;
}

/** What an interpreter says of itself, and whether the file that says so is an OS package's. */
interface OwnDetails extends BuildDetails {
  readonly isOwned: boolean;
}

/**
 * The Python interpreters of an image, one a minor, lowest minor first: those that the package
 * databases name and those that say themselves what they are. `unowned`: those that no OS
 * package has to do with.
 */
export function findPythonRuntimes(
  packages: readonly Package[],
  details: readonly OwnDetails[] = [],
): {
  readonly runtimes: readonly Runtime[];
  readonly unowned: readonly UnownedRuntime[];
  readonly problems: readonly Problem[];
} {
  const { evidence, problems } = readEvidence(packages);
  evidence.push(...details.map(ownEvidence));
  evidence.sort((left, right) => left.rank - right.rank || (left.text < right.text ? -1 : 1));

  const runtimes = [...Map.groupBy(evidence, ({ minor }) => minor)].map(([minor, all]) => {
    const version = all[0]?.version ?? minor;
    // One that nobody owns is an interpreter of its own, it contradicts no package.
    const others = all.filter((each) => each.isOwned && each.version !== version);
    problems.push(...others.map((each) => contradiction(each, version)));
    return { language: 'python', version, minor, evidence: all.map(({ text }) => text) } as const;
  });
  runtimes.sort((left, right) => minorNumber(left.minor) - minorNumber(right.minor));
  const unowned = evidence
    .filter(({ isOwned }) => !isOwned)
    .map(({ version, path }) => ({ language: 'python', version, path }) as const);
  return { runtimes, unowned, problems };
}

function readEvidence(packages: readonly Package[]): {
  readonly evidence: Evidence[];
  readonly problems: Problem[];
} {
  const problems: Problem[] = [];
  const evidence: Evidence[] = [];
  for (const { type, name, version: text, path } of packages) {
    const rank = EVIDENCE.findIndex((each) => each.type === type && each.name.test(name));
    if (rank < 0) continue;
    const version = upstreamVersion(text);
    const said = { name, text: `${type} ${name}=${text} (${path})`, path };
    if (version) evidence.push({ rank, ...said, ...version, isOwned: true });
    else problems.push({ path, reason: `${name}: no Python version ${quote(text)}` });
  }
  return { evidence, problems };
}

function ownEvidence({ path, version, minor, isOwned }: OwnDetails): Evidence {
  const text = `build details: ${version} (${path})`;
  return { rank: EVIDENCE.length, name: 'build-details.json', text, path, version, minor, isOwned };
}

/** Upstream's version, a pre-release as Python itself writes it: `3.15.0rc1`. */
function upstreamVersion(
  text: string,
): { readonly version: string; readonly minor: string } | null {
  const { release, minor, stage, number = '' } = VERSION.exec(text)?.groups ?? {};
  if (!release || !minor) return null;
  return { version: stage ? `${release}${STAGES[stage] ?? stage}${number}` : release, minor };
}

function contradiction({ name, path, version }: Evidence, strongest: string): Problem {
  return { path, reason: `${name} says Python ${version}, stronger evidence says ${strongest}` };
}

/** `3.14` → 14; all are Python 3. */
function minorNumber(minor: string): number {
  return Number(minor.slice(minor.indexOf('.') + 1));
}
