import type { Digest } from '../core/image/digest.ts';
import { ImageNotFoundError } from '../core/image/errors.ts';
import { formatReference, parseReference } from '../core/image/reference.ts';
import type { IndexedImage } from '../core/inventory/inventory.ts';
import { channelOf } from '../core/lineage/channel.ts';
import { hasVersion, newestTag } from '../core/lineage/newest-tag.ts';
import { runKeys } from '../core/run/run.ts';
import { askForRunning } from './ask-for-running.ts';
import { findBase, findImages } from './fleet-index.ts';
import { addListed, type KnownChannel, tagsByRepository } from './listed-channels.ts';
import {
  makeOnce,
  type NightPlan,
  type ObservedTag,
  type PlannedChannel,
  readNight,
} from './night-objects.ts';
import type { Worker } from './night-steps.ts';
import { planPastBuilds } from './plan-past-builds.ts';
import { planReread, type RereadBudget } from './plan-reread.ts';
import type {
  Deployment,
  ObjectStore,
  Registry,
  RegistryLister,
  RegistryListing,
  StateStore,
} from './ports.ts';
import { type Past, readPast } from './read-past.ts';
import { isAhead } from './read-run.ts';
import { type NightScope, ranOrRuns } from './remember-deployments.ts';
import { mapLimited } from './stored-objects.ts';

export interface ReconcilePorts {
  readonly registry: Pick<Registry, 'resolve' | 'tags'>;
  readonly lister: RegistryLister;
  readonly state: StateStore;
  readonly objects: ObjectStore;
  /** How much a night reads again of images that older captures serve. */
  readonly reread: RereadBudget;
}

/** Images indexed by one invocation: 10,000 unknown ones stay far below a durable execution's operations. */
export const BATCH = 20;

/**
 * Asks what each known channel and each that a whole registry lists points at now, and finds out which images of all
 * that run, moved or are pointed at nobody has indexed. A push is only a hint: this is the truth.
 */
export function reconcileImages(ports: ReconcilePorts): Worker<'reconcile-images'> {
  return async ({ runId, moves, deployments }) => {
    const key = runKeys.work(runId, 'plan');
    await makeOnce(ports.objects, 'plan', key, async () => {
      const scopes = await readNight(ports.objects, 'deployments', deployments);
      const tags = await readNight(ports.objects, 'moves', moves);
      // Heads are read before any registry is asked: a push that comes in between is seen by one or the other.
      const past = await readPast(ports);
      const base = await findBase(ports.objects, past.run);
      const findIndexed = (digests: readonly Digest[]) => findImages(ports.objects, base, digests);
      const known = await knownChannels(past, scopes, findIndexed);
      const listings = await ports.lister.list();
      const channels = await askChannels(ports, addListed(known, listings), listings);
      const wanted = wantedImages(channels, tags, scopes);
      const indexed = await findIndexed(wanted.map(({ digest }) => digest));
      const reread = await planReread(ports.objects, ports.reread, {
        base,
        run: past.run,
        scopes,
        wanted,
        indexed,
      });
      const pastBuilds = await planPastBuilds(ports, {
        ...past,
        tags: tags.map(({ image }) => image),
        wanted,
      });
      return {
        registries: listings.map(({ scope, failure }) => ({ scope, failure })),
        channels,
        images: wanted.filter(({ digest }) => !indexed.has(digest)),
        ...(reread.length > 0 && { reread }),
        ...(pastBuilds.length > 0 && { pastBuilds }),
        ...(await askForRunning(ports, { channels, scopes, indexed })),
      };
    });
    const plan = await readNight(ports.objects, 'plan', key);
    const { images, reread = [], pastBuilds = [] } = plan;
    const count = images.length + reread.length + pastBuilds.length;
    return { plan: key, batches: Math.ceil(count / BATCH) };
  };
}

/** Every digest that tonight has to know, with a reference to ask for it; by digest. */
function wantedImages(
  channels: readonly PlannedChannel[],
  tags: readonly ObservedTag[],
  scopes: readonly NightScope[],
): NightPlan['images'] {
  const deployments = scopes.flatMap(ranOrRuns);
  const references = new Map([
    ...channels.flatMap(({ digest, reference }): [string, string][] =>
      digest ? [[digest, reference]] : [],
    ),
    ...tags.flatMap(({ toRead, image }) =>
      toRead.map((digest): [string, string] => [digest, image]),
    ),
    ...deployments.map(({ digest, reference }): [string, string] => [digest, reference]),
  ]);
  return [...references]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([digest, reference]) => ({ reference, digest }));
}

