import { limited } from '../../alert/compose-alert.ts';
import { findCommand, searchPath } from '../../check/start/find-command.ts';
import { readInterpreterLine } from '../../check/start/interpreter-line.ts';
import type {
  PythonBound,
  PythonBreak,
  PythonEnvironment,
} from '../../inventory/python-environment.ts';
import { minorOfProgram, type Runner } from '../runtime/python/main-python.ts';
import type { Surroundings } from './environment-input.ts';
import type { Site } from './list-sites.ts';
import { readStart } from './site-ties.ts';

/** Where people and installers put commands, besides the folders of PATH and beside packages. */
const FOLDER = /^(?:usr\/(?:local\/)?bin|bin|opt\/[^/]+\/bin|(?:home\/[^/]+|root)\/\.local\/bin)$/;

/** What comes with Python itself, or with pip: no application's. */
const ITS_OWN = /\/(?:pip|easy_install|wheel|idle|pydoc|2to3|pyvenv|python)[\d.-]*(?:config)?$/;

const PYTHON = /(?:^|\/)python(?<three>3(?:\.\d{1,2}t?)?)?$/;
/** What scripts for Python 2 ask for as well. */
const PLAIN = /^(?:\/usr\/bin\/|\/bin\/)?python$/;

/** Names in a message. */
const NAMED = 3;
/** Of RECORD, which lists a file a line. */
const RECORD = 4 * 1024 * 1024;

/** A script outside of any virtual environment that asks for a Python. */
interface Script {
  readonly path: string;
  readonly folder: string;
  /** As its first line says. */
  readonly asked: string;
  /** Folders of packages that list it as theirs. */
  readonly sites: readonly Site[];
  /** What it asks for; `undefined` where it is not there. */
  readonly program: { readonly name: string; readonly path: string } | undefined;
  /** Which Python that is; `undefined` where nobody knows. */
  readonly runner: Runner | undefined;
}

/**
 * Scripts that virtual environments do not answer for, a folder each: those whose first line names
 * a Python that is not there, or one that does not look where their packages lie; and those that
 * name a minor. What OS packages brought is left to them.
 */
export function judgeScripts(around: Surroundings): PythonEnvironment[] {
  const scripts = listScripts(around);
  return [...Map.groupBy(scripts, ({ folder }) => folder)].flatMap(([path, group]) => {
    const broken = [deadOf(around, group), strayOf(around, group)].filter((each) => each !== null);
    const bound = group.filter(isBound);
    const [runner] = bound.flatMap(({ runner: each }) => each ?? []);
    const bounds = runner ? boundsOf(runner, bound) : [];
    if (broken.length === 0 && bounds.length === 0) return [];
    const minor = runner?.minor ?? null;
    return [{ kind: 'scripts', path, minor, runsOn: runner ?? null, packages: 0, broken, bounds }];
  });
}

function listScripts(around: Surroundings): Script[] {
  const { tree, folders, ownerOf, config, installations } = around;
  const isFolder = folderTest(around);
  const found = folders.programs.flatMap((path) => {
    const folder = path.slice(0, path.lastIndexOf('/'));
    const shebang = isFolder(folder) ? tree.facts(path)?.shebang : undefined;
    const asked = readInterpreterLine(shebang ?? '').at(-1);
    if (asked === undefined || !PYTHON.test(asked)) return [];
    return ITS_OWN.test(path) || ownerOf(path) !== null ? [] : [{ path, folder, asked }];
  });
  if (found.length === 0) return [];
  const sitesOf = readRecords(around);
  return found.flatMap((script) => {
    const sites = sitesOf(script.path);
    // It may be for Python 2, or for an image that mounts its Python: nothing ties it to what is here.
    if (sites.length === 0 && (PLAIN.test(script.asked) || installations.length === 0)) return [];
    const command = findCommand(tree, config, script.asked);
    const program = command.kind === 'missing' ? undefined : command;
    const minor = program ? minorOfProgram(program.path, installations) : null;
    const runner = program && minor !== null ? { path: program.path, minor } : undefined;
    return [{ ...script, sites, program, runner }];
  });
}

