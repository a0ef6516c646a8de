import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { playWorld } from '../local/player/play-world.ts';
import { outcomeOf } from '../local/replay/disturb-world.ts';
import { parseLocks } from '../local/replay/lock.ts';
import { disturbancesFor, playDisturbed } from '../local/replay/sweep-world.ts';
import { worldFromLocks } from '../local/replay/world-from-locks.ts';
import { WorldEvent } from '../local/world/world-event.ts';
import { inFolder } from './in-folder.ts';
import { readWords } from './read-words.ts';
import { findLocks } from './reference-data.ts';

/** Plays the whole replay of python with its application under every disturbance. */
async function sweep(path: string, folder: string): Promise<number> {
  const options = { images: ['chainguard/python'], withApp: true };
  const world = worldFromLocks(parseLocks(readFileSync(path)), options);
  const events = world.map((event) => WorldEvent.parse(event));
  const undisturbed = await playWorld(events, folder);
  const expected = outcomeOf(undisturbed);
  const { nights, observations } = undisturbed;
  console.log(
    `undisturbed: ${nights} nights, ${observations.length} observations, ${expected.alertIds.length} alerts`,
  );
  let failures = 0;
  for (const disturbance of disturbancesFor(undisturbed)) {
    const result = await playDisturbed(events, disturbance, expected, folder);
    const { name, seconds, messages, differences } = result;
    const verdict = differences.length === 0 ? 'same' : `${differences.length} differences`;
    console.log(
      `${name.padEnd(32)} ${verdict.padEnd(16)} ${messages} messages, ${seconds.toFixed(0)} s`,
    );
    for (const difference of differences) console.log(`  ${difference}`);
    if (differences.length > 0) failures++;
  }
  return failures;
}

const USAGE = `usage: npm run sweep

  Needs the published locks in TIDEWATCH_REFERENCE_DATA (../shared by default).`;

const words = readWords(
  USAGE,
  () => parseArgs({ options: { help: { type: 'boolean', short: 'h', default: false } } }).values,
);
if (words) {
  const locks = findLocks();
  if (locks) {
    process.exitCode = (await inFolder((folder) => sweep(locks, folder))) > 0 ? 1 : 0;
  } else {
    console.error('no locks: set TIDEWATCH_REFERENCE_DATA to the folder that holds replay/');
    process.exitCode = 2;
  }
}
