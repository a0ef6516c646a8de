import type { Digest } from '../core/image/digest.ts';
import { ImageNotFoundError } from '../core/image/errors.ts';
import { formatReference, parseReference } from '../core/image/reference.ts';
import { channelOf } from '../core/lineage/channel.ts';
import { hasVersion, newestTag } from '../core/lineage/newest-tag.ts';
import { runKeys } from '../core/run/run.ts';
import { findIndexedImage } from './index-image.ts';
import {
  makeOnce,
  type NightPlan,
  type ObservedTag,
  type PlannedChannel,
  readNight,
} from './night-objects.ts';
import type { Worker } from './night-steps.ts';
import type { Deployment, DeploymentScope, ObjectStore, Registry, StateStore } from './ports.ts';
import { readPast } from './read-past.ts';
import { isAhead } from './read-run.ts';
import { mapLimited } from './stored-objects.ts';

export interface ReconcilePorts {
  readonly registry: Pick<Registry, 'resolve' | 'tags'>;
  readonly state: StateStore;
  readonly objects: ObjectStore;
}

/** Images indexed by one invocation: 10,000 unknown ones stay far below a durable execution's operations. */
export const BATCH = 20;

/**
 * Asks what each known channel points at now, and finds out which images of all
 * that run, moved or are pointed at nobody has indexed. A push is only a hint: this is the truth.
 */
export function reconcileImages(ports: ReconcilePorts): Worker<'reconcile-images'> {
  return async ({ runId, moves, deployments }) => {
    const key = runKeys.work(runId, 'plan');
    await makeOnce(ports.objects, 'plan', key, async () => {
      const scopes = await readNight(ports.objects, 'deployments', deployments);
      const tags = await readNight(ports.objects, 'moves', moves);
      const channels = await planChannels(ports, scopes);
      const wanted = wantedImages(channels, tags, scopes);
      return { channels, images: await unknownImages(ports.objects, wanted) };
    });
    const plan = await readNight(ports.objects, 'plan', key);
    return { plan: key, batches: Math.ceil(plan.images.length / BATCH) };
  };
}

/** Every digest that tonight has to know, with a reference to ask for it. */
function wantedImages(
  channels: readonly PlannedChannel[],
  tags: readonly ObservedTag[],
  scopes: readonly DeploymentScope[],
): Map<Digest, string> {
  const deployments = scopes.flatMap((scope) => scope.deployments);
  return new Map([
    ...channels.flatMap(({ digest, reference }): [string, string][] =>
      digest ? [[digest, reference]] : [],
    ),
    ...tags.flatMap(({ toRead, image }) =>
      toRead.map((digest): [string, string] => [digest, image]),
    ),
    ...deployments.map(({ digest, reference }): [string, string] => [digest, reference]),
  ]);
}

async function unknownImages(
  objects: ObjectStore,
  wanted: ReadonlyMap<Digest, string>,
): Promise<NightPlan['images']> {
  const sorted = [...wanted].sort(([a], [b]) => (a < b ? -1 : 1));
  const known = await mapLimited(sorted, 16, ([digest]) => findIndexedImage(objects, digest));
  return sorted.flatMap(([digest, reference], index) =>
    known[index] ? [] : [{ reference, digest }],
  );
}

/** What is known of a channel before the registry is asked. */
interface KnownChannel {
  readonly channel: string;
  readonly reference: string;
  readonly headVersion: number;
}

async function planChannels(
  ports: ReconcilePorts,
  scopes: readonly DeploymentScope[],
): Promise<PlannedChannel[]> {
  const known = await knownChannels(ports, scopes);
  const tagsOf = onceEach((repository: string) => ports.registry.tags(parseReference(repository)));
  return mapLimited(known, 8, (each) => askChannel(ports, each, tagsOf));
}

async function knownChannels(
  ports: ReconcilePorts,
  scopes: readonly DeploymentScope[],
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
  const { runRows, run, heads } = await readPast(ports);
  for (const { kind, channel, reference } of runRows) {
    if (kind === 'repository') channels.set(channel, { channel, reference, headVersion: 0 });
  }
  for (const head of heads.values()) {
    const { channel, version } = head;
    const known = isAhead(head, run) ? undefined : channels.get(channel);
    const reference = known?.reference ?? head.reference;
    channels.set(channel, { channel, reference, headVersion: version });
  }
  for (const { channel, reference } of await newcomers(ports.objects, deployments)) {
    const known = channels.get(channel);
    if (known && !isOrdered(known.reference)) channels.set(channel, { ...known, reference });
  }
  return [...channels.values()].sort((a, b) => (a.channel < b.channel ? -1 : 1));
}

/**
 * Tags named after commits come in no order, and the push may never have been heard of:
 * one that runs and that nobody has indexed is the newest of its channel.
 */
async function newcomers(
  objects: ObjectStore,
  deployments: readonly Deployment[],
): Promise<Pick<KnownChannel, 'channel' | 'reference'>[]> {
  const unordered = new Map(
    deployments
      .filter(({ reference }) => !isOrdered(reference))
      .map(({ reference, digest }) => [`${reference} ${digest}`, { reference, digest }]),
  );
  const sorted = [...unordered].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each);
  const known = await mapLimited(sorted, 16, ({ digest }) => findIndexedImage(objects, digest));
  return sorted
    .filter((_, index) => !known[index])
    .map(({ reference }) => ({ channel: channelOf(parseReference(reference)), reference }));
}

function isOrdered(reference: string): boolean {
  return hasVersion(parseReference(reference).tag ?? '');
}

async function askChannel(
  { registry }: ReconcilePorts,
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
