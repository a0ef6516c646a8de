import { createEcsClient } from '../../adapters/aws/create-aws-clients.ts';
import type { Digest } from '../../core/image/digest.ts';
import { type AwsAnswer, type AwsCall, type AwsServer, startAwsServer } from './aws-server.ts';

const ARN = 'arn:aws:ecs:us-east-1:123456789012';

/** A task in the words of the ECS API Reference (Task); times are seconds. */
export type EcsTask = Readonly<Record<string, unknown>> & { readonly taskArn: string };

export interface TaskSpec {
  readonly cluster?: string;
  readonly service?: string;
  readonly image?: string;
  readonly digest?: Digest | null;
  readonly startedAt?: number;
  readonly architecture?: string | null;
  /** What else of the answer is different. */
  readonly other?: Readonly<Record<string, unknown>>;
}

let tasks = 0;

/** A running task of one container, `app`. */
export function aTask(spec: TaskSpec = {}): EcsTask {
  const { cluster = 'prod', service = 'web', image = 'r.test/web:1' } = spec;
  const { digest = digestLike('a'), startedAt = 1_700_000_000, architecture = 'x86_64' } = spec;
  return {
    taskArn: `${ARN}:task/${cluster}/${String(++tasks).padStart(32, '0')}`,
    clusterArn: clusterArn(cluster),
    taskDefinitionArn: `${ARN}:task-definition/${service}-family:7`,
    group: `service:${service}`,
    lastStatus: 'RUNNING',
    desiredStatus: 'RUNNING',
    startedAt,
    attributes: architecture ? [{ name: 'ecs.cpu-architecture', value: architecture }] : [],
    platformFamily: 'Linux',
    containers: [
      { name: 'app', image, lastStatus: 'RUNNING', ...(digest && { imageDigest: digest }) },
    ],
    ...spec.other,
  };
}

/** `sha256:aaaa…`. */
export function digestLike(digit: string): Digest {
  return `sha256:${digit.repeat(64)}`;
}

/** What is in the region, and how it answers. */
export interface FakeEcs extends AsyncDisposable {
  readonly client: ReturnType<typeof createEcsClient>;
  readonly options: AwsServer['options'];
  readonly calls: AwsServer['calls'];
  /** Tasks by cluster. */
  readonly clusters: Map<string, EcsTask[]>;
  /** Names of services that are there, by cluster. */
  readonly services: Map<string, string[]>;
  /** Items a page. */
  pageSize: number;
  /** Answers instead of the service while it gives something. */
  refuse: (call: AwsCall) => AwsAnswer | undefined;
}

/** ECS as far as its lists go, over HTTP: AWS JSON 1.1. */
export async function startFakeEcs(): Promise<FakeEcs> {
  const clusters = new Map<string, EcsTask[]>();
  const services = new Map<string, string[]>();
  const server = await startAwsServer((call) => ecs.refuse(call) ?? answerTo(ecs, call));
  const client = createEcsClient(server.options);
  const ecs: FakeEcs = {
    client,
    options: server.options,
    calls: server.calls,
    clusters,
    services,
    pageSize: 100,
    refuse: () => undefined,
    async [Symbol.asyncDispose]() {
      client.destroy();
      await server[Symbol.asyncDispose]();
    },
  };
  return ecs;
}

function answerTo(ecs: FakeEcs, { name, input }: AwsCall): AwsAnswer {
  const cluster = String(input.cluster).split('/')[1] ?? '';
  const of = ecs.clusters.get(cluster) ?? [];
  if (name === 'ListClusters') return page(ecs, input, 'clusterArns', clusterArns(ecs));
  if (name === 'ListTasks') {
    return page(
      ecs,
      input,
      'taskArns',
      of.map(({ taskArn }) => taskArn),
    );
  }
  if (name === 'ListServices') {
    const arns = (ecs.services.get(cluster) ?? []).map(
      (each) => `${ARN}:service/${cluster}/${each}`,
    );
    return page(ecs, input, 'serviceArns', arns);
  }
  const asked = input.tasks as string[];
  if (asked.length > 100) return { error: 'InvalidParameterException' };
  const found = of.filter(({ taskArn }) => asked.includes(taskArn));
  return { output: { tasks: found, failures: [] } };
}

function clusterArns({ clusters }: FakeEcs): string[] {
  return [...clusters.keys()].map(clusterArn);
}

function clusterArn(cluster: string): string {
  return `${ARN}:cluster/${cluster}`;
}

function page(ecs: FakeEcs, input: AwsCall['input'], key: string, all: string[]): AwsAnswer {
  const start = Number(input.nextToken ?? 0);
  const next = start + ecs.pageSize;
  return {
    output: {
      [key]: all.slice(start, next),
      ...(next < all.length && { nextToken: String(next) }),
    },
  };
}
