import { plain } from '../alert/compose-alert.ts';
import { fail, type ImageCheck, pass, unknown } from './image-check.ts';

/** Of a message: it quotes names, links and first lines of the image. */
const LENGTH = 500;

/**
 * Whether the Python environment that starts works with the Python that runs it. What is broken and
 * nobody is known to start may be a leftover: unknown, and never told. Its version is raised with
 * that of the environments' verdicts, which it repeats.
 */
export const pythonEnvironmentCheck: ImageCheck = {
  id: 'python-environment',

  run({ pythonEnvironments }) {
    const all = pythonEnvironments.filter(({ kind }) => kind !== 'settings');
    const broken = pythonEnvironments.flatMap(({ kind, path, broken: each }) =>
      each.map((one) => ({ ...one, what: kind === 'settings' ? 'its settings' : path })),
    );
    const first = broken.find(({ isStarted }) => isStarted) ?? broken[0];
    if (first?.isStarted) {
      const { what, message, evidence } = first;
      return fail(inLine(`What starts is broken in ${what}: ${message}`), evidence);
    }
    const unclear = all.find(
      ({ kind, isStarted, runsOn, packages }) =>
        kind === 'venv' && isStarted && runsOn === null && packages > 0,
    );
    if (unclear) {
      const { path } = unclear;
      return unknown(inLine(`It is not known which Python runs ${path}, which starts.`), path);
    }
    if (first) {
      const { what, message, evidence } = first;
      const text = `${what} is broken, and it is not known who starts it: ${message}`;
      return unknown(inLine(text), evidence);
    }
    if (all.length === 0) return pass('Has no Python environment.');
    return pass('Its Python environments work, as far as their files tell.');
  },
};

function inLine(text: string): string {
  const clean = plain(text);
  return clean.length <= LENGTH ? clean : `${clean.slice(0, LENGTH).toWellFormed()}…`;
}
