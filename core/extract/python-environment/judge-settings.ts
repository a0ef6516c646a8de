import type {
  PythonBound,
  PythonBreak,
  PythonEnvironment,
} from '../../inventory/python-environment.ts';
import { readVariable } from '../runtime/evidence.ts';
import { quote } from '../token.ts';
import type { Surroundings } from './environment-input.ts';

/** A path or word that names a minor: `/usr/bin/python3.13`, `lib/python3.13/site-packages`. */
const NAMED = /(?:^|[\s/"'=:])python(?<minor>3\.\d{1,2}t?)(?![\w.])/;

/** Search paths that Python and the shell read. */
const SEARCHED = ['PATH', 'PYTHONPATH', 'PYTHONHOME'];

/** Of one image. */
const KEPT = 8;

/** Commands and search paths that name a minor: they break when it goes; a command whose Python is not there. `undefined` where nothing is to be said. */
export function judgeSettings(around: Surroundings): PythonEnvironment | undefined {
  const broken = missingOf(around);
  const bounds = listTexts(around.config)
    .flatMap((each) => boundOf(around, each) ?? [])
    .slice(0, KEPT);
  const [minor = null] = bounds.flatMap(({ worksOn }) =>
    'minors' in worksOn ? worksOn.minors : [],
  );
  if (minor === null && broken.length === 0) return undefined;
  const runsOn = around.runners.find((each) => each.minor === minor) ?? null;
  const about = { minor, runsOn, packages: 0, broken, bounds };
  return {
    kind: 'settings',
    path: 'config',
    ...about,
    ...(broken.length > 0 && { isStarted: true }),
  };
}

function missingOf({ started, config }: Surroundings): PythonBreak[] {
  const { missing } = started;
  if (missing === undefined) return [];
  const isOfCmd = config.cmd.some((text) => text.includes(missing));
  const evidence = isOfCmd ? 'config.Cmd' : 'config.Entrypoint';
  const message = `${evidence} starts ${quote(missing)}, which is not in the image.`;
  return [{ rule: 'no-interpreter', evidence, message }];
}

interface Text {
  /** Field of the config. */
  readonly field: string;
  readonly text: string;
}

function listTexts({ entrypoint, cmd, env }: Surroundings['config']): Text[] {
  // The interpreter alone is what bases say, and what the next one says anew.
  const isOfBase =
    entrypoint.length === 1 && /^\/[\w/.-]*\/python3\.\d+t?$/.test(entrypoint[0] ?? '');
  return [
    ...(isOfBase ? [] : entrypoint).map((text) => ({ field: 'config.Entrypoint', text })),
    ...cmd.map((text) => ({ field: 'config.Cmd', text })),
    ...SEARCHED.flatMap((name) => {
      const parts = readVariable(env, name)?.split(':') ?? [];
      return parts.map((text) => ({ field: `config.Env ${name}`, text }));
    }),
  ];
}

/** A virtual environment answers for itself. */
function boundOf({ folders }: Surroundings, { field, text }: Text): PythonBound | undefined {
  const minor = NAMED.exec(text)?.groups?.minor;
  if (!minor || folders.venvs.some((venv) => text.startsWith(`/${venv}/`))) return undefined;
  const message = `${field} names Python ${minor}: ${quote(text)}.`;
  return { rule: 'setting', evidence: field, message, worksOn: { minors: [minor] } };
}
