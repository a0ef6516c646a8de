#!/usr/bin/env node
import { styleText } from 'node:util';
import type { Io } from './io.ts';
import { run } from './run.ts';

const DEFAULT_COLUMNS = 80;
/** Of `scan`: could not tell. */
const CANNOT_WRITE = 3;

process.exitCode = await run(process.argv.slice(2), {
  print: createPrinter(process.stdout),
  printError: createPrinter(process.stderr),
  isTerminal: process.stdout.isTTY === true,
  // Node knows NO_COLOR, FORCE_COLOR and what the terminal can do.
  isColoured: styleText('bold', 'text', { stream: process.stdout }) !== 'text',
  columns: process.stdout.columns || DEFAULT_COLUMNS,
  registryEndpoints: process.env.REGISTRY_ENDPOINTS ?? '',
});

/** Prints until nobody reads any more (`| head`): then the work goes on in silence, with its own exit status. A full disk ends it. */
function createPrinter(stream: NodeJS.WriteStream): Io['print'] {
  let isRead = true;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    isRead = false;
    // What could not be said must not look like an answer: not even like "there are findings".
    if (error.code !== 'EPIPE') process.exit(CANNOT_WRITE);
  });
  return (line) => {
    if (isRead) stream.write(`${line}\n`);
  };
}
