import { parseArgs } from 'node:util';
import { benchBackfill } from './backfill.ts';
import { benchCalls } from './calls.ts';
import { benchInit } from './init.ts';
import { benchLayers } from './layers.ts';
import { type BenchRow, printRows } from './measure.ts';
import { benchNights } from './nights.ts';
import { benchPush } from './push.ts';
import { readWords, WordsError } from './read-words.ts';
import { benchSnapshots } from './snapshots.ts';
import { benchVersions } from './versions.ts';

/** The parts of the bench, by the word that asks for one alone. */
const PARTS: Readonly<Record<string, () => Promise<readonly BenchRow[]>>> = {
  versions: benchVersions,
  layers: benchLayers,
  push: benchPush,
  nights: benchNights,
  backfill: benchBackfill,
  snapshots: benchSnapshots,
  init: benchInit,
  calls: benchCalls,
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
