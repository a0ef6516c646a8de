import { type AssemblyCloud, deployAssembly } from '../../assembly/cloud/deploy-assembly.ts';
import type { Interfere } from '../../assembly/cloud/front-door.ts';
import { mutate } from '../../assembly/template/mutate.ts';
import type { Place } from '../../assembly/template/place.ts';
import type { Assembly, Template } from '../../assembly/template/read-assembly.ts';
import { subscribe } from '../../assembly/world/subscriber.ts';
import { Diagnosis } from '../../core/diagnosis/check-line.ts';
import { createFaults } from '../../local/cloud/faults.ts';
import { createFleet } from '../../local/cloud/orchestrators/fleet.ts';
import { createEventPlayer } from '../../local/player/event-player.ts';
import { createWorldClock } from '../../local/player/world-clock.ts';
import { createWorldFeeds } from '../../local/player/world-feeds.ts';
import { feedsOf, hostsOf } from '../../local/player/world-hosts.ts';
import { type EmbeddedRegistry, startRegistry } from '../../local/registry/start-registry.ts';
import type { WorldEvent } from '../../local/world/world-event.ts';

/** A deployed assembly in a world in which everything has been pushed and deployed, and nothing goes on. */
export interface DeployedWorld extends AsyncDisposable {
  readonly cloud: AssemblyCloud;
  readonly registry: EmbeddedRegistry;
  /** Texts of Secrets Manager, by name. */
  readonly secrets: Map<string, string>;
  readonly place: Place;
  /** Deploys the template with a change; the next one starts from the original again. */
  deploy(change: (template: Template) => void): void;
  /** Answers calls in the services' place. */
  interfere(answer: Interfere): void;
  /** Ends the processes of functions whose logical id has this part. */
  recycle(part: string): Promise<void>;
  /** Half a day goes by: what was kept for a while is asked for anew. */
  wait(): void;
  /** Asks the doctor. */
  diagnose(): Promise<Diagnosis['functions']>;
}

const HALF_A_DAY = 13 * 3_600_000;

export async function startDeployedWorld(
  assembly: Assembly,
  place: Place,
  events: readonly WorldEvent[],
): Promise<DeployedWorld> {
  const clock = createWorldClock(events[0]?.at ?? '');
  const fleet = createFleet();
  const feeds = createWorldFeeds(feedsOf(events));
  const registry = await startRegistry({ clock });
  const secrets = new Map<string, string>();
  let interfere: Interfere = () => undefined;
  const cloud = await deployAssembly({
    assembly,
    place,
    clock,
    fleet,
    feeds,
    registry,
    secrets,
    hosts: hostsOf(events),
    interfere: (request) => interfere(request),
    // What is broken is told by the doctor.
    onProblem: () => undefined,
  });
  await subscribe(cloud.stack, cloud.clients, place);
  const outside = createEventPlayer({
    cloud: { registry, faults: createFaults() },
    fleet,
    feeds,
    suppressions: { suppress: () => undefined },
    watched: new Set(),
    announce: async () => undefined,
  });
  for (const event of events) {
    clock.moveTo(event.at);
    await outside.play(event);
  }
  return {
    cloud,
    registry,
    secrets,
    place,
    deploy: (change) => cloud.update(mutate(assembly, change)),
    interfere(answer) {
      interfere = answer;
    },
    async recycle(part) {
      for (const each of cloud.stack.functions) {
        if (each.logicalId.includes(part)) await cloud.host.recycle(each);
      }
    },
    wait: () => clock.moveTo(new Date(clock.now().getTime() + HALF_A_DAY).toISOString()),
    async diagnose() {
      const ending = await cloud.lambda.invoke(String(cloud.stack.outputs.Doctor), '{}');
      if (ending.kind === 'failed') throw new Error(ending.error.errorMessage);
      return Diagnosis.parse(JSON.parse(ending.payload)).functions;
    },
    async [Symbol.asyncDispose]() {
      await cloud.stop();
      await registry.close();
    },
  };
}
