import type {
  PythonBound,
  PythonBreak,
  PythonEnvironment,
} from '../../inventory/python-environment.ts';
import { labelOf, type Runner } from '../runtime/python/main-python.ts';
import type { Surroundings } from './environment-input.ts';
import { boundTies, judgeLibc, judgeTies, unstartable } from './judge-site.ts';
import type { Site } from './list-sites.ts';
import { findTies, type ReadProject, readProject, type Tie } from './site-ties.ts';

/** What comes with an interpreter, and is no application's. */
const BOOTSTRAP = /^(?:pip|setuptools|wheel)$/;

/** Projects read of one site. */
const PROJECTS = 5000;

/** The projects that lie in a site itself: what others vendor below is theirs to answer for. */
export function topProjects({ tree }: Surroundings, { path, projects }: Site): ReadProject[] {
  return projects
    .filter((each) => !each.path.slice(path.length + 1).includes('/'))
    .slice(0, PROJECTS)
    .map((each) => readProject(tree, each));
}

/** A folder of packages outside of any virtual environment, with both verdicts; what OS packages brought is theirs. */
export function judgePackages(around: Surroundings, site: Site): PythonEnvironment {
  const { tree, ownerOf } = around;
  const all = topProjects(around, site);
  const isForeign = (path: string) => ownerOf(path) === null;
  const own = all.filter(({ path }) => isForeign(path) && isForeign(`${path}/METADATA`));
  const extensions = site.extensions.filter(isForeign);
  const ties = findTies(tree, { ...site, extensions }, own);
  const runners = runnersOf(around, site);
  const isRun = !isFrozen(around, site);
  const isApplications =
    isRun && (own.some(({ name }) => !BOOTSTRAP.test(name)) || extensions.length > 0);
  const minor = site.minor ?? minorOfTies(ties);
  const [only] = runners.length === 1 ? runners : [];
  return {
    kind: 'packages',
    path: site.path,
    minor,
    runsOn: only ?? null,
    packages: all.length,
    broken: isApplications
      ? brokenOf(around, site, runners, ties, own)
      : deadRunners(around, isRun && own.length > 0 ? runners : []),
    bounds:
      isApplications && !isSystems(around, site) ? boundsOf(around, site, only, minor, ties) : [],
    ...(isStarted(around, site, runners) && { isStarted: true }),
  };
}

/** PyInstaller's: a program with an interpreter of its own, which is no file by that name. */
function isFrozen({ tree }: Surroundings, { path }: Site): boolean {
  return tree.entry(`${path}/base_library.zip`) !== undefined;
}

/** Whether what starts imports from it, or would if it had been installed by that minor. */
function isStarted(around: Surroundings, site: Site, runners: readonly Runner[]): boolean {
  const { imported, started } = around;
  if (imported.has(site.path)) return true;
  if (site.minor === null && started.folders.has(site.path)) return true;
  const isItsOwn =
    site.minor === started.bare?.minor || /^usr\/lib\/python3\/dist-packages$/.test(site.path);
  if (isItsOwn) return runners.some(({ path }) => path === started.bare?.path);
  return isLeftBehind(around, site);
}

/**
 * Whether it lies where the interpreter that starts has its packages, but for another minor, and
 * that one has none of its own: builder and runtime are not of one minor.
 */
function isLeftBehind({ started, installations, folders }: Surroundings, site: Site): boolean {
  const { bare: runner } = started;
  const { minor, prefix, path } = site;
  if (!runner || minor === null || prefix === null || minor === runner.minor) return false;
  const home = /^(?:(?<home>.*)\/)?bin\/[^/]+$/.exec(runner.path)?.groups?.home ?? '';
  const isUsers = /(?:^|\/)\.local$/.test(prefix);
  // Debian's own Python looks below /usr/local as well, in folders of a name of its own.
  const isDebians = path.endsWith('/dist-packages');
  if (prefix !== home && !isUsers && !(isDebians && home === 'usr' && prefix === 'usr/local')) {
    return false;
  }
  const isItsOwn = installations.some(
    (each) =>
      labelOf(each) === minor &&
      (each.prefix === prefix || isUsers || (isDebians && each.prefix === 'usr')),
  );
  return !isItsOwn && !folders.sites.some((each) => replaces(each, prefix, runner.minor));
}

