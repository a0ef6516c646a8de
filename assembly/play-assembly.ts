import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { createFaults } from '../local/cloud/faults.ts';
import { createFleet } from '../local/cloud/orchestrators/fleet.ts';
import { createEventPlayer } from '../local/player/event-player.ts';
import { createWorldClock, type WorldClock } from '../local/player/world-clock.ts';
import { createWorldFeeds } from '../local/player/world-feeds.ts';
import { feedsOf, hostsOf } from '../local/player/world-hosts.ts';
import { startRegistry } from '../local/registry/start-registry.ts';
import type { WorldEvent } from '../local/world/world-event.ts';
import { type AssemblyCloud, deployAssembly } from './cloud/deploy-assembly.ts';
import type { Interfere } from './cloud/front-door.ts';
import type { InsideClients } from './cloud/make-resources.ts';
import { drainMappings } from './cloud/source-mappings.ts';
import { gatherProblems } from './problems.ts';
import type { Place } from './template/place.ts';
import type { Assembly } from './template/read-assembly.ts';
import { stackIdOf } from './template/resolve-template.ts';
import type { StackModel } from './template/stack-model.ts';
import { decoysOf } from './world/decoy-events.ts';
import { type DeploymentEvent, deploymentEvent } from './world/deployment-event.ts';
import { subscribe } from './world/subscriber.ts';

export interface PlayAssemblyOptions {
  readonly assembly: Assembly;
  readonly events: readonly WorldEvent[];
  readonly place: Place;
  /** Texts of Secrets Manager, by name. @default none */
  readonly secrets?: ReadonlyMap<string, string>;
  /** @default every problem is gathered, the world is played to its end */
  readonly stopAtProblem?: boolean;
  /** What happens while a function is first invoked, by the end of its construct's path. @default nothing */
  readonly meanwhile?: Readonly<Record<string, readonly WorldEvent[]>>;
  /** What has to be told: anything else is a problem as soon as it is seen. @default nobody knows */
  readonly expected?: readonly Told[];
  /** Attempts of calls that fail, by `sns:Publish`. @default none */
  readonly failures?: Readonly<Record<string, number>>;
  /** What the functions say. @default nobody reads it */
  readonly onOutput?: (functionName: string, line: string) => void;
}

/** An alert's id, and when it was told in the world. */
export interface Told {
  readonly at: string;
  readonly alertId: string;
}

/** What came of a world that was played through the deployed assembly. */
export interface PlayedAssembly {
  readonly told: readonly Told[];
  /** What should not have been: refused calls, functions that failed, messages that nobody took. */
  readonly problems: readonly string[];
  /** Atoms of policies without which some answer would have been another. */
  readonly needed: ReadonlySet<string>;
  /** Every atom of the template's policies. */
  readonly atoms: readonly string[];
}

/**
 * Plays a world through what `cdk synth` made: everything in the cloud is made of the template,
 * each function is its bundle in a process of its own, and every call has to be allowed.
 */
export async function playAssembly(options: PlayAssemblyOptions): Promise<PlayedAssembly> {
  const { events } = options;
  const clock = createWorldClock(events[0]?.at ?? '1970-01-01T00:00:00.000Z');
  const problems = gatherProblems(options.stopAtProblem ?? false);
  const onProblem = problems.add;
  const fleet = createFleet();
  const feeds = createWorldFeeds(feedsOf(events));
  const registry = await startRegistry({ clock });
  try {
    const meanwhile = createMeanwhile(options.meanwhile ?? {});
    const failing = createFailing(options.failures ?? {});
    const cloud = await deployAssembly({
      secrets: new Map(),
      ...options,
      clock,
      fleet,
      feeds,
      registry,
      interfere: failing,
      hosts: hostsOf(events),
      onProblem,
      onInvoke: meanwhile.onInvoke,
    });
    try {
      const world = { ...options, clock, fleet, feeds, registry, onProblem, meanwhile };
      const told = (await problems.orStop(playEvents(world, cloud))) ?? [];
      const { ofRoles, ofResources } = cloud.policies;
      const atoms = [...ofRoles.values(), ...ofResources.values()].flat().map(({ id }) => id);
      return { told, problems: problems.all(), needed: cloud.guard.needed, atoms };
    } finally {
      await cloud.stop();
    }
  } finally {
    await registry.close();
  }
}

interface World extends Pick<PlayAssemblyOptions, 'assembly' | 'events' | 'place' | 'expected'> {
  readonly clock: WorldClock;
  readonly fleet: ReturnType<typeof createFleet>;
  readonly feeds: ReturnType<typeof createWorldFeeds>;
  readonly registry: Awaited<ReturnType<typeof startRegistry>>;
  readonly onProblem: (problem: string) => void;
  readonly meanwhile: ReturnType<typeof createMeanwhile>;
}