/** Those of the images that somebody has indexed, by digest. */
type FindIndexed = (digests: readonly Digest[]) => Promise<ReadonlyMap<Digest, IndexedImage>>;

async function askChannels(
  { registry }: ReconcilePorts,
  known: readonly KnownChannel[],
  listings: readonly RegistryListing[],
): Promise<PlannedChannel[]> {
  const listed = tagsByRepository(listings);
  // Of a repository whose list broke off the registry itself may still say what tags it has.
  const tagsOf = onceEach(
    async (repository: string) =>
      listed.get(repository) ?? (await registry.tags(parseReference(repository))),
  );
  return mapLimited(known, 8, (each) => askChannel(registry, each, tagsOf));
}

async function knownChannels(
  { runRows, run, heads }: Past,
  scopes: readonly NightScope[],
  findIndexed: FindIndexed,
): Promise<KnownChannel[]> {
  const channels = new Map<string, KnownChannel>();
  // Who deployed a digest alone named no tag to ask for.
  const deployments = scopes
    .flatMap((scope) => scope.deployments)
    .filter(({ reference }) => parseReference(reference).tag !== undefined);
  for (const { reference } of deployments) {
    const channel = channelOf(parseReference(reference));
    channels.set(channel, { channel, reference, headVersion: 0 });
  }
  for (const { kind, channel, reference } of runRows) {
    if (kind === 'repository') channels.set(channel, { channel, reference, headVersion: 0 });
  }
  for (const head of heads.values()) {
    const { channel, version } = head;
    const known = isAhead(head, run) ? undefined : channels.get(channel);
    const reference = known?.reference ?? head.reference;
    const isPushed = reference === head.reference;
    const pushed = isPushed && { pushedAt: head.pushedAt };
    channels.set(channel, { channel, reference, headVersion: version, ...pushed });
  }
  for (const { channel, reference } of await newcomers(deployments, findIndexed)) {
    const known = channels.get(channel);
    if (known) channels.set(channel, preferNewcomer(known, reference));
  }
  return [...channels.values()].sort((a, b) => (a.channel < b.channel ? -1 : 1));
}

function preferNewcomer(known: KnownChannel, reference: string): KnownChannel {
  if (isOrdered(known.reference) || known.reference === reference) return known;
  const { channel, headVersion } = known;
  return { channel, reference, headVersion };
}

/**
 * Tags named after commits come in no order, and the push may never have been heard of:
 * one that runs and that nobody has indexed is the newest of its channel.
 */
async function newcomers(
  deployments: readonly Deployment[],
  findIndexed: FindIndexed,
): Promise<Pick<KnownChannel, 'channel' | 'reference'>[]> {
  const unordered = new Map(
    deployments
      .filter(({ reference }) => !isOrdered(reference))
      .map(({ reference, digest }) => [`${reference} ${digest}`, { reference, digest }]),
  );
  const sorted = [...unordered].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each);
  const known = await findIndexed([...new Set(sorted.map(({ digest }) => digest))]);
  return sorted
    .filter(({ digest }) => !known.has(digest))
    .map(({ reference }) => ({ channel: channelOf(parseReference(reference)), reference }));
}

function isOrdered(reference: string): boolean {
  return hasVersion(parseReference(reference).tag ?? '');
}

async function askChannel(
  registry: ReconcilePorts['registry'],
  known: KnownChannel,
  tagsOf: (repository: string) => Promise<string[]>,
): Promise<PlannedChannel> {
  const { channel, headVersion } = known;
  const asked = parseReference(known.reference);
  let reference = known.reference;
  try {
    if (asked.tag && hasVersion(asked.tag)) {
      const repository = { registry: asked.registry, repository: asked.repository };
      const tag = newestTag(asked.tag, await tagsOf(formatReference(repository)));
      reference = formatReference({ ...repository, tag });
    }
    const { digest } = await registry.resolve(parseReference(reference));
    return { channel, reference, digest, failure: null, headVersion };
  } catch (error) {
    const failure = error instanceof ImageNotFoundError ? null : String(error);
    return { channel, reference, digest: null, failure, headVersion };
  }
}

/** Asks each key once and gives everybody the same answer. */
function onceEach<Value>(ask: (key: string) => Promise<Value>): (key: string) => Promise<Value> {
  const answers = new Map<string, Promise<Value>>();
  return (key) => {
    const known = answers.get(key) ?? ask(key);
    answers.set(key, known);
    return known;
  };
}
