import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { FleetTask, Measured } from './fleet-tasks.ts';
import { inFolder } from './in-folder.ts';
import type { BenchRow } from './measure.ts';

/** As a function of 2,048 MB would be started, with the half of it that the budget allows. */
const FLAGS = ['--max-old-space-size=800'];
const SOURCE = fileURLToPath(new URL('fleet-tasks.ts', import.meta.url));

const run = promisify(execFile);

/**
 * A night's matching of a fleet as large as the budget has it, from its stored index and
 * snapshots; each measured part in a process of its own, bundled as for Lambda.
 */
export function benchFleet(): Promise<readonly BenchRow[]> {
  return inFolder(async (folder) => {
    const program = await bundle(folder);
    const prepared: FleetTask[] = ['chainguard', 'debian', 'pypi', 'today', 'index'];
    for (const task of prepared) await run(process.execPath, [program, task, folder]);
    const rows: BenchRow[] = [];
    for (const task of ['night', 'quiet', 'compaction'] satisfies FleetTask[]) {
      const { stdout } = await run(process.execPath, [...FLAGS, program, task, folder]);
      rows.push(...rowsOf(task, JSON.parse(stdout)));
    }
    return rows;
  });
}

function rowsOf(task: FleetTask, { laps, counts, rss }: Measured): BenchRow[] {
  return [
    ...laps.map(({ name, seconds, busy }) => {
      return {
        name: `${task}: ${name}`,
        value: seconds,
        unit: 's',
        note: `processors ${busy.toFixed(2)} s`,
      };
    }),
    ...Object.entries(counts).map(([name, value]) => ({
      name: `${task}: ${name}`,
      value,
      unit: '',
    })),
    { name: `${task}: RSS`, value: rss / 1e6, unit: 'MB' },
  ];
}

/** As Lambda has it: stripping types as Node loads the sources takes memory too. */
async function bundle(folder: string): Promise<string> {
  const program = join(folder, 'fleet.mjs');
  const options = ['--bundle', '--minify', '--platform=node', '--format=esm'];
  await run('node_modules/.bin/esbuild', [SOURCE, ...options, `--outfile=${program}`]);
  return program;
}
