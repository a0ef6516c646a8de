import { ImageNotFoundError } from '../core/image/errors.ts';
import { formatReference, parseReference } from '../core/image/reference.ts';
import type { Inventory } from '../core/inventory/inventory.ts';
import { channelOf, repositoryLineage } from '../core/lineage/channel.ts';
import type { LineageTarget } from '../core/lineage/lineage.ts';
import { hasVersion, isNewerTag } from '../core/lineage/newest-tag.ts';
import {
  type ChannelPorts,
  type ChannelState,
  commitChannel,
  compareWithChannel,
  HeadContendedError,
  readChannel,
} from './channel-state.ts';
import { findIndexedImage, readInventory } from './index-image.ts';
import type { Log, PushedImage, Registry } from './ports.ts';
import { reassessChannel } from './reassess-pushes.ts';

export interface AssessPorts extends ChannelPorts {
  readonly registry: Pick<Registry, 'resolve'>;
  readonly log: Log;
}

/** What became of a push. */
export interface Assessed {
  readonly channel: string;
  /**
   * `superseded`: the tag points elsewhere by now, or a younger push is the head: history.
   * `unchanged`: the channel is this very image already.
   */
  readonly kind: 'head' | 'superseded' | 'unchanged';
}

/** A push whose image nobody has indexed; the queue brings it again. */
export class NotIndexedError extends Error {
  override readonly name = 'NotIndexedError';

  constructor(digest: string) {
    super(`not indexed: ${digest}`);
  }
}

const COMMIT_ATTEMPTS = 5;

/**
 * Makes a pushed and indexed image the head of its channel, compared with what was
 * there, in one conditional write that carries the alerts. Doing it twice changes nothing.
 *
 * @throws HeadContendedError, NotIndexedError; what the registry throws
 */
export async function assessPush(ports: AssessPorts, push: PushedImage): Promise<Assessed> {
  const { registry, repository, tag } = push;
  const channel = channelOf({ registry, repository, tag });
  const kind = await commitPush(ports, channel, push);
  // A night may have been committed between our reading and our writing.
  if (kind !== 'superseded') await reassessChannel(ports, channel);
  ports.log.info('push assessed', { channel, kind });
  return { kind, channel };
}

/** A push is a hint: the registry says what the tag points at now. */
async function pointsAt({ registry }: AssessPorts, push: PushedImage): Promise<boolean> {
  const { registry: host, repository, tag } = push;
  try {
    const now = await registry.resolve({ registry: host, repository, tag });
    return now.digest === push.digest;
  } catch (error) {
    if (error instanceof ImageNotFoundError) return false;
    throw error;
  }
}

async function commitPush(
  ports: AssessPorts,
  channel: string,
  push: PushedImage,
): Promise<Assessed['kind']> {
  const { registry, repository, tag, digest, pushedAt } = push;
  const reference = formatReference({ registry, repository, tag });
  for (let attempt = 0; attempt < COMMIT_ATTEMPTS; attempt++) {
    const past = await readChannel(ports, channel);
    const verdict = judgePush(past, reference, push);
    if (verdict !== 'head') return verdict;
    // Asked after the head was read: a push that was faster than we is seen by one or the other.
    if (!(await pointsAt(ports, push))) return 'superseded';
    const { targets, inventories } = await readImage(ports, channel, reference, digest);
    const telling = await compareWithChannel(ports, past, targets, inventories, pushedAt);
    const version = (past.head?.version ?? 0) + 1;
    const next = { reference, imageDigest: digest, pushedAt, version };
    if (await commitChannel(ports, past, telling, next)) return 'head';
  }
  throw new HeadContendedError(channel);
}

function judgePush(
  { head, rows }: ChannelState,
  reference: string,
  push: PushedImage,
): Assessed['kind'] {
  const [row] = rows;
  if (!row) return 'head';
  if (row.imageDigest === push.digest) return 'unchanged';
  // Of one tag the registry has the last word.
  if (row.reference === reference) return 'head';
  const known = parseReference(row.reference).tag ?? '';
  // Between tags of a channel their versions have it, as at night; without one, the younger push.
  const isOlder =
    hasVersion(known) && hasVersion(push.tag)
      ? isNewerTag(known, push.tag)
      : push.pushedAt <= (head?.pushedAt ?? '');
  return isOlder ? 'superseded' : 'head';
}

interface ReadImage {
  readonly targets: readonly LineageTarget[];
  readonly inventories: readonly Inventory[];
}

/** The platforms of an image, named as the night names them: by the index, not by what their configs claim. */
async function readImage(
  { objects }: AssessPorts,
  channel: string,
  reference: string,
  imageDigest: string,
): Promise<ReadImage> {
  const image = await findIndexedImage(objects, imageDigest);
  if (!image) throw new NotIndexedError(imageDigest);
  const targets = image.platforms.map(({ platform, digest }): LineageTarget => {
    const lineage = repositoryLineage(channel, platform);
    const common = { kind: 'repository' as const, scope: '', channel, reference, imageDigest };
    return { lineage, ...common, digest, platform };
  });
  // One index may name a platform twice (Windows, by its build): the last one counts, as at night.
  const distinct = [...new Map(targets.map((each) => [each.lineage, each])).values()];
  return {
    targets: distinct,
    inventories: await Promise.all(distinct.map(({ digest }) => readInventory(objects, digest))),
  };
}
