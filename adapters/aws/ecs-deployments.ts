import {
  DescribeTasksCommand,
  type ECSClient,
  paginateListClusters,
  paginateListServices,
  paginateListTasks,
  type Task,
} from '@aws-sdk/client-ecs';
import type { DeploymentScope, DeploymentSource } from '../../actions/ports.ts';
import { mapLimited } from '../../actions/stored-objects.ts';
import { scopeFailure } from '../deployments/scope-failure.ts';
import { nameInArn, readTasks } from './ecs-tasks.ts';
import { nameAt } from './name-at.ts';
import { callFailure, readPages } from './read-pages.ts';
import { regionOf } from './region-of.ts';

/** Both the longest page of tasks and the most that are described at once (ECS API Reference, ListTasks, DescribeTasks). */
const TASKS = 100;

/** The longest page of services (ECS API Reference, ListServices). */
const SERVICES = 100;

/** Clusters that are read side by side: a region's calls share one rate. */
const CLUSTERS_AT_ONCE = 4;

/**
 * What the tasks of ECS run, in one account and region. Scopes: `ecs/<region>` for the list
 * of clusters, `ecs/<region>/<cluster>` for what runs in each; of another place than the
 * stack's own `ecs/<place>:<region>`, and `ecs/<place>:<cluster>` in workloads.
 */
export function createEcsDeployments(client: ECSClient, place?: string): DeploymentSource {
  return {
    async list(): Promise<DeploymentScope[]> {
      const region = `ecs/${nameAt(place, await regionOf(client))}`;
      const clusters = await readPages(
        'ListClusters',
        paginateListClusters({ client, pageSize: 100 }, {}),
        ({ clusterArns }) => clusterArns,
      );
      const scopes = await mapLimited(clusters.items, CLUSTERS_AT_ONCE, (cluster) =>
        listCluster(client, { region, place, cluster }),
      );
      return [{ scope: region, failure: clusters.failure, deployments: [] }, ...scopes];
    },
  };
}

interface Cluster {
  /** The scope above it. */
  readonly region: string;
  readonly place: string | undefined;
  /** Its ARN. */
  readonly cluster: string;
}

async function listCluster(
  client: ECSClient,
  { region, place, cluster }: Cluster,
): Promise<DeploymentScope> {
  const services = await readPages(
    'ListServices',
    paginateListServices({ client, pageSize: SERVICES }, { cluster }),
    ({ serviceArns }) => serviceArns,
  );
  const listed = await readPages(
    'ListTasks',
    paginateListTasks({ client, pageSize: TASKS }, { cluster, desiredStatus: 'RUNNING' }),
    ({ taskArns }) => taskArns,
  );
  const tasks: Task[] = [];
  const reasons = [services.failure, listed.failure];
  for (let start = 0; start < listed.items.length; start += TASKS) {
    const batch = await describeTasks(client, cluster, listed.items.slice(start, start + TASKS));
    tasks.push(...batch.tasks);
    reasons.push(...batch.reasons);
  }
  const name = nameInArn(cluster);
  const workloads = nameAt(place, name);
  const { deployments, problems } = readTasks(workloads, tasks);
  return {
    scope: `${region}/${name}`,
    failure: scopeFailure([...reasons, ...problems]),
    deployments,
    // Tasks that no service started come and go, and nobody says whether they come again.
    idle: [
      ...services.items.map((arn) => `ecs/${workloads}/${nameInArn(arn)}`),
      `ecs/${workloads}/task/*`,
    ],
  };
}

interface Described {
  readonly tasks: readonly Task[];
  /** What of the batch could not be described. */
  readonly reasons: readonly string[];
}

/** Describes each task that was listed, or says of which one nothing is known. */
async function describeTasks(
  client: ECSClient,
  cluster: string,
  arns: readonly string[],
): Promise<Described> {
  try {
    const command = new DescribeTasksCommand({ cluster, tasks: [...arns] });
    const { tasks = [], failures = [] } = await client.send(command);
    const answered = new Set(tasks.map(({ taskArn }) => taskArn));
    const whyNot = new Map(failures.map(({ arn, reason }) => [arn, reason]));
    const reasons = arns
      .filter((arn) => !answered.has(arn))
      .map((arn) => `task ${nameInArn(arn)}: ${whyNot.get(arn) ?? 'not described'}`);
    return { tasks, reasons };
  } catch (error) {
    return { tasks: [], reasons: [callFailure('DescribeTasks', error)] };
  }
}
