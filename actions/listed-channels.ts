import { formatReference, parseReference } from '../core/image/reference.ts';
import { channelOf } from '../core/lineage/channel.ts';
import { hasVersion, isNewerTag } from '../core/lineage/newest-tag.ts';
import type { ListedRepository, RegistryListing } from './ports.ts';

/** What is known of a channel before its registry is asked what it points at. */
export interface KnownChannel {
  readonly channel: string;
  readonly reference: string;
  readonly headVersion: number;
  /** When `reference` was pushed, where a push event told it. */
  readonly pushedAt?: string;
}

/**
 * Adds what whole registries list: channels that nobody has heard of, and of the known ones the
 * tag that was pushed later than any we have heard of. What comes out is what the push events
 * would have made, had none been lost.
 */
export function addListed(
  known: readonly KnownChannel[],
  listings: readonly RegistryListing[],
): KnownChannel[] {
  const channels = new Map(known.map((each) => [each.channel, each]));
  const listed = listings.flatMap(({ repositories }) => repositories).flatMap(pushesOf);
  const pushedAt = new Map(listed.map((push) => [push.reference, push.pushedAt]));
  for (const push of listed.sort(byTime)) {
    const past = channels.get(push.channel);
    if (!past) channels.set(push.channel, { ...push, headVersion: 0 });
    else if (isLater(push, past, pushedAt)) {
      channels.set(push.channel, { ...push, headVersion: past.headVersion });
    }
  }
  return [...channels.values()].sort((a, b) => (a.channel < b.channel ? -1 : 1));
}

/** The tags of every repository that was listed, by `registry/repository`. */
export function tagsByRepository(
  listings: readonly RegistryListing[],
): ReadonlyMap<string, string[]> {
  const repositories = listings.flatMap((listing) => listing.repositories);
  return new Map(
    repositories.map(({ registry, repository, images }) => [
      formatReference({ registry, repository }),
      images.flatMap(({ tags }) => tags).sort(),
    ]),
  );
}

/** A tag with when its image was pushed. */
type Push = Required<Pick<KnownChannel, 'channel' | 'reference' | 'pushedAt'>>;

function pushesOf({ registry, repository, images }: ListedRepository): Push[] {
  return images.flatMap(({ tags, pushedAt }) =>
    tags.map((tag) => {
      const reference = { registry, repository, tag };
      return { channel: channelOf(reference), reference: formatReference(reference), pushedAt };
    }),
  );
}

/** As `judgePush` in `assess-push.ts` decides which of a channel's tags is its head. */
function isLater(push: Push, past: KnownChannel, pushedAt: ReadonlyMap<string, string>): boolean {
  if (push.reference === past.reference) return false;
  const [tag, known] = [tagOf(push.reference), tagOf(past.reference)];
  if (hasVersion(tag) && hasVersion(known)) return isNewerTag(tag, known);
  const since = past.pushedAt ?? pushedAt.get(past.reference);
  // Of a tag that is gone, and whose push nobody has heard of, nobody knows when it came.
  return since !== undefined && push.pushedAt > since;
}

function tagOf(reference: string): string {
  return parseReference(reference).tag ?? '';
}

function byTime(a: Push, b: Push): number {
  if (a.pushedAt !== b.pushedAt) return a.pushedAt < b.pushedAt ? -1 : 1;
  return a.reference < b.reference ? -1 : 1;
}
