import type { FileTree } from '../../image/file-tree.ts';

/** A project installed in a site. */
export interface Project {
  /** As its folder says: `numpy`. */
  readonly name: string;
  /** `….dist-info` or `….egg-info`. */
  readonly path: string;
}

/** A folder that Python imports from. */
export interface Site {
  readonly path: string;
  /** Of `lib/python3.13/site-packages`, `3.13` (`3.13t`); `null` of a folder for any minor. */
  readonly minor: string | null;
  /** What `lib` lies in: a prefix or a virtual environment; `null` where there is no such folder. */
  readonly prefix: string | null;
  readonly projects: readonly Project[];
  /** Paths of extension modules that name what they are compiled for. */
  readonly extensions: readonly string[];
}

/** What an image's file table says of folders of packages and of virtual environments. */
export interface PythonFolders {
  readonly sites: readonly Site[];
  /** Folders with a `pyvenv.cfg`. */
  readonly venvs: readonly string[];
  /** By folder: `python`, `python3`, `python3.13` in its `bin`, by path. */
  readonly interpreters: ReadonlyMap<string, readonly string[]>;
  /** By folder: scripts in its `bin`. */
  readonly scripts: ReadonlyMap<string, readonly string[]>;
  /** Everything in folders called `bin` that are no virtual environment's, by path. */
  readonly programs: readonly string[];
}

const PROJECT =
  /^(?<site>.+)\/(?<name>[^/-]+)(?:-[^/]*)?\.(?:dist-info\/METADATA|egg-info(?:\/PKG-INFO)?)$/;
/** What `PROJECT` may match, said cheaply. */
const METADATA = /(?:\.dist-info\/METADATA|\.egg-info(?:\/PKG-INFO)?)$/;
const EXTENSION = /\.(?:cpython-3\d{1,2}t?-[\w-]{1,64}|abi3t?)\.so$/;
const VERSIONED =
  /^(?:(?<prefix>.+)\/)?lib(?:64)?\/python(?<minor>3\.\d{1,2}t?)\/(?:site|dist)-packages$/;
const SITE_NAME = /(?:^|\/)(?:site|dist)-packages$/;
const IN_BIN = /^(?<folder>.+)\/bin\/(?<name>[^/]+)$/;
/** What installers unpacked to link or copy from, for whatever minor: uv's and conda's. */
const CACHE = /(?:^|\/)(?:archive-v\d+\/[^/]+|pkgs\/[^/]+-[^/]+-[^/]+)(?:\/|$)/;

/** Sites and virtual environments of one image; above that it is no image that runs. */
const FOLDERS = 200;

/** `extra`: folders that the settings of the image let Python import from. */
export function listPythonFolders(tree: FileTree, extra: readonly string[]): PythonFolders {
  const paths = listPaths(tree);
  const projects = paths.metadata.flatMap((path) => readProject(path) ?? []);
  const known = extra.filter((folder) => tree.entry(folder)?.type === 'directory');
  const candidates = new Set([...paths.sites, ...known, ...projects.map(({ site }) => site)]);
  const venvs = paths.venvs.slice(0, FOLDERS);
  return {
    sites: toSites(candidates, projects, paths.extensions).slice(0, FOLDERS),
    venvs,
    ...readPrograms(new Set(venvs), paths.programs),
  };
}

interface Paths {
  readonly sites: string[];
  readonly metadata: string[];
  readonly venvs: string[];
  readonly extensions: string[];
  readonly programs: string[];
}

/** One pass over the file table. */
function listPaths(tree: FileTree): Paths {
  const paths: Paths = { sites: [], metadata: [], venvs: [], extensions: [], programs: [] };
  for (const { path, type } of tree.entries()) {
    if (type === 'directory') {
      if (SITE_NAME.test(path)) paths.sites.push(path);
    } else if (path.endsWith('/pyvenv.cfg')) {
      paths.venvs.push(path.slice(0, -'/pyvenv.cfg'.length));
    } else {
      kindOf(paths, path)?.push(path);
    }
  }
  return paths;
}

function kindOf(paths: Paths, path: string): string[] | undefined {
  if (path.endsWith('.so')) return EXTENSION.test(path) ? paths.extensions : undefined;
  if (METADATA.test(path)) return paths.metadata;
  return path.includes('/bin/') || path.startsWith('bin/') ? paths.programs : undefined;
}

function readProject(path: string): FoundProject | undefined {
  const { site, name } = PROJECT.exec(path)?.groups ?? {};
  if (!site || !name) return undefined;
  return { site, project: { name, path: path.replace(/\/(?:METADATA|PKG-INFO)$/, '') } };
}

interface FoundProject {
  readonly site: string;
  readonly project: Project;
}

function toSites(
  candidates: ReadonlySet<string>,
  projects: readonly FoundProject[],
  extensions: readonly string[],
): Site[] {
  const rootOf = createRootFinder(candidates);
  const projectsOf = Map.groupBy(projects, ({ site }) => rootOf(site) ?? site);
  const extensionsOf = Map.groupBy(extensions, (path) => rootOf(path) ?? '');
  const roots = new Set([...candidates].map((folder) => rootOf(folder) ?? folder));
  return [...roots].sort().flatMap((path) => {
    if (CACHE.test(path)) return [];
    const own = projectsOf.get(path)?.map(({ project }) => project) ?? [];
    const compiled = extensionsOf.get(path) ?? [];
    if (own.length === 0 && compiled.length === 0) return [];
    const { prefix, minor } = VERSIONED.exec(path)?.groups ?? {};
    const lies = { minor: minor ?? null, prefix: minor ? (prefix ?? '') : null };
    return [{ path, ...lies, projects: own, extensions: compiled }];
  });
}

/**
 * The folder that something is imported from: what a package vendors below itself belongs to the
 * folder that the package lies in. A `site-packages` is always one of its own.
 */
function createRootFinder(candidates: ReadonlySet<string>): (path: string) => string | undefined {
  return (path) => {
    let root: string | undefined;
    for (let at = path; at !== ''; at = at.slice(0, Math.max(at.lastIndexOf('/'), 0))) {
      if (!candidates.has(at)) continue;
      root = at;
      if (SITE_NAME.test(at)) break;
    }
    return root;
  };
}

function readPrograms(
  venvs: ReadonlySet<string>,
  programs: readonly string[],
): Pick<PythonFolders, 'interpreters' | 'scripts' | 'programs'> {
  const inVenvs = programs.flatMap((path) => {
    const { folder, name } = IN_BIN.exec(path)?.groups ?? {};
    return folder && name && venvs.has(folder) ? [{ path, folder, name }] : [];
  });
  const isInterpreter = ({ name }: { readonly name: string }) =>
    /^python(?:3(?:\.\d{1,2}t?)?)?$/.test(name);
  const byFolder = (found: typeof inVenvs) =>
    new Map(
      [...Map.groupBy(found, ({ folder }) => folder)].map(([folder, group]) => [
        folder,
        group.map(({ path }) => path),
      ]),
    );
  return {
    interpreters: byFolder(inVenvs.filter(isInterpreter)),
    scripts: byFolder(inVenvs.filter((each) => !isInterpreter(each))),
    programs: programs.filter((path) => !venvs.has(IN_BIN.exec(path)?.groups?.folder ?? '')),
  };
}