/** Lets something happen just before functions are first invoked. */
function createMeanwhile(happenings: Readonly<Record<string, readonly WorldEvent[]>>) {
  const left = new Map(Object.entries(happenings));
  const meanwhile = {
    /** Set as soon as there is a world. */
    happen: async (_event: WorldEvent): Promise<void> => undefined,
    async onInvoke({ logicalId }: { readonly logicalId: string }): Promise<void> {
      const name = [...left.keys()].find((each) => logicalId.includes(each)) ?? '';
      const events = left.get(name) ?? [];
      left.delete(name);
      for (const event of events) await meanwhile.happen(event);
    },
  };
  return meanwhile;
}

/** Calls that fail whatever IAM says. */
function createFailing(failures: Readonly<Record<string, number>>): Interfere {
  const left = new Map(Object.entries(failures));
  return ({ service, operation }) => {
    const call = `${service}:${operation}`;
    const times = left.get(call) ?? 0;
    if (times === 0) return undefined;
    left.set(call, times - 1);
    return { status: 500, body: '' };
  };
}

async function playEvents(world: World, cloud: AssemblyCloud): Promise<Told[]> {
  const { events, place, clock, onProblem, meanwhile } = world;
  const { clients, stack, lambda } = cloud;
  const outside = openOutside(world, cloud);
  const subscribers = await subscribe(stack, clients, place);
  const told: Told[] = [];
  const drain = () => drainMappings({ stack, place, sqs: clients.sqs, lambda, clock, onProblem });
  const settle = async () => {
    await lambda.idle();
    await drain();
    for (const name of await queuesLeft(stack, clients)) onProblem(`messages are left in ${name}`);
    for (const alertId of await subscribers.receiveAlerts())
      told.push({ at: clock.text(), alertId });
    await subscribers.listen();
    if (subscribers.said() < told.length) onProblem('people are not told what machines are told');
  };
  meanwhile.happen = async (event) => {
    await outside.play(event);
    await drain();
  };
  const deployed = (status: string) =>
    deploymentEvent(stackIdOf(world.assembly, place), status, place);
  checkDoctorsRule(deployed('CREATE_COMPLETE'), cloud, onProblem);
  for (const event of events) {
    const before = clock.now();
    clock.moveTo(event.at);
    await outside.play(event);
    await settle();
    await cloud.scheduler.passTo(before, clock.now(), settle);
    if (event.do === 'night') await outside.releaseLate();
    await settle();
    const due = world.expected?.filter(({ at }) => at <= clock.text());
    if (due && due.length !== told.length) {
      onProblem(`${told.length} alerts told instead of ${due.length} until ${clock.text()}`);
    }
  }
  // CloudFormation has done something, and the doctor sees whether the world's images can be read.
  await announce(deployed('UPDATE_COMPLETE'), cloud, onProblem);
  const before = subscribers.said();
  await settle();
  if (subscribers.said() === before) onProblem('nobody hears that the doctor was here');
  return told;
}

/** Whether a deployment would be examined: without doing it, which would start every function. */
function checkDoctorsRule(
  { event, decoys }: DeploymentEvent,
  { bus }: AssemblyCloud,
  onProblem: (problem: string) => void,
): void {
  if (bus.rulesFor(event) === 0) onProblem(`no rule takes ${event}`);
  for (const decoy of decoys) {
    if (bus.rulesFor(decoy) > 0) onProblem(`a rule takes what is none of ours: ${decoy}`);
  }
}

/** Puts an event onto the bus, which a rule has to take, and others that no rule may take. */
async function announce(
  { event, decoys }: DeploymentEvent,
  { bus }: AssemblyCloud,
  onProblem: (problem: string) => void,
): Promise<void> {
  if ((await bus.put(event)) === 0) onProblem(`no rule took ${event}`);
  for (const decoy of decoys) {
    if ((await bus.put(decoy)) > 0) onProblem(`a rule took what is none of ours: ${decoy}`);
  }
}

/** Queues in which something is that nobody takes. */
async function queuesLeft({ queues }: StackModel, { sqs }: InsideClients): Promise<string[]> {
  const counts = await Promise.all(
    queues.map(async ({ name, ref }) => {
      const wanted = 'ApproximateNumberOfMessages';
      const { Attributes } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl: ref, AttributeNames: [wanted] }),
      );
      return { name, isEmpty: Attributes?.[wanted] === '0' };
    }),
  );
  return counts.filter(({ isEmpty }) => !isEmpty).map(({ name }) => name);
}

/** What is suppressed is deployed: it is part of the assembly. */
const NOT_PLAYED = {
  suppress() {
    throw new Error('what is suppressed is part of the assembly, no event');
  },
};

/** The outside world: who pushes, deploys and advises; ECR's events go to the template's rules. */
function openOutside({ fleet, feeds, registry, onProblem }: World, cloud: AssemblyCloud) {
  return createEventPlayer({
    cloud: { registry, faults: createFaults() },
    fleet,
    feeds,
    suppressions: NOT_PLAYED,
    watched: new Set(),
    announce: (event) => announce({ event, decoys: decoysOf(event) }, cloud, onProblem),
  });
}
