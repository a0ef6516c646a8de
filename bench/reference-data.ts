import { existsSync, globSync } from 'node:fs';
import { join } from 'node:path';

/** The real rpm databases, by how they are written; none where the reference data is not. */
export function findRpmDatabases(): readonly {
  readonly format: 'sqlite' | 'ndb';
  readonly path: string;
}[] {
  // biome-ignore lint/style/noProcessEnv: a bench is a composition root.
  const folder = join(process.env.TIDEWATCH_REFERENCE_DATA ?? '../shared', 'golden/rpm');
  return [
    { format: 'sqlite', path: join(folder, 'mariner-sqlite.rpmdb.sqlite') } as const,
    { format: 'ndb', path: join(folder, 'sle15-ndb.Packages.db') } as const,
  ].filter(({ path }) => existsSync(path));
}

/** The published locks that replays are made of; `undefined` where the reference data is not. */
export function findLocks(): string | undefined {
  // biome-ignore lint/style/noProcessEnv: a bench is a composition root.
  const folder = process.env.TIDEWATCH_REFERENCE_DATA ?? '../shared';
  if (!existsSync(folder)) return undefined;
  return globSync(join(folder, 'replay', '*.ndjson.gz')).sort()[0];
}
