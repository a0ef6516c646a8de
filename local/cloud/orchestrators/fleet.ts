import type { Deployment } from '../../../actions/ports.ts';
import type { EcsTask } from './ecs-api.ts';
import { kubernetesObjectsOf } from './fleet-pods.ts';
import { ecsServicesOf, ecsTasksOf } from './fleet-tasks.ts';
import type { KubernetesObjects } from './kubernetes-api.ts';
import type { EmbeddedFunction } from './lambda-api.ts';
import type { OrchestratorState } from './start-orchestrators.ts';

/** A deployment with its place in the order in which all were deployed. */
export interface Placed extends Deployment {
  readonly order: number;
}

/** What runs, as who deploys says it; the orchestrators' servers tell it in their own words. */
export interface Fleet extends OrchestratorState {
  /** Replaces what that container ran. */
  deploy(deployment: Deployment): void;
  /** All of a workload, or one container of it. A cluster stays, though nothing runs in it. */
  undeploy(workload: string, container?: string): void;
  /** All that runs, sorted by workload and container. */
  running(): readonly Deployment[];
  /** What a container of a function was called: Lambda itself has no names for them. */
  functionContainer(workload: string): string | undefined;
}

/** Nothing runs yet. */
export function createFleet(): Fleet {
  const places = new Map<string, Place>();
  let order = 0;

  const placeOf = (workload: string): Place => {
    const [kind = '', cluster = ''] = workload.split('/');
    const name = kind === 'lambda' ? kind : `${kind}/${cluster}`;
    const place = places.get(name) ?? createPlace();
    places.set(name, place);
    return place;
  };
  const clusters = <Told>(kind: string, tell: (running: readonly Placed[]) => Told) =>
    new Map(
      [...places].flatMap(([name, place]): [string, Told][] =>
        name.startsWith(`${kind}/`) ? [[name.slice(kind.length + 1), place.tell(tell)]] : [],
      ),
    );

  return {
    deploy: (deployment) => placeOf(deployment.workload).put({ ...deployment, order: ++order }),
    undeploy: (workload, container) => placeOf(workload).remove(workload, container),
    running: () =>
      [...places.values()]
        .flatMap((place) => place.all())
        .map(({ order: _, ...deployment }) => deployment)
        .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1)),
    functionContainer: (workload) =>
      placeOf(workload)
        .all()
        .find((each) => each.workload === workload)?.container,
    ecs: {
      get services(): ReadonlyMap<string, readonly string[]> {
        return clusters('ecs', ecsServicesOf);
      },
      get clusters(): ReadonlyMap<string, readonly EcsTask[]> {
        return clusters('ecs', ecsTasksOf);
      },
    },
    eks: {
      get clusters(): ReadonlyMap<string, KubernetesObjects> {
        return clusters('eks', kubernetesObjectsOf);
      },
    },
    lambda: {
      get functions(): ReadonlyMap<string, EmbeddedFunction> {
        return placeOf('lambda').tell(functionsOf);
      },
    },
  };
}

/** A cluster, or all functions. */
interface Place {
  put(deployment: Placed): void;
  remove(workload: string, container: string | undefined): void;
  all(): readonly Placed[];
  /** What runs here in other words; told anew only after it changed. */
  tell<Told>(how: (running: readonly Placed[]) => Told): Told;
}

function createPlace(): Place {
  const running = new Map<string, Placed>();
  const told = new Map<unknown, unknown>();
  return {
    put(deployment) {
      running.set(keyOf(deployment), deployment);
      told.clear();
    },
    remove(workload, container) {
      for (const [key, each] of running) {
        const isMeant = container === undefined || each.container === container;
        if (each.workload === workload && isMeant) running.delete(key);
      }
      told.clear();
    },
    all: () => [...running.values()],
    tell<Told>(how: (running: readonly Placed[]) => Told): Told {
      if (!told.has(how)) told.set(how, how([...running.values()]));
      return told.get(how) as Told;
    },
  };
}

function keyOf({ workload, container }: Deployment): string {
  return `${workload}|${container}`;
}

function functionsOf(running: readonly Placed[]): ReadonlyMap<string, EmbeddedFunction> {
  return new Map(
    running.map(({ workload, reference, digest, platform }) => [
      workload.slice('lambda/'.length),
      {
        PackageType: 'Image',
        Architectures: [platform === 'linux/arm64' ? 'arm64' : 'x86_64'],
        Code: {
          RepositoryType: 'ECR',
          ImageUri: reference,
          ResolvedImageUri: `${reference.replace(/:[\w.-]+$/, '')}@${digest}`,
        },
      },
    ]),
  );
}