function folderTest({ tree, config, folders }: Surroundings): (folder: string) => boolean {
  const inPath = new Set(searchPath(config).map((folder) => tree.resolve(folder)));
  const besides = new Set(
    folders.sites.flatMap(({ prefix }) =>
      prefix === null ? [] : [prefix === '' ? 'bin' : `${prefix}/bin`],
    ),
  );
  return (folder) => FOLDER.test(folder) || inPath.has(folder) || besides.has(folder);
}

/** The folders of packages that list a script (RECORD, PEP 376: paths from the folder on). */
function readRecords(around: Surroundings): (script: string) => readonly Site[] {
  const venvs = new Set(around.folders.venvs);
  const sites = around.folders.sites.filter(({ prefix }) => prefix === null || !venvs.has(prefix));
  const listed = sites.flatMap((site) =>
    scriptsOf(around, site).map((script) => ({ script, site })),
  );
  const found = Map.groupBy(listed, ({ script }) => script);
  return (script) => found.get(script)?.map(({ site }) => site) ?? [];
}

/** What the projects of a folder put into folders called `bin`; those of OS packages are theirs. */
function scriptsOf({ tree, ownerOf }: Surroundings, site: Site): string[] {
  const own = site.projects.filter(
    ({ path }) => ownerOf(path) === null && ownerOf(`${path}/METADATA`) === null,
  );
  return own.flatMap(({ path }) => {
    const record = readStart(tree, `${path}/RECORD`, RECORD);
    const listed = record.matchAll(/^"?((?:\.\.\/){1,8})(bin\/[^,"\r\n/]+)"?,/gm);
    return [...listed].map(([, up = '', file = '']) => {
      const parts = site.path.split('/');
      return [...parts.slice(0, Math.max(parts.length - up.length / 3, 0)), file].join('/');
    });
  });
}

function deadOf({ started }: Surroundings, scripts: readonly Script[]): PythonBreak | null {
  const dead = startedFirst(
    scripts.filter(({ program }) => program === undefined),
    started.files,
  );
  const [first] = dead;
  if (!first) return null;
  const message = `Cannot be executed, their first line names ${first.asked}, which is not there: ${namesOf(dead)}.`;
  return { rule: 'script', evidence: first.path, message };
}

/** Those whose Python does not look in the folder that their packages lie in. */
function strayOf(
  { started, imported }: Surroundings,
  scripts: readonly Script[],
): PythonBreak | null {
  const isLost = ({ runner, sites }: Script) =>
    runner !== undefined &&
    sites.length > 0 &&
    sites.every(
      ({ minor, path }) => minor !== null && minor !== runner.minor && !imported.has(path),
    );
  const [first, ...more] = startedFirst(scripts.filter(isLost), started.files);
  if (!first?.runner) return null;
  const { minor, path } = first.runner;
  const message = `Run by Python ${minor} (${path}), which does not look in ${first.sites[0]?.path}, where their packages lie: ${namesOf([first, ...more])}.`;
  return { rule: 'script', evidence: first.path, message };
}

/** One that starts is the one to name. */
function startedFirst(scripts: readonly Script[], files: ReadonlySet<string>): Script[] {
  const rank = ({ path }: Script) => (files.has(path) ? 0 : 1);
  return scripts.toSorted((a, b) => rank(a) - rank(b));
}

/** Names a minor of the base; of those that belong to a folder of packages of that minor, the folder says it. */
function isBound({ asked, sites, program, runner }: Script): boolean {
  const isOfBase = /^(?:usr\/|usr\/local\/|var\/lang\/)?bin\//.test(program?.path ?? '');
  const isSaid = sites.some(({ minor }) => minor !== null && minor === runner?.minor);
  return /python3\.\d+t?$/.test(asked) && isOfBase && runner !== undefined && !isSaid;
}

function boundsOf({ minor }: Runner, scripts: readonly Script[]): PythonBound[] {
  const those = scripts.filter(({ runner }) => runner?.minor === minor);
  const [first] = those;
  if (!first) return [];
  const message = `Their first line names Python ${minor} (${first.asked}): ${namesOf(those)}.`;
  return [{ rule: 'script', evidence: first.path, message, worksOn: { minors: [minor] } }];
}

function namesOf(scripts: readonly Script[]): string {
  const names = scripts.map(({ path }) => path.slice(path.lastIndexOf('/') + 1));
  return limited(names, NAMED).join(', ');
}
