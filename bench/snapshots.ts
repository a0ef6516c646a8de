import { execFile } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { writeSnapshot } from '../actions/write-snapshot.ts';
import { readAdvisories } from '../adapters/feeds/read-advisories.ts';
import { createFolderObjectStore } from '../adapters/local/folder-object-store.ts';
import { writeAdvisoryArchive } from './advisory-archive.ts';
import { inFolder } from './in-folder.ts';
import type { BenchRow } from './measure.ts';
import { sizesBelow } from './stored-sizes.ts';

const RECORDS = 1_500_000;
/** As a function of 1,024 MB would be started: the collector must not be lazy. */
const FLAGS = ['--max-old-space-size=200'];
const SOURCE = fileURLToPath(import.meta.url);

const run = promisify(execFile);

/** What one child process is to do. */
type Task = 'write' | 'build';

/**
 * Building a complete snapshot from an archive in the shape of Chainguard's OSV v3:
 * unpacking, parsing, compiling, sorting and writing, in a process of its own so that
 * the memory is its own.
 */
export function benchSnapshots(): Promise<readonly BenchRow[]> {
  return inFolder(async (folder) => {
    // By a child too: a parent's peak memory counts as its children's.
    await run(process.execPath, [SOURCE, 'write' satisfies Task, folder]);
    const program = await bundle(folder);
    const { stdout } = await run(process.execPath, [
      ...FLAGS,
      program,
      'build' satisfies Task,
      folder,
    ]);
    const { seconds, busy, rss } = JSON.parse(stdout);
    const stored = sizesBelow(join(folder, 'objects'));
    const name = `snapshot of an archive of ${RECORDS} records`;
    return [
      { name, value: RECORDS / seconds, unit: 'records/s', note: 'unpacking and parsing included' },
      {
        name: `${name}: main thread`,
        value: RECORDS / busy,
        unit: 'records/s',
        note: 'of its own time, whatever else runs',
      },
      { name: `${name}: RSS`, value: rss / 1e6, unit: 'MB' },
      { name: `${name}: stored`, value: stored.get('snapshots') / 1e6, unit: 'MB' },
      {
        name: `${name}: archive`,
        value: statSync(archiveIn(folder)).size / 1e6,
        unit: 'MB',
      },
    ];
  });
}

/** As Lambda has it: stripping types as Node loads the sources takes memory too. */
async function bundle(folder: string): Promise<string> {
  const program = join(folder, 'snapshots.mjs');
  const options = ['--bundle', '--minify', '--platform=node', '--format=esm'];
  await run('node_modules/.bin/esbuild', [SOURCE, ...options, `--outfile=${program}`]);
  return program;
}

async function build(folder: string): Promise<void> {
  const start = performance.now();
  const objects = createFolderObjectStore({ folder: join(folder, 'objects') });
  const { records, malformed } = await writeSnapshot(
    objects,
    'bench',
    readAdvisories(archiveIn(folder)),
  );
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.threadCpuUsage();
  const busy = (user + system) / 1e6;
  if (records !== RECORDS || malformed > 0) throw new Error(`${records} records, ${malformed} bad`);
  console.log(JSON.stringify({ seconds, busy, rss: process.resourceUsage().maxRSS * 1024 }));
}

function archiveIn(folder: string): string {
  return join(folder, 'advisories.tar.gz');
}

// The child processes.
const [, program, task, folder = ''] = process.argv;
if (program === SOURCE && task === 'write') await writeAdvisoryArchive(archiveIn(folder), RECORDS);
if (program === SOURCE && task === 'build') await build(folder);
