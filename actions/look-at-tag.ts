import { moveKey, type Observation } from '../core/drift/observation.ts';
import { type ImageReference, parseReference } from '../core/image/reference.ts';
import type { ObservedTag } from './night-objects.ts';
import type { Clock, Registry, TagMove } from './ports.ts';

export interface LookPorts {
  readonly registry: Pick<Registry, 'resolve' | 'tagHistory'>;
  readonly clock: Clock;
  /** How far back images that a watched tag pointed at are read, in days. */
  readonly backfillDays: number;
}

const DAY = 24 * 60 * 60 * 1000;

/**
 * Asks where a watched tag went since it was last recorded; tag questions only.
 *
 * @throws what `Registry.resolve` throws
 */
export async function lookAtTag(
  ports: LookPorts,
  image: string,
  known: readonly Observation[],
): Promise<ObservedTag> {
  const reference = parseReference(image);
  const last = known.at(-1);
  const history = await ports.registry.tagHistory(reference, last?.at);
  const recorded = new Set(known.map(moveKey));
  const news = history
    ? history.filter((move) => move.at >= (last?.at ?? '') && !recorded.has(moveKey(move)))
    : await presentMove(ports, reference, last?.digest);
  const before = last ? [{ at: last.at, digest: last.digest }] : [];
  const toRead = [...before, ...worthReading(ports, news)].map(({ digest }) => digest);
  return {
    image,
    moves: [...before, ...news],
    toRead: [...new Set(toRead)],
    isPolled: history === undefined,
    failure: null,
  };
}

/** Without a history, the best we know of a move is that we see it now. */
async function presentMove(
  { registry, clock }: LookPorts,
  reference: ImageReference,
  last: string | undefined,
): Promise<TagMove[]> {
  const { digest } = await registry.resolve(reference);
  return digest === last ? [] : [{ at: clock.now().toISOString(), digest }];
}

/** A tag's first look finds years of images. The newest is read however old it is: the next move is compared with it. */
function worthReading(
  { clock, backfillDays }: LookPorts,
  moves: readonly TagMove[],
): readonly TagMove[] {
  const since = clock.now().getTime() - backfillDays * DAY;
  return moves.filter(({ at }, index) => Date.parse(at) >= since || index === moves.length - 1);
}
