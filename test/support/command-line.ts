import type { Io } from '../../cli/io.ts';
import { run } from '../../cli/run.ts';

/** How a command ended and what it printed. */
export interface CommandOutcome {
  readonly status: number;
  /** Standard output and standard error, lines as they were printed. */
  readonly out: readonly string[];
  readonly err: readonly string[];
}

/** Runs `tidewatch` in this process, at a terminal that remembers. */
export async function runCommandLine(
  args: readonly string[],
  overrides: Partial<Io> = {},
): Promise<CommandOutcome> {
  const out: string[] = [];
  const err: string[] = [];
  const io: Io = {
    print: (line) => void out.push(line),
    printError: (line) => void err.push(line),
    isTerminal: true,
    isColoured: false,
    columns: 80,
    registryEndpoints: '',
    ...overrides,
  };
  return { status: await run(args, io), out, err };
}
