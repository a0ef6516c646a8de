import { closest } from '../core/explain/closest.ts';
import {
  isUsageError,
  UnusableInputError,
  UnusableLineError,
  UsageError,
} from './command-errors.ts';
import type { Command } from './commands/command.ts';
import { conformance } from './commands/conformance.ts';
import { demo } from './commands/demo.ts';
import { doctor } from './commands/doctor.ts';
import { explain } from './commands/explain.ts';
import { feed } from './commands/feed.ts';
import { scan } from './commands/scan.ts';
import { simulate } from './commands/simulate.ts';
import { status } from './commands/status.ts';
import { suppress } from './commands/suppress.ts';
import { worldFromLocks } from './commands/world-from-locks.ts';
import type { Io } from './io.ts';
import { printFailure, printLines } from './print/print-error.ts';
import { commandHelp, commandUsage, overview } from './print/print-help.ts';
import { readVersion } from './read-version.ts';

/** In the order in which they are shown. */
const COMMANDS: readonly Command[] = [
  demo,
  simulate,
  scan,
  explain,
  feed,
  suppress,
  doctor,
  status,
  worldFromLocks,
  conformance,
];

const HELP = new Set(['--help', '-h']);

/**
 * Runs `tidewatch` with the words that follow it.
 *
 * @returns the exit status: the command's own; 2 for words, files or folders that will
 * not do; 1 when it failed otherwise
 */
export async function run(args: readonly string[], io: Io): Promise<number> {
  const [name = '', ...rest] = args;
  try {
    if (name === 'help' || HELP.has(name)) return help(rest, io);
    if (name === '--version') return version(rest, io);
    const command = findCommand(name);
    if (asksForHelp(rest)) return help([name], io);
    return await command.run(rest, io);
  } catch (error) {
    return tellError(error, name, io);
  }
}

function findCommand(name: string): Command {
  const command = COMMANDS.find((each) => each.name === name);
  if (command) return command;
  if (name === '') throw new UsageError('expected a command');
  const [near] = closest(
    name,
    COMMANDS.map((each) => each.name),
  );
  const meant = near === undefined ? '' : ` (did you mean ${near}?)`;
  throw new UsageError(`unknown command or option ${JSON.stringify(name)}${meant}`);
}

/** Words after `--` are no options. */
function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return (end < 0 ? args : args.slice(0, end)).some((arg) => HELP.has(arg));
}

function help(args: readonly string[], io: Io): number {
  const [name, ...more] = args;
  if (more.length > 0) throw new UsageError('help takes one command');
  const lines = name === undefined ? overview(COMMANDS) : commandHelp(findCommand(name));
  for (const line of lines) io.print(line);
  return 0;
}

function version(args: readonly string[], io: Io): number {
  if (args.length > 0) throw new UsageError('--version takes nothing more');
  io.print(readVersion());
  return 0;
}

/** Of what `parseArgs` says of an unknown option, what is wrong; not how to call a file so. */
function usageText({ message }: Error): string {
  return message.replace(/\. To specify a positional argument starting with.*$/s, '');
}

function tellError(error: unknown, name: string, io: Io): number {
  if (isUsageError(error)) {
    const command = COMMANDS.find((each) => each.name === name);
    printLines(io, `tidewatch: ${usageText(error)}`);
    for (const line of command ? commandUsage(command) : overview(COMMANDS)) io.printError(line);
    return 2;
  }
  if (error instanceof UnusableLineError) {
    printLines(io, error.message);
    return 2;
  }
  if (error instanceof UnusableInputError) {
    printLines(io, `tidewatch: ${error.message}`);
    return 2;
  }
  printFailure(io, error);
  return 1;
}
