import { FolderLockedError, UnreadableLockError } from '../local/cloud/lock.ts';
import { OutputFolderError } from '../local/player/output-folder.ts';
import { type Played, type PlayOptions, playWorld } from '../local/player/play-world.ts';
import type { WorldEvent } from '../local/world/world-event.ts';
import { UnusableInputError } from './command-errors.ts';

/** Plays events into a folder. @throws UnusableInputError when the folder will not do */
export async function playInto(
  folder: string,
  events: readonly WorldEvent[],
  options: PlayOptions,
): Promise<Played> {
  try {
    return await playWorld(events, folder, options);
  } catch (error) {
    if (
      error instanceof OutputFolderError ||
      error instanceof FolderLockedError ||
      error instanceof UnreadableLockError
    ) {
      throw new UnusableInputError(error.message, { cause: error });
    }
    throw error;
  }
}
