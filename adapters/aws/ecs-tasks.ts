import type { Container, Task } from '@aws-sdk/client-ecs';
import type { Deployment } from '../../actions/ports.ts';
import { isDigest } from '../../core/image/digest.ts';
import {
  type GatheredContainers,
  gatherRunning,
  lineageOf,
  type RunningContainer,
  type UnreadContainer,
} from '../deployments/gather-running.ts';
import { findDockerImageName } from './docker-image-name.ts';

/** Reads what DescribeTasks says of a cluster, by its name in workloads; a container that cannot be read is named, its neighbours stand. */
export function readTasks(cluster: string, tasks: readonly Task[]): GatheredContainers {
  return gatherRunning(tasks.flatMap((task) => readTask(cluster, task)));
}

/** The last part of an ARN: a cluster's name, a task's id. */
export function nameInArn(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}

/** States of a task before it runs (ECS Developer Guide, task lifecycle). */
const BEFORE_RUNNING = new Set(['PROVISIONING', 'PENDING', 'ACTIVATING']);

function readTask(cluster: string, task: Task): (RunningContainer | UnreadContainer)[] {
  const unread = (why: string) => {
    return [{ problem: `task ${nameInArn(task.taskArn ?? '')}${why}`, starting: null }];
  };
  const workload = workloadOf(cluster, task);
  if (!workload) return unread(': neither service nor task definition');
  const platform = platformOf(task);
  if (!platform) return unread(` of ${workload}: unknown platform`);
  if (!task.containers?.length) return unread(` of ${workload}: no containers`);
  const startedAt = (task.startedAt ?? task.createdAt)?.getTime() ?? 0;
  const isStarting = BEFORE_RUNNING.has(task.lastStatus ?? '');
  return task.containers.map((container) => {
    const read = readContainer({ workload, platform }, container);
    if (typeof read !== 'string') return { deployment: read, startedAt };
    const starting = isStarting
      ? lineageOf({ workload, container: container.name ?? '', platform })
      : null;
    return { problem: read, starting };
  });
}

/** `ecs/<cluster>/<service>`; of a task that no service started `ecs/<cluster>/task/<family>`. */
function workloadOf(cluster: string, { group, taskDefinitionArn }: Task): string | undefined {
  const service = /^service:(.+)$/.exec(group ?? '')?.[1];
  if (service) return `ecs/${cluster}/${service}`;
  const family = /\/([^/:]+):\d+$/.exec(taskDefinitionArn ?? '')?.[1];
  return family && `ecs/${cluster}/task/${family}`;
}

/** As ECS writes them (RuntimePlatform, `cpuArchitecture`) and as OCI does. */
const ARCHITECTURES: ReadonlyMap<string, string> = new Map([
  ['x86_64', 'amd64'],
  ['arm64', 'arm64'],
]);

function platformOf({ attributes, platformFamily }: Task): string | undefined {
  const value = attributes?.find(({ name }) => name === 'ecs.cpu-architecture')?.value;
  const architecture = ARCHITECTURES.get(value?.toLowerCase() ?? '');
  // Only Fargate says its family, of Windows with the release: `Windows_Server_2022_Core`.
  const system = /^windows/i.test(platformFamily ?? '') ? 'windows' : 'linux';
  return architecture && `${system}/${architecture}`;
}

function readContainer(
  where: Pick<Deployment, 'workload' | 'platform'>,
  { name, image = '', imageDigest }: Container,
): Deployment | string {
  const who = `${where.workload} ${name ?? 'container without a name'} (${image})`;
  const named = findDockerImageName(image);
  if (!name || !named) return `${who}: no image reference`;
  const digest = imageDigest ?? named.digest;
  // It has not pulled its image yet, or its agent does not tell.
  if (!digest || !isDigest(digest)) return `${who}: no digest`;
  return { ...where, container: name, reference: named.reference, digest };
}