/** Whether a folder of packages of this minor lies at that prefix, with more than what Python brings. */
function replaces(site: Site, prefix: string, minor: string): boolean {
  return (
    site.prefix === prefix &&
    site.minor === minor &&
    site.projects.some(({ name }) => !BOOTSTRAP.test(name))
  );
}

/** Interpreters that may import from it; none where the image has none, or none that looks there. */
function runnersOf(around: Surroundings, site: Site): readonly Runner[] {
  const { runners, main, imported, installations } = around;
  if (imported.has(site.path)) return main ? [main] : runners;
  if (site.minor === null) {
    // Debian's folder for all minors is read by those of the system.
    if (!/^usr\/lib\/python3\/dist-packages$/.test(site.path)) return runners;
    return runners.filter((_, at) => installations[at]?.prefix === 'usr');
  }
  const same = runners.filter(({ minor }) => minor === site.minor);
  const near = same.filter(
    (runner) => installations[runners.indexOf(runner)]?.prefix === site.prefix,
  );
  if (near.length > 0) return near;
  return isLeftBehind(around, site) ? [] : same.slice(0, 1);
}

/** pip alone is nothing that breaks, but where it lies nothing else could run either. */
function deadRunners(around: Surroundings, runners: readonly Runner[]): PythonBreak[] {
  const dead = runners.flatMap(({ path }) => unstartable(around, path) ?? []);
  return dead.length === runners.length ? dead.slice(0, 1) : [];
}

function brokenOf(
  around: Surroundings,
  site: Site,
  runners: readonly Runner[],
  ties: readonly Tie[],
  own: readonly ReadProject[],
): PythonBreak[] {
  const { runners: all, tree, libc, started } = around;
  const { minor, prefix } = site;
  if (runners.length === 0) {
    const zip = `${prefix === '' ? '' : `${prefix}/`}lib/python${minor?.replace('.', '')}.zip`;
    // With its library packed, an interpreter of that minor lies there all the same.
    if (minor === null || all.length === 0 || tree.entry(zip)) return [];
    const found = [...new Set(all.map((each) => each.minor))].sort().join(' and ');
    const runs = isLeftBehind(around, site) && started.bare;
    const has = runs ? `and ${runs.path} is ${runs.minor}` : `the image has ${found}`;
    const message = `Its packages are for Python ${minor}, ${has}, which does not look there.`;
    return [{ rule: 'other-minor', evidence: own[0]?.path ?? site.path, message }];
  }
  const verdicts = runners.map((runner) =>
    [unstartable(around, runner.path) ?? [], judgeTies(ties, runner.minor)].flat(),
  );
  // Where several might run it, it is broken only if none of them can.
  const best = verdicts.toSorted((a, b) => a.length - b.length)[0] ?? [];
  return [...best, ...judgeLibc(own, libc)];
}

/** Whose files nobody lists: the system's own packages are taken for what they are. */
function isSystems({ packages, ownerOf, installations }: Surroundings, { prefix }: Site): boolean {
  if (prefix !== 'usr' || !packages.some(({ type }) => type === 'rpm')) return false;
  const files = installations
    .filter((each) => each.prefix === prefix)
    .flatMap((each) => each.files);
  return files.every(({ path }) => ownerOf(path) === null);
}

function boundsOf(
  { main, imported }: Surroundings,
  site: Site,
  runner: Runner | undefined,
  minor: string | null,
  ties: readonly Tie[],
): PythonBound[] {
  const present = runner?.minor ?? main?.minor ?? minor;
  if (present === null || present === undefined) return [];
  const bounds = boundTies(ties, present);
  const isOfBase = site.prefix !== null && /^(?:usr|usr\/local|var\/lang|)$/.test(site.prefix);
  if (site.minor === null || !isOfBase || imported.has(site.path)) return bounds;
  const message = `Lies in a folder of Python ${site.minor}, where no other minor looks.`;
  const worksOn = { minors: [site.minor] };
  return [{ rule: 'other-minor', evidence: site.path, message, worksOn }, ...bounds];
}

/** The minor that everything tied to one is tied to. */
function minorOfTies(ties: readonly Tie[]): string | null {
  const minors = new Set(
    ties.flatMap(({ worksOn }) => (worksOn && 'minors' in worksOn ? worksOn.minors : [])),
  );
  return minors.size === 1 ? ([...minors][0] ?? null) : null;
}
