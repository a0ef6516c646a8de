import type { JsonAnswer, JsonCall } from '../start-json-server.ts';
import { pageOf } from './page-of.ts';

/** A task in the words of the ECS API Reference (Task); times are seconds. */
export type EcsTask = Readonly<Record<string, unknown>> & { readonly taskArn: string };

/** What ECS is asked about. */
export interface EcsState {
  /** Tasks by the cluster's name. */
  readonly clusters: ReadonlyMap<string, readonly EcsTask[]>;
  /** Names of services by the cluster's; a cluster without any may be missing. */
  readonly services: ReadonlyMap<string, readonly string[]>;
}

/** ARNs of everything that is embedded. */
export const ECS_ARN = 'arn:aws:ecs:us-east-1:123456789012';

/** The most that ListClusters, ListServices, ListTasks and DescribeTasks take (ECS API Reference). */
const LONGEST_PAGE = 100;

/** ECS as far as its lists go: AWS JSON 1.1. */
export function answerEcs(
  { clusters, services }: EcsState,
  call: JsonCall,
  mostItems: number,
): JsonAnswer {
  const { name, input } = call;
  if (name === 'ListClusters') {
    const arns = [...clusters.keys()].map((each) => `${ECS_ARN}:cluster/${each}`);
    return listPage(input, 'clusterArns', arns, mostItems);
  }
  const asked = String(input.cluster ?? 'default');
  const cluster = asked.slice(asked.lastIndexOf('/') + 1);
  const tasks = clusters.get(cluster);
  if (!tasks) return { error: 'ClusterNotFoundException', message: 'Cluster not found.' };
  if (name === 'ListTasks') {
    const arns = tasks.map(({ taskArn }) => taskArn);
    return listPage(input, 'taskArns', arns, mostItems);
  }
  if (name === 'ListServices') {
    const arns = (services.get(cluster) ?? []).map(
      (each) => `${ECS_ARN}:service/${cluster}/${each}`,
    );
    return listPage(input, 'serviceArns', arns, mostItems);
  }
  if (name === 'DescribeTasks') return describeTasks(tasks, input.tasks as readonly string[]);
  return { error: 'UnknownOperationException' };
}

function describeTasks(tasks: readonly EcsTask[], asked: readonly string[]): JsonAnswer {
  if (asked.length > LONGEST_PAGE) {
    return { error: 'InvalidParameterException', message: 'Tasks can have at most 100 items.' };
  }
  const wanted = new Set(asked);
  const found = tasks.filter(({ taskArn }) => wanted.delete(taskArn));
  const failures = [...wanted].map((arn) => ({ arn, reason: 'MISSING' }));
  return { output: { tasks: found, failures } };
}

function listPage(
  { nextToken, maxResults = LONGEST_PAGE }: JsonCall['input'],
  key: string,
  all: readonly string[],
  mostItems: number,
): JsonAnswer {
  const size = Math.min(Number(maxResults), LONGEST_PAGE, mostItems);
  const page = pageOf(all, nextToken as string | undefined, size);
  if (!page) return { error: 'InvalidParameterException', message: 'Invalid token.' };
  return { output: { [key]: page.items, ...(page.next && { nextToken: page.next }) } };
}
