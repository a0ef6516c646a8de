import type { FileTree } from '../../image/file-tree.ts';
import type { PythonBound, PythonRule } from '../../inventory/python-environment.ts';
import type { Project, Site } from './list-sites.ts';
import {
  fitsMinor,
  isOfCpython,
  minorsOfTags,
  readWheelTags,
  type WheelTag,
} from './wheel-tags.ts';

/** One thing in a site that works on some minors alone. */
export interface Tie {
  readonly rule: Extract<PythonRule, 'extension' | 'wheel' | 'requires-python'>;
  /** The file that says so. */
  readonly evidence: string;
  /** A project, or the path of a module below its site. */
  readonly name: string;
  /** `cp313-cp313`, `<3.14`, `3.13`: what it is for. */
  readonly made: string;
  /** Whether it works on a minor; what a package only asks for breaks nothing by itself. */
  fits(minor: string): boolean;
  /** Absent where later minors are no worse than the present one. */
  readonly worksOn?: PythonBound['worksOn'];
}

/** A project with what its metadata says. */
export interface ReadProject extends Project {
  readonly wheel: string;
  /** Of CPython or any Python; empty where none are told. */
  readonly tags: readonly WheelTag[];
  readonly requires: string | undefined;
}

/** Of METADATA only the header counts; nobody's is longer. */
const HEADER = 64 * 1024;

export function readProject(tree: FileTree, project: Project): ReadProject {
  const wheel = `${project.path}/WHEEL`;
  const header = readStart(tree, `${project.path}/METADATA`).split(/\r?\n\r?\n/, 1)[0] ?? '';
  const requires = /^Requires-Python:[ \t]*([^\r\n]{1,256})/im.exec(header)?.[1]?.trim();
  const tags = readWheelTags(readStart(tree, wheel));
  return { ...project, wheel, tags: tags.every(isOfCpython) ? tags : [], requires };
}

/** The beginning of a file; what is not there, or was not kept, says nothing. */
export function readStart(tree: FileTree, path: string, limit = HEADER): string {
  const bytes = tree.bytes(path);
  return bytes ? new TextDecoder().decode(bytes.subarray(0, limit)) : '';
}

/** Everything in a site that works on some minors alone, by path. */
export function findTies(tree: FileTree, site: Site, projects: readonly ReadProject[]): Tie[] {
  return [
    ...projects.flatMap((each) => wheelTie(each) ?? []),
    ...extensionTies(tree, site, projects),
    ...projects.flatMap((each) => requiresTie(each) ?? []),
  ];
}

function wheelTie({ name, wheel, tags }: ReadProject): Tie | undefined {
  const [first] = tags;
  if (!first) return undefined;
  const minors = minorsOfTags(tags);
  return {
    rule: 'wheel',
    evidence: wheel,
    name,
    made: `${first.interpreter}-${first.abi}`,
    fits: (minor) => tags.some((tag) => fitsMinor(tag, minor)),
    ...(minors && { worksOn: { minors } }),
  };
}

function requiresTie({ name, path, requires }: ReadProject): Tie | undefined {
  // A lower bound ties nothing to what is there.
  if (!requires || !/[<=~!]/.test(requires.replaceAll('>=', ''))) return undefined;
  const evidence = `${path}/METADATA`;
  return {
    rule: 'requires-python',
    evidence,
    name,
    made: requires,
    fits: () => true,
    worksOn: { requires },
  };
}

const SUFFIX = /\.(?:cpython-3(?<number>\d{1,2})(?<free>t?)-[\w-]+|(?<stable>abi3t?))\.so$/;

/** A module by what its file names say that it is compiled for; several files may make one module. */
function extensionTies(tree: FileTree, site: Site, projects: readonly ReadProject[]): Tie[] {
  const modules = Map.groupBy(site.extensions, (path) => path.replace(SUFFIX, ''));
  const ties = [...modules].flatMap(([stem, files]) => extensionTie(tree, site, stem, files) ?? []);
  if (ties.length === 0) return [];
  const spared = speedUps(tree, projects);
  return ties.filter(({ name }) => !spared.has(name));
}

function extensionTie(
  tree: FileTree,
  site: Site,
  stem: string,
  files: readonly string[],
): Tie | undefined {
  const others = [`${stem}.so`, `${stem}.py`, `${stem}/__init__.py`];
  const evidence = files.toSorted()[0];
  if (evidence === undefined || others.some((path) => tree.entry(path))) return undefined;
  const suffixes = files.map((path) => SUFFIX.exec(path)?.groups ?? {});
  const isStable = suffixes.some(({ stable }) => stable !== undefined);
  const minors = suffixes
    .filter(({ stable }) => stable === undefined)
    .map(({ number, free }) => `3.${number}${free}`)
    .sort();
  const fits = (minor: string) =>
    minors.includes(minor) || suffixes.some(({ stable }) => loadsStable(stable, minor));
  return {
    rule: 'extension',
    evidence,
    name: evidence.slice(site.path.length + 1),
    made: isStable ? 'the stable ABI' : minors.join(' and '),
    fits,
    ...(!isStable && { worksOn: { minors } }),
  };
}

/** EXTENSION_SUFFIXES: free-threaded builds know no `.abi3.so`; `.abi3t.so` is known from 3.15 on (PEP 803). */
function loadsStable(stable: string | undefined, minor: string): boolean {
  if (stable === undefined) return false;
  if (stable === 'abi3') return !minor.endsWith('t');
  return Number(minor.replace(/t$/, '').split('.')[1]) >= 15;
}

/** Of RECORD, which lists a file a line. */
const RECORD = 4 * 1024 * 1024;

/** Modules of projects that say themselves that they work on any minor: what they compiled is not needed. */
function speedUps(tree: FileTree, projects: readonly ReadProject[]): ReadonlySet<string> {
  const modules = new Set<string>();
  for (const { path, tags } of projects) {
    if (!tags.some(({ abi, interpreter }) => abi === 'none' && /^py3\d*$/.test(interpreter)))
      continue;
    const record = readStart(tree, `${path}/RECORD`, RECORD);
    for (const [, file = ''] of record.matchAll(/^"?([^,"\r\n]+\.so)"?,/gm)) modules.add(file);
  }
  return modules;
}
