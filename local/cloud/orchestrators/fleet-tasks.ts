import { digestOf } from '../../../core/image/digest.ts';
import { ECS_ARN, type EcsTask } from './ecs-api.ts';
import type { Placed } from './fleet.ts';
import { groupByWorkload, type PlacedWorkload } from './group-by-workload.ts';

/** What runs in a cluster of ECS: a task for each workload. */
export function ecsTasksOf(running: readonly Placed[]): readonly EcsTask[] {
  return groupByWorkload(running).map(taskOf);
}

/** The services of a cluster of ECS: one is deleted with the last that it runs. */
export function ecsServicesOf(running: readonly Placed[]): readonly string[] {
  const names = running.flatMap(({ workload }) => serviceOf(workload) ?? []);
  return [...new Set(names)];
}

/** `ecs/<cluster>/<service>`; a task without a service is `ecs/<cluster>/task/<family>`. */
function serviceOf(workload: string): string | undefined {
  const [, , service, family] = workload.split('/');
  return family === undefined ? service : undefined;
}

function taskOf({ workload, platform, containers, startedAt }: PlacedWorkload): EcsTask {
  // `ecs/<cluster>/<service>`, `ecs/<cluster>/task/<family>` of a task without a service.
  const [, cluster = '', name = '', family] = workload.split('/');
  const [system, architecture] = platform.split('/');
  const id = digestOf(`${workload}|${platform}`).slice('sha256:'.length).slice(0, 32);
  return {
    taskArn: `${ECS_ARN}:task/${cluster}/${id}`,
    clusterArn: `${ECS_ARN}:cluster/${cluster}`,
    taskDefinitionArn: `${ECS_ARN}:task-definition/${family ?? name}:1`,
    group: family === undefined ? `service:${name}` : `family:${family}`,
    lastStatus: 'RUNNING',
    desiredStatus: 'RUNNING',
    startedAt,
    attributes: [
      {
        name: 'ecs.cpu-architecture',
        value: architecture === 'amd64' ? 'x86_64' : architecture,
      },
    ],
    platformFamily: system === 'windows' ? 'Windows_Server_2022_Core' : 'Linux',
    containers: containers.map(({ container, reference, digest }) => ({
      name: container,
      image: reference,
      imageDigest: digest,
      lastStatus: 'RUNNING',
    })),
  };
}
