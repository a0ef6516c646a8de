import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { InvalidLocksError } from '../../local/replay/invalid-locks-error.ts';
import { parseLocks } from '../../local/replay/lock.ts';
import {
  worldFromLocks as makeWorld,
  type ReplayOptions,
} from '../../local/replay/world-from-locks.ts';
import { UnusableInputError, UsageError } from '../command-errors.ts';
import type { Io } from '../io.ts';
import type { Command } from './command.ts';

const EVENTS = ['lose', 'duplicate', 'late'] as const;

interface Request extends ReplayOptions {
  readonly locks: string;
  readonly world: string;
}

/** Turns the locks of published images into a world file. */
export const worldFromLocks: Command = {
  name: 'world-from-locks',
  summary: 'makes a world file from the locks of published images',
  synopsis:
    'LOCKS.ndjson[.gz] WORLD.ndjson[.gz] [--image REPOSITORY]... [--app] [--events lose|duplicate|late]',
  options: [
    ['--image', 'take this repository alone (chainguard/python); may be repeated, all by default'],
    ['--app', 'also push and deploy an application built on python, with made-up advisories'],
    ['--events', 'what happens to the push events'],
  ],
  status: '0, or 2 when the words, the locks or the files are not valid.',
  run: makeWorldFile,
};

async function makeWorldFile(args: readonly string[], io: Io): Promise<number> {
  const request = readArguments(args);
  const events = await theirs(async () =>
    makeWorld(parseLocks(await readFile(request.locks)), request),
  );
  const text = events.map((event) => `${JSON.stringify(event)}\n`).join('');
  const bytes = request.world.endsWith('.gz') ? gzipSync(text) : text;
  await theirs(() => writeFile(request.world, bytes));
  io.print(`${events.length} events in ${request.world}`);
  return 0;
}

function readArguments(args: readonly string[]): Request {
  const { positionals, values } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      image: { type: 'string', multiple: true, default: [] },
      app: { type: 'boolean', default: false },
      events: { type: 'string' },
    },
  });
  const [locks, world, ...more] = positionals;
  if (!locks || !world || more.length > 0) throw new UsageError('expected LOCKS and WORLD');
  const events = EVENTS.find((each) => each === values.events);
  if (values.events !== undefined && !events) {
    throw new UsageError(`unknown --events ${JSON.stringify(values.events)}`);
  }
  return { locks, world, images: values.image, withApp: values.app, events };
}

/** Locks that are none, a file that cannot be read or written: the user's to mend. */
async function theirs<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const isTheirs =
      error instanceof Error && (error instanceof InvalidLocksError || 'syscall' in error);
    throw isTheirs ? new UnusableInputError(error.message, { cause: error }) : error;
  }
}
