import { parseArgs } from 'node:util';
import { type BenchRow, printRows } from './measure.ts';
import { readWords, WordsError } from './read-words.ts';

/** The parts of the bench, by the word that asks for one alone; only what is asked for is loaded. */
const PARTS: Readonly<Record<string, () => Promise<readonly BenchRow[]>>> = {
  versions: async () => (await import('./versions.ts')).benchVersions(),
  layers: async () => (await import('./layers.ts')).benchLayers(),
  images: async () => (await import('./images.ts')).benchImages(),
  push: async () => (await import('./push.ts')).benchPush(),
  nights: async () => (await import('./nights.ts')).benchNights(),
  rpm: async () => (await import('./rpm-databases.ts')).benchRpmDatabases(),
  backfill: async () => (await import('./backfill.ts')).benchBackfill(),
  snapshots: async () => (await import('./snapshots.ts')).benchSnapshots(),
  fleet: async () => (await import('./fleet.ts')).benchFleet(),
  init: async () => (await import('./init.ts')).benchInit(),
  calls: async () => (await import('./calls.ts')).benchCalls(),
};

const USAGE = `usage: npm run bench -- [--json] [${Object.keys(PARTS).join('|')}]...`;

const words = readWords(USAGE, () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const unknown = positionals.find((name) => !Object.hasOwn(PARTS, name));
  if (unknown !== undefined) throw new WordsError(`no such part: ${JSON.stringify(unknown)}`);
  return { ...values, parts: positionals };
});
if (words) {
  const { json, parts } = words;
  const rows: BenchRow[] = [];
  for (const [name, bench] of Object.entries(PARTS)) {
    if (parts.length > 0 && !parts.includes(name)) continue;
    if (!json) console.log(`\n${name}`);
    const measured = await bench();
    if (!json) printRows(measured);
    rows.push(...measured);
  }
  if (json) console.log(JSON.stringify(rows, null, 2));
}
