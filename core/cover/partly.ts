import type { JarFacts } from '../image/file-facts.ts';
import type { Package } from '../inventory/inventory.ts';
import type { PartlyFile } from './coverage.ts';
import { OPAQUE, PACKAGE_IT } from './opaque.ts';

/** What of a file is known, and what is not. */
export type Partly = Omit<PartlyFile, 'path'>;

export const PARTLY = {
  go: {
    why: 'a Go program that names no modules: its standard library is known',
    unnamed: [],
    remedy: 'build it with modules (go.mod), and with Go’s build information left in',
  },
  rust: {
    why: 'a Rust program without a list of its crates: those that its panics name are known',
    unnamed: [],
    remedy: OPAQUE.rust.remedy,
  },
  system: {
    why: 'in the folders of the system, where no OS package says which files are its own',
    unnamed: [],
    remedy: `leave the package database whole, with its lists of files; or ${PACKAGE_IT}`,
  },
} as const satisfies Readonly<Record<string, Partly>>;

/** Parts of one file that are named; all are counted. */
const NAMED = 50;
/** Characters of such a name: an archive may call those in it what it likes. */
const NAME_LIMIT = 256;

/** An archive of classes in a file, or the file itself, and what it was taken for. */
export interface ArchivePart extends Pick<JarFacts, 'inside'> {
  readonly project: Package | undefined;
}

/** An archive of which some of those in it name no project, or only by what their manifest says, or were not read. */
export function partlyArchive(
  parts: readonly ArchivePart[],
  problems: readonly string[] = [],
): Partly {
  const unnamed = parts.filter(({ project }) => project === undefined);
  const guessed = parts.filter(({ project }) => project?.confidence !== undefined);
  const counts = [
    ...(unnamed.length > 0 ? [`${unnamed.length} without a project’s name`] : []),
    ...(guessed.length > 0
      ? [`${guessed.length} named by a manifest or a file name alone, maybe not as advisories do`]
      : []),
  ];
  const whys = [
    ...(counts.length > 0 ? [`of ${parts.length} with classes ${counts.join(', ')}`] : []),
    ...problems.slice(0, 1).map((each) => `not all of it was read: ${each.slice(0, NAME_LIMIT)}`),
  ];
  return {
    why: ['archives of Java classes', ...whys].join('; '),
    unnamed: [...unnamed, ...guessed].slice(0, NAMED).map(describePart),
    remedy: OPAQUE.archive.remedy,
  };
}

function describePart({ inside, project }: ArchivePart): string {
  const place = inside.length === 0 ? 'its own classes' : inside.join('!/').slice(-NAME_LIMIT);
  return project ? `${place} (maybe ${project.name} ${project.version})` : place;
}
