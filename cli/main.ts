#!/usr/bin/env node
import { styleText } from 'node:util';
import type { Io } from './io.ts';
import { run } from './run.ts';

const DEFAULT_COLUMNS = 80;

process.exitCode = await run(process.argv.slice(2), {
  print: createPrinter(process.stdout),
  printError: createPrinter(process.stderr),
  isTerminal: process.stdout.isTTY === true,
  // Node knows NO_COLOR, FORCE_COLOR and what the terminal can do.
  isColoured: styleText('bold', 'text', { stream: process.stdout }) !== 'text',
  columns: process.stdout.columns || DEFAULT_COLUMNS,
  registryEndpoints: process.env.REGISTRY_ENDPOINTS ?? '',
});

/** Prints until nobody reads any more (`| head`): then the work goes on in silence, with its own exit status. */
function createPrinter(stream: NodeJS.WriteStream): Io['print'] {
  let isRead = true;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    isRead = false;
  });
  return (line) => {
    if (isRead) stream.write(`${line}\n`);
  };
}
