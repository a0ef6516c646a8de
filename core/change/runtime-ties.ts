import { counted, limited } from '../alert/compose-alert.ts';
import type { Inventory } from '../inventory/inventory.ts';
import { type PythonEnvironment, worksOnMinor } from '../inventory/python-environment.ts';
import { listSeries } from '../inventory/runtime-series.ts';
import type { LineageRow, RuntimeMinor, RuntimeTie } from '../lineage/lineage.ts';

/** Of one image: it is enough to know where to begin. */
const ENVIRONMENTS = 3;
const TIES_EACH = 2;
const TEXT = 240;

/** What a message names. */
const LINES = 12;
const LINEAGES = 3;

/** The runtimes of an image, with what of it is tied to a minor of Python. */
export function listRuntimes({
  runtimes,
  pythonEnvironments = [],
}: Pick<Inventory, 'runtimes' | 'pythonEnvironments'>): RuntimeMinor[] {
  return listSeries(runtimes).map((runtime) => {
    const ties = runtime.language === 'python' ? tiesOf(pythonEnvironments, runtime.minor) : [];
    return ties.length > 0 ? { ...runtime, ties } : runtime;
  });
}

/** What is broken already is lost no more. */
function tiesOf(environments: readonly PythonEnvironment[], minor: string): RuntimeTie[] {
  return environments
    .filter(
      ({ broken, runsOn }) => broken.length === 0 && runsOn?.minor.replace(/t$/, '') === minor,
    )
    .filter(({ bounds }) => bounds.length > 0)
    .slice(0, ENVIRONMENTS)
    .flatMap(({ path, bounds }) =>
      bounds.slice(0, TIES_EACH).map(({ message, evidence, worksOn }) => ({
        path,
        why: `${message.slice(0, TEXT)} (${evidence.slice(0, TEXT)})`,
        worksOn,
      })),
    );
}

/** Which environments of these lineages would not work on a minor: a line for each that is alike, the most frequent first. */
export function predictBreaks(
  rows: readonly Pick<LineageRow, 'lineage' | 'runtimes'>[],
  to: string,
): string[] {
  const broken = rows.flatMap(({ lineage, runtimes }) =>
    runtimes
      .flatMap(({ language, ties = [] }) => (language === 'python' ? ties : []))
      .filter(({ worksOn }) => !worksOnMinor(worksOn, to))
      .map(({ path, why }) => ({ lineage, text: `${path}: ${why}` })),
  );
  const alike = [...Map.groupBy(broken, ({ text }) => text)].sort(
    ([a, left], [b, right]) => right.length - left.length || (a < b ? -1 : 1),
  );
  const lines = alike.map(([text, group]) => {
    const lineages = [...new Set(group.map(({ lineage }) => lineage))].sort();
    const named = limited([...new Set(lineages.map(workloadOf))], LINEAGES).join(', ');
    return `would break on Python ${to} in ${counted(lineages.length, 'workload')} (${named}): ${text}`;
  });
  return limited(lines, LINES);
}

/** The workload of `workload|container|platform`. */
function workloadOf(lineage: string): string {
  return lineage.split('|', 1)[0] ?? lineage;
}
