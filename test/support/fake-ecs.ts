import { type AwsClientOptions, createEcsClient } from '../../adapters/aws/create-aws-clients.ts';
import type { Digest } from '../../core/image/digest.ts';
import { embeddedClientOptions } from '../../local/cloud/embedded-clients.ts';
import { ECS_ARN, type EcsTask } from '../../local/cloud/orchestrators/ecs-api.ts';
import { startOrchestrators } from '../../local/cloud/orchestrators/start-orchestrators.ts';
import type { JsonAnswer, JsonCall } from '../../local/cloud/start-json-server.ts';

export type { EcsTask };

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
    taskArn: `${ECS_ARN}:task/${cluster}/${String(++tasks).padStart(32, '0')}`,
    clusterArn: `${ECS_ARN}:cluster/${cluster}`,
    taskDefinitionArn: `${ECS_ARN}:task-definition/${service}-family:7`,
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
  readonly options: AwsClientOptions;
  readonly calls: readonly JsonCall[];
  /** Tasks by cluster. */
  readonly clusters: Map<string, EcsTask[]>;
  /** Names of services that are there, by cluster. */
  readonly services: Map<string, string[]>;
  /** Items a page. */
  pageSize: number;
  /** Answers instead of the service while it gives something. */
  refuse: (call: JsonCall) => JsonAnswer | undefined;
}

/** The embedded ECS, with tasks that a test writes. */
export async function startFakeEcs(): Promise<FakeEcs> {
  const clusters = new Map<string, EcsTask[]>();
  const services = new Map<string, string[]>();
  const calls: JsonCall[] = [];
  const server = await startOrchestrators(
    { ecs: { clusters, services }, lambda: { functions: new Map() }, eks: { clusters: new Map() } },
    {
      pageSize: () => ecs.pageSize,
      refuse(call) {
        calls.push(call);
        return ecs.refuse(call);
      },
    },
  );
  const options = embeddedClientOptions(server.endpoint);
  const client = createEcsClient(options);
  const ecs: FakeEcs = {
    client,
    options,
    calls,
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
