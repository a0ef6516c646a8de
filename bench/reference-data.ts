import { existsSync, globSync } from 'node:fs';
import { join } from 'node:path';

/** The published locks that replays are made of; `undefined` where the reference data is not. */
export function findLocks(): string | undefined {
  // biome-ignore lint/style/noProcessEnv: a bench is a composition root.
  const folder = process.env.TIDEWATCH_REFERENCE_DATA ?? '../shared';
  if (!existsSync(folder)) return undefined;
  return globSync(join(folder, 'replay', '*.ndjson.gz')).sort()[0];
}
