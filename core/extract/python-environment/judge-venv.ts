import { limited } from '../../alert/compose-alert.ts';
import type {
  PythonBound,
  PythonBreak,
  PythonEnvironment,
} from '../../inventory/python-environment.ts';
import { labelOf } from '../runtime/python/main-python.ts';
import type { Surroundings } from './environment-input.ts';
import { judgePackages, topProjects } from './judge-packages.ts';
import { boundTies, judgeLibc, judgeTies, unstartable } from './judge-site.ts';
import { readVenv, type Venv } from './read-venv.ts';
import { findTies } from './site-ties.ts';

/** Where a base's own interpreter lies: anything else comes with the application, and moves with it. */
const OF_BASE = /^(?:usr\/|usr\/local\/|var\/lang\/)?bin\//;

/** One virtual environment with both verdicts. */
export function judgeVenv(around: Surroundings, path: string): PythonEnvironment {
  const venv = readVenv(around.tree, path, around.folders, around.installations);
  const { interpreter, sites } = venv;
  const { imported, started } = around;
  const byPath = sites.find((each) => imported.has(each.path));
  // Its packages are on PYTHONPATH: another interpreter runs them, its own may be gone.
  if (byPath && !started.venvs.has(path))
    return { ...judgePackages(around, byPath), kind: 'venv', path };
  const minor = 'minor' in interpreter ? interpreter.minor : null;
  const site = sites.find((each) => each.minor === minor) ?? sites[0];
  const made = site?.minor ?? venv.madeBy ?? null;
  const projects = site ? topProjects(around, site) : [];
  const ties = site ? findTies(around.tree, site, projects) : [];
  const runs = (): PythonBreak[] => {
    if (minor === null || !site) return [];
    if (site.minor !== minor) return [skewed(around, venv, minor, projects.length)];
    return [...judgeTies(ties, minor), ...judgeLibc(projects, around.libc)];
  };
  return {
    kind: 'venv',
    path,
    minor: made,
    runsOn: minor === null ? null : { path: programOf(venv), minor },
    packages: projects.length,
    broken: [...missing(around, venv), ...runs(), ...deadScripts(around, venv)],
    bounds: made === null ? [] : boundsOf(venv, made, boundTies(ties, made)),
    ...(started.venvs.has(path) && { isStarted: true }),
  };
}

function programOf({ interpreter }: Venv): string {
  if (interpreter.kind === 'linked') return interpreter.real;
  return 'path' in interpreter ? interpreter.path : '';
}

/** The program that its names lead to, or what that one needs, is not there. */
function missing(around: Surroundings, venv: Venv): PythonBreak[] {
  const { tree, installations } = around;
  const { interpreter, config, home = 'its home' } = venv;
  if (interpreter.kind === 'dangling') {
    const { path, link } = interpreter;
    const message = `Nothing in it starts: ${path} leads to ${link}, which is not there.`;
    return [{ rule: 'no-interpreter', evidence: path, message }];
  }
  const dead = unstartable(around, programOf(venv));
  if (dead) return [dead];
  if (interpreter.kind !== 'copied' || interpreter.minor === null) return [];
  const { minor } = interpreter;
  // It looks from its home upwards, then where it was built for: any library of its minor may be the one.
  const hasLibrary = installations.some(
    (each) => labelOf(each) === minor && each.files.some(({ kind }) => kind === 'stdlib'),
  );
  if (hasLibrary || tree.entry(`${venv.path}/lib/python${minor}/os.py`)) return [];
  const message = `Its interpreter is a copy of Python ${minor}, whose standard library is not in the image: ${home} says where it was.`;
  return [{ rule: 'no-standard-library', evidence: config, message }];
}

/** The stage that made it had another minor than the one that runs it. */
function skewed(
  { tree }: Surroundings,
  { path, config, sites, madeBy, interpreter }: Venv,
  minor: string,
  count: number,
): PythonBreak {
  const folders = sites.map((site) => site.path.slice(path.length + 1)).join(', ');
  const way = 'path' in interpreter ? `${interpreter.path} is Python ${minor}` : '';
  const lost = `looks in lib/python${minor}/site-packages and finds none of ${count} packages in ${folders}`;
  const made = madeBy ?? sites[0]?.minor ?? 'another minor';
  const evidence = tree.entry(config) ? config : (sites[0]?.path ?? path);
  return {
    rule: 'other-minor',
    evidence,
    message: `Made by Python ${made}, but ${way}: it ${lost}.`,
  };
}

/** pip's own programs tell of nothing that the application runs. */
const OF_PIP = /\/(?:pip|easy_install|wheel)[\d.-]*$/;

function deadScripts(
  { tree, folders, started }: Surroundings,
  { path, interpreter }: Venv,
): PythonBreak[] {
  if (interpreter.kind === 'dangling') return [];
  const dead = (folders.scripts.get(path) ?? []).flatMap((script) => {
    const [program = ''] = tree.facts(script)?.shebang?.split(/\s/, 1) ?? [];
    const isPython = /^\/.*\/python3?(?:\.\d+t?)?$/.test(program);
    if (!isPython || OF_PIP.test(script) || tree.resolve(program.slice(1)) !== undefined) return [];
    return [{ script, program }];
  });
  // One that starts is the one to name.
  const first = dead.find(({ script }) => started.files.has(script)) ?? dead[0];
  if (!first) return [];
  const names = limited(
    dead.map(({ script }) => script.slice(path.length + 1)),
    3,
  ).join(', ');
  const message = `Cannot be executed, their first line names ${first.program}, which is not there: ${names}.`;
  return [{ rule: 'script', evidence: first.script, message }];
}

/** What ties the whole of it to its minor, then what ties single packages. */
function boundsOf(venv: Venv, made: string, ties: readonly PythonBound[]): PythonBound[] {
  const { interpreter, config, home = '', sites } = venv;
  const worksOn = { minors: [made] };
  if (interpreter.kind === 'copied') {
    if (!OF_BASE.test(`${home.replace(/^\//, '')}/`)) return [];
    const message = `Its interpreter is a copy of Python ${made}, whose standard library lies beside ${home}.`;
    return [{ rule: 'no-standard-library', evidence: config, message, worksOn }, ...ties];
  }
  if (interpreter.kind !== 'linked' || !OF_BASE.test(interpreter.real)) return [];
  if (interpreter.isVersioned) {
    const message = `${interpreter.path} leads to a program by the name of Python ${made}.`;
    return [{ rule: 'no-interpreter', evidence: interpreter.path, message, worksOn }, ...ties];
  }
  if (sites.length === 0) return [];
  const message = `Its packages lie in lib/python${made}, and ${interpreter.path} follows the image’s Python.`;
  return [{ rule: 'other-minor', evidence: config, message, worksOn }, ...ties];
}
