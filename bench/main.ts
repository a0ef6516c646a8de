import { parseArgs } from 'node:util';
import { benchLayers } from './layers.ts';
import { type BenchRow, printRows } from './measure.ts';
import { benchNights } from './nights.ts';
import { benchPush } from './push.ts';
import { benchSnapshots } from './snapshots.ts';
import { benchVersions } from './versions.ts';

/** The parts of the bench, by the word that asks for one alone. */
const PARTS: Readonly<Record<string, () => Promise<readonly BenchRow[]>>> = {
  versions: benchVersions,
  layers: benchLayers,
  push: benchPush,
  nights: benchNights,
  snapshots: benchSnapshots,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false } },
});
const unknown = positionals.filter((name) => !Object.hasOwn(PARTS, name));
if (unknown.length > 0) {
  console.error(`usage: npm run bench -- [--json] [${Object.keys(PARTS).join('|')}]...`);
  process.exitCode = 2;
} else {
  const rows: BenchRow[] = [];
  for (const [name, bench] of Object.entries(PARTS)) {
    if (positionals.length > 0 && !positionals.includes(name)) continue;
    if (!values.json) console.log(`\n${name}`);
    const measured = await bench();
    if (!values.json) printRows(measured);
    rows.push(...measured);
  }
  if (values.json) console.log(JSON.stringify(rows, null, 2));
}
