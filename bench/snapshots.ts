import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { writeSnapshot } from '../actions/write-snapshot.ts';
import { createFolderObjectStore } from '../adapters/local/folder-object-store.ts';
import { inFolder } from './in-folder.ts';
import type { BenchRow } from './measure.ts';

const RECORDS = 300_000;
/** As a function of 1,024 MB would be started: the collector must not be lazy. */
const FLAGS = ['--max-old-space-size=200'];
const SOURCE = fileURLToPath(import.meta.url);

/** Building a complete snapshot of many records, in a process of its own so that the memory is its own. */
export async function benchSnapshots(): Promise<readonly BenchRow[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [...FLAGS, SOURCE, 'child']);
  const { seconds, rss } = JSON.parse(stdout);
  const name = `snapshot of ${RECORDS} records`;
  return [
    { name, value: RECORDS / seconds, unit: 'records/s', note: 'their making included' },
    { name: `${name}: RSS`, value: rss / 1e6, unit: 'MB' },
  ];
}

async function* records(): AsyncGenerator<unknown> {
  for (let n = 0; n < RECORDS; n++) {
    const [ecosystem, id] = [n % 2 ? 'Wolfi' : 'Chainguard', `CGA-${n}`];
    const name = `package-${n % 20_000}`;
    yield {
      id,
      modified: '2026-11-01T00:00:00Z',
      upstream: [`CVE-2026-${n % 90_000}`],
      affected: ['x86_64', 'aarch64'].map((arch) => ({
        package: {
          ecosystem,
          name,
          purl: `pkg:apk/${ecosystem.toLowerCase()}/${name}?arch=${arch}`,
        },
        ranges: [
          { type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: `1.${n % 90}.0-r1` }] },
        ],
      })),
    };
  }
}

if (process.argv[2] === 'child' && process.argv[1] === SOURCE) {
  await inFolder(async (folder) => {
    const start = performance.now();
    await writeSnapshot(createFolderObjectStore({ folder }), 'bench', records());
    const seconds = (performance.now() - start) / 1000;
    console.log(JSON.stringify({ seconds, rss: process.resourceUsage().maxRSS * 1024 }));
  });
}
