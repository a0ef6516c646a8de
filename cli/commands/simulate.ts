import { parseArgs } from 'node:util';
import { UsageError } from '../command-errors.ts';
import type { Io } from '../io.ts';
import { playInto } from '../play-into.ts';
import { createPage } from '../print/page.ts';
import { printFailedNights } from '../print/print-night.ts';
import { createProgress, printOutcome } from '../print/print-progress.ts';
import { readSuppressions } from '../read-suppressions.ts';
import { readWorld } from '../read-world.ts';
import type { Command } from './command.ts';

/** Plays a world file through the product's handlers. */
export const simulate: Command = {
  name: 'simulate',
  summary: 'plays a world file through the real handlers, on this machine',
  synopsis: 'WORLD.ndjson[.gz] --out DIR [--suppressions FILE] [--quiet]',
  options: [
    [
      'WORLD',
      'newline-delimited JSON, an event a line, gzipped or not; docs/worlds.md is the format',
    ],
    [
      '--out DIR',
      'where alerts, observations, findings, runs, reports and state go: an empty folder, one that is not there yet, or an earlier output, which is replaced',
    ],
    [
      '--suppressions FILE',
      'what is not to be told, besides what the world says (docs/suppressions.md); it holds by the clock of the world',
    ],
    ['--quiet', 'print nothing but errors'],
  ],
  status:
    '0 when the world was played to its end, whatever it found; 1 when a night could not be brought to its end; 2 when WORLD or DIR is not valid: then nothing is played.',
  run: playFile,
};

async function playFile(args: readonly string[], io: Io): Promise<number> {
  const { world, out, suppressions, isQuiet } = readArguments(args);
  const events = await readWorld(world);
  const played = await playInto(out, events, {
    ...(isQuiet ? {} : createProgress(io)),
    suppressions,
  });
  printFailedNights(io, played.failedNights);
  if (!isQuiet) printOutcome(createPage(io), out, played, events.length);
  return played.failedNights.length === 0 ? 0 : 1;
}

function readArguments(args: readonly string[]) {
  const { positionals, values } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      out: { type: 'string' },
      suppressions: { type: 'string' },
      quiet: { type: 'boolean', default: false },
    },
  });
  const [world, ...more] = positionals;
  if (!world || more.length > 0) throw new UsageError('expected one WORLD');
  if (!values.out) throw new UsageError('expected --out DIR');
  const suppressions = readSuppressions(values.suppressions);
  return { world, out: values.out, suppressions, isQuiet: values.quiet };
}
