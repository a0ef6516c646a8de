import { type Drift, partOf } from './find-drifts.ts';
import { isRead, type Observation } from './observation.ts';

/** What a watched tag holds now, and since when. */
export interface Present {
  /** `3.14`, `glibc 2.43`. */
  readonly value: string;
  /** The oldest move of the unbroken row that held it. */
  readonly since: string;
  /** The recorded series knows nothing older: it may have held it for longer. */
  readonly isOldest: boolean;
}

/** What the newest image that was read says of a part, on one platform; `undefined` where nobody knows. */
export function findPresent(
  series: readonly Observation[],
  platform: string,
  part: Drift['part'],
): Present | undefined {
  const known = series
    .filter((each) => isRead(each) && each.platform === platform)
    .toSorted((a, b) => (a.at < b.at ? 1 : -1));
  const value = known[0] && partOf(part, known[0]);
  if (!value) return undefined;
  const broken = known.findIndex((each) => partOf(part, each) !== value);
  const oldest = known[(broken < 0 ? known.length : broken) - 1];
  // What was recorded otherwise may have been so all along.
  const isOldest = broken < 0 || oldest?.reread?.[part] === value;
  return oldest && { value, since: oldest.at, isOldest };
}
