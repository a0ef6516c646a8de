import type { Problem } from '../../image/capture.ts';
import type { UnownedRuntime } from '../../inventory/interpreter-package.ts';
import type { Runtime } from '../../inventory/inventory.ts';
import { combineEvidence, type Installation } from './combine-evidence.ts';
import { type Gathered, isExact, type Language, type RuntimeInput } from './evidence.ts';
import { goEvidence } from './go/go-evidence.ts';
import { javaEvidence } from './java/java-evidence.ts';
import { nodeEvidence } from './node/node-evidence.ts';
import { pythonEvidence } from './python/python-evidence.ts';

interface Reader {
  readonly language: Language;
  readonly title: string;
  gather(input: RuntimeInput): Gathered;
}

/** Python first: what a tag or a workload is known by, where it has several. */
const READERS: readonly Reader[] = [
  {
    language: 'python',
    title: 'Python',
    gather: pythonEvidence,
  },
  { language: 'node', title: 'Node.js', gather: nodeEvidence },
  { language: 'java', title: 'Java', gather: javaEvidence },
  { language: 'go', title: 'Go', gather: goEvidence },
];

/** The runtimes of an image. */
export interface FoundRuntimes {
  /** By language, then lowest version first. */
  readonly runtimes: readonly Runtime[];
  /** Those that no OS package has to do with. */
  readonly unowned: readonly UnownedRuntime[];
  readonly problems: readonly Problem[];
}

/** Every language runtime of an image, with all that speaks of it. */
export function findRuntimes(input: RuntimeInput): FoundRuntimes {
  const found = READERS.map((reader) => readLanguage(input, reader));
  return {
    runtimes: found.flatMap(({ runtimes }) => runtimes),
    unowned: found.flatMap(({ unowned }) => unowned),
    problems: found.flatMap(({ problems }) => problems),
  };
}

function readLanguage(input: RuntimeInput, { language, title, gather }: Reader): FoundRuntimes {
  const { evidence, problems, started } = gather(input);
  const installations = combineEvidence(language, evidence);
  const foreign = installations
    .filter((each) => !isOwned(input, each))
    .map((each) => ({
      language,
      version: each.runtime.version,
      path: each.evidence[0]?.path ?? '',
    }));
  return {
    runtimes: installations.map((each) => markDefault(each, installations.length, started)),
    unowned: foreign.filter(({ version }) => isExact(version)),
    problems: [
      ...problems,
      ...foreign
        .filter(({ version }) => !isExact(version))
        .map(({ version, path }) => ({ path, reason: inexact(title, version) })),
    ],
  };
}

/** Of one alone there is nothing to tell apart. */
function markDefault(
  { runtime, evidence }: Installation,
  count: number,
  started: string | undefined,
): Runtime {
  const isDefault = count > 1 && evidence.some(({ path }) => path === started);
  return isDefault ? { ...runtime, isDefault } : runtime;
}

/** An OS package brought it, as it says or as one of its files shows. */
function isOwned({ ownerOf }: RuntimeInput, { evidence }: Installation): boolean {
  return evidence.some(
    ({ kind, path }) => kind === 'package' || (kind === 'file' && ownerOf(path) !== null),
  );
}

function inexact(title: string, version: string): string {
  return `${title} ${version} that no package brought: no advisory can be matched with a version as inexact as this`;
}
