import { readFile } from 'node:fs/promises';
import { InvalidWorldError } from '../local/world/invalid-world-error.ts';
import { parseWorld } from '../local/world/parse-world.ts';
import type { WorldEvent } from '../local/world/world-event.ts';
import { UnusableInputError, UnusableLineError } from './command-errors.ts';

/** The events of a world file. @throws UnusableLineError, UnusableInputError when there is no such file */
export async function readWorld(path: string): Promise<WorldEvent[]> {
  try {
    return parseWorld(await readFile(path));
  } catch (error) {
    if (error instanceof InvalidWorldError) {
      throw new UnusableLineError(`${path}: ${error.message}`, { cause: error });
    }
    if (error instanceof Error && 'syscall' in error) {
      throw new UnusableInputError(`cannot read ${JSON.stringify(path)}: ${error.message}`, {
        cause: error,
      });
    }
    throw error;
  }
}
