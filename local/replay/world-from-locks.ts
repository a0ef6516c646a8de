import type { WrittenEvent } from '../world/world-event.ts';
import { InvalidLocksError } from './invalid-locks-error.ts';
import type { Lock, LockVariant } from './lock.ts';
import { makeUpAdvisories } from './made-up-advisories.ts';
import { appEvents } from './replay-app.ts';
import { replayImage } from './replay-image.ts';

/** What a replay is made of. */
export interface ReplayOptions {
  /** Repositories to take, with or without their host; all when empty. */
  readonly images: readonly string[];
  /** Whether an application on the Python image is built, deployed and advised about. */
  readonly withApp: boolean;
  /** What happens to every push event, if anything. */
  readonly events?: 'lose' | 'duplicate' | 'late' | undefined;
}

const APP_BASE = /(?:^|\/)chainguard\/python$/;
const BASE_TAG = 'latest';
const DAY = 24 * 60 * 60 * 1000;
const NIGHT_HOUR = 2 * 60 * 60 * 1000;

/**
 * The world in which registries publish what locks say, when they say it: watches first,
 * one push a tag and lock, a night at 02:00 UTC until all of it was seen.
 *
 * @param locks in order of time
 * @throws InvalidLocksError when there is nothing to make the world of
 */
export function worldFromLocks(locks: readonly Lock[], options: ReplayOptions): WrittenEvent[] {
  const chosen = chooseLocks(locks, options.images);
  const [first] = chosen;
  if (!first) throw new InvalidLocksError('no lock');
  const pushes = chosen.flatMap(pushEvents);
  const app = options.withApp ? appAndAdvisories(chosen) : [];
  const happenings = [...pushes, ...app];
  const nights = nightEvents(first.lockedAt, happenings);
  const start = `${first.lockedAt.slice(0, 10)}T00:00:00.000Z`;
  const watches = watchEvents(pushes, start);
  const end = nights.at(-1)?.at ?? start;
  const disturbance: WrittenEvent[] = options.events
    ? [{ at: start, do: 'event', fault: options.events, until: end }]
    : [];
  // The sort is stable: at one time a push comes before the night that sees it.
  return [...watches, ...disturbance, ...happenings, ...nights].sort(
    (left, right) => Date.parse(left.at) - Date.parse(right.at),
  );
}

function chooseLocks(locks: readonly Lock[], images: readonly string[]): readonly Lock[] {
  if (images.length === 0) return locks;
  const known = [...new Set(locks.map(({ image }) => image))].sort();
  for (const image of images) {
    if (!known.some((each) => isNamed(each, image))) {
      const names = known.join(', ');
      throw new InvalidLocksError(`no image ${JSON.stringify(image)} in the locks, only ${names}`);
    }
  }
  return locks.filter((lock) => images.some((image) => isNamed(lock.image, image)));
}

function isNamed(lockImage: string, image: string): boolean {
  return lockImage === image || lockImage.slice(lockImage.indexOf('/') + 1) === image;
}

function pushEvents({ image, lockedAt, variants }: Lock): Extract<WrittenEvent, { do: 'push' }>[] {
  return [...variantsByTag(variants)].map(([tag, ofTag]) => ({
    at: lockedAt,
    do: 'push',
    image: `${image}:${tag}`,
    platforms: replayImage(ofTag),
  }));
}

function variantsByTag(variants: readonly LockVariant[]): Map<string, LockVariant[]> {
  const pairs = variants.flatMap((variant) => variant.tags.map((tag) => ({ tag, variant })));
  const byTag = Map.groupBy(pairs, ({ tag }) => tag);
  return new Map([...byTag].map(([tag, all]) => [tag, all.map(({ variant }) => variant)]));
}

function watchEvents(pushes: readonly { readonly image: string }[], at: string): WrittenEvent[] {
  const images = [...new Set(pushes.map(({ image }) => image))].sort();
  return images.map((image) => ({ at, do: 'watch', image }));
}

/** Every 02:00 UTC after the first lock, the last at or after the last happening. */
function nightEvents(
  firstAt: string,
  happenings: readonly { readonly at: string }[],
): WrittenEvent[] {
  const last = Math.max(...happenings.map(({ at }) => Date.parse(at)));
  const midnight = Date.parse(`${firstAt.slice(0, 10)}T00:00:00.000Z`);
  const today = midnight + NIGHT_HOUR;
  let night = today < Date.parse(firstAt) ? today + DAY : today;
  const nights: WrittenEvent[] = [];
  for (; night - DAY < last; night += DAY) {
    nights.push({ at: new Date(night).toISOString(), do: 'night' });
  }
  return nights;
}

function appAndAdvisories(locks: readonly Lock[]): WrittenEvent[] {
  const ofBase = locks.filter(({ image }) => APP_BASE.test(image));
  const [image] = ofBase.map((lock) => lock.image);
  if (image === undefined) throw new InvalidLocksError('the application needs chainguard/python');
  const moves = movesOf(ofBase);
  const sets = moves.map(({ at, variants }) => ({ at, packages: variants[0]?.packages ?? [] }));
  const platforms = Object.keys(replayImage(moves[0]?.variants ?? []));
  return [
    ...appEvents(
      `${image}:${BASE_TAG}`,
      platforms,
      moves.map(({ at }) => at),
    ),
    ...makeUpAdvisories(sets),
  ];
}

/** When the base's tag got another image, with what is in it. */
function movesOf(locks: readonly Lock[]): { at: string; variants: readonly LockVariant[] }[] {
  let previous = '';
  return locks.flatMap(({ lockedAt, variants }) => {
    const ofTag = variants.filter(({ tags }) => tags.includes(BASE_TAG));
    const image = JSON.stringify(replayImage(ofTag));
    if (ofTag.length === 0 || image === previous) return [];
    previous = image;
    return [{ at: lockedAt, variants: ofTag }];
  });
}
