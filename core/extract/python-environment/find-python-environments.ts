import type { PythonBreak, PythonEnvironment } from '../../inventory/python-environment.ts';
import { type EnvironmentInput, readSurroundings, type Surroundings } from './environment-input.ts';
import { judgePackages } from './judge-packages.ts';
import { judgeScripts } from './judge-scripts.ts';
import { judgeSettings } from './judge-settings.ts';
import { judgeVenv } from './judge-venv.ts';

/** Of one environment, each way: who fixes those sees the others. */
const KEPT = 16;

/**
 * The Python environments of an image, by path: virtual environments, folders of packages and of
 * scripts, and settings that name a minor. What each says of itself is compared with the interpreter that would
 * run it; nothing is judged where that is not known (docs/python.md).
 */
export function findPythonEnvironments(input: EnvironmentInput): readonly PythonEnvironment[] {
  const around = readSurroundings(input);
  const { venvs, sites } = around.folders;
  const inVenvs = new Set(venvs);
  const settings = judgeSettings(around);
  const found = [
    ...venvs.map((path) => judgeVenv(around, path)),
    ...sites
      .filter(({ prefix }) => prefix === null || !inVenvs.has(prefix))
      .map((site) => judgePackages(around, site)),
    ...judgeScripts(around),
    ...(settings ? [settings] : []),
  ];
  return found
    .sort((a, b) => (a.path < b.path ? -1 : Number(a.path > b.path)))
    .map((each) => ({
      ...each,
      broken: each.broken.slice(0, KEPT).map((one) => markStarted(around, each, one)),
      bounds: each.bounds.slice(0, KEPT),
    }));
}

/** Of a script that is broken only it knows whether it starts; all else is met by whatever uses the environment. */
function markStarted(
  { started }: Surroundings,
  { isStarted }: PythonEnvironment,
  broken: PythonBreak,
): PythonBreak {
  const isMet = broken.rule === 'script' ? started.files.has(broken.evidence) : isStarted;
  return isMet ? { ...broken, isStarted: true } : broken;
}
