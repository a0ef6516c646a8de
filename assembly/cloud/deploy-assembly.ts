import type { Fleet } from '../../local/cloud/orchestrators/fleet.ts';
import { homeOf, startEcr } from '../../local/cloud/start-ecr.ts';
import type { WorldClock } from '../../local/player/world-clock.ts';
import type { WorldFeeds } from '../../local/player/world-feeds.ts';
import type { EmbeddedRegistry } from '../../local/registry/start-registry.ts';
import { createGuard, type Guard } from '../iam/guard.ts';
import { type Policies, readPolicies } from '../iam/policies.ts';
import { createFunctionHost, type FunctionHost } from '../runtime/function-host.ts';
import type { Place } from '../template/place.ts';
import type { Assembly } from '../template/read-assembly.ts';
import { resolveTemplate } from '../template/resolve-template.ts';
import { readStack, type StackModel } from '../template/stack-model.ts';
import { openAnotherAccount } from '../world/another-account.ts';
import { type FeedMirror, MIRROR, openFeedMirror } from '../world/feed-mirror.ts';
import { openOrchestratorsDoor } from '../world/orchestrators-door.ts';
import { openRegistryDoor, type RegistryDoor } from '../world/registry-door.ts';
import { serveSecrets } from '../world/secrets.ts';
import { checkDeployment } from './deployment-checks.ts';
import { emulatedServices, forward, startEmulators } from './emulators.ts';
import { createEventBus, type EventBus } from './event-bus.ts';
import { type Interfere, openFrontDoor, type Serve } from './front-door.ts';
import type { InvokeOptions } from './invoke-function.ts';
import { createLambdaService, type LambdaService } from './lambda-service.ts';
import { type InsideClients, makeResources, openInsideClients } from './make-resources.ts';
import { putAssets } from './put-assets.ts';
import { createQueueSender } from './queue-sender.ts';
import { s3Target } from './requested-rights.ts';
import { createScheduler, type Scheduler } from './scheduler.ts';

export interface DeployOptions {
  readonly assembly: Assembly;
  readonly place: Place;
  readonly clock: WorldClock;
  readonly fleet: Fleet;
  readonly registry: EmbeddedRegistry;
  readonly feeds: WorldFeeds;
  /** Texts of Secrets Manager, by name. */
  readonly secrets: ReadonlyMap<string, string>;
  /** Registries that the world speaks of. */
  readonly hosts: Iterable<string>;
  readonly onProblem: (problem: string) => void;
  readonly onOutput?: ((functionName: string, line: string) => void) | undefined;
  readonly onInvoke?: InvokeOptions['onInvoke'];
  /** @default nothing */
  readonly interfere?: Interfere | undefined;
}

/** A stack that is deployed into the emulators. */
export interface AssemblyCloud {
  readonly stack: StackModel;
  readonly guard: Guard;
  readonly policies: Policies;
  readonly clients: InsideClients;
  readonly host: FunctionHost;
  readonly lambda: LambdaService;
  readonly bus: EventBus;
  readonly scheduler: Scheduler;
  /** Deploys another version: of policies, functions, aliases and rules; queues, tables and the like stay. */
  update(assembly: Assembly): void;
  stop(): Promise<void>;
}

/** The services whose endpoints the SDK is told (https://docs.aws.amazon.com/sdkref/latest/guide/ss-endpoints-table.html). */
const ENDPOINTS = [
  'DYNAMODB',
  'ECR',
  'ECS',
  'EKS',
  'LAMBDA',
  'S3',
  'SECRETS_MANAGER',
  'SNS',
  'SQS',
  'STS',
];

/** Makes everything that the template holds, and starts what stands behind it. */
export async function deployAssembly(options: DeployOptions): Promise<AssemblyCloud> {
  const { assembly, place, clock, registry, onProblem } = options;
  const { stack, policies } = read(assembly, place);
  const guard = createGuard(policies, place);
  const emulators = await startEmulators(place);
  const clients = openInsideClients(emulators, place);
  const door = await openRegistryDoor({ registry, guard, onProblem });
  const outside = await openOutside(options, door);
  const send = createQueueSender(clients, guard, place, onProblem);
  const front = await openFrontDoor({
    place,
    guard,
    services: {
      ...outside.services,
      ...withMirror(emulatedServices(emulators, guard, onProblem), outside.mirror),
      lambda: (...call: Parameters<LambdaService['serve']>) => lambda.serve(...call),
    },
    callerOf: (accessKeyId) => stack.functions.find(({ logicalId }) => logicalId === accessKeyId),
    another: outside.another,
    interfere: options.interfere,
    onProblem,
  });
  const host = createFunctionHost({
    place,
    endpoints: {
      ...Object.fromEntries(ENDPOINTS.map((name) => [`AWS_ENDPOINT_URL_${name}`, front.url])),
      REGISTRY_ENDPOINTS: door.endpoints(options.hosts),
    },
    ...(options.onOutput && { onOutput: options.onOutput }),
  });
  const lambda = createLambdaService({
    place,
    stack,
    host,
    guard,
    clock,
    onProblem,
    onInvoke: options.onInvoke,
    otherwise: outside.services.ecs,
    async onDeadLetter({ role, deadLetters }, payload) {
      if (deadLetters) await send({ role }, deadLetters, payload);
    },
  });
  await makeResources(stack, clients);
  await putAssets(assembly, place, clients);
  for (const problem of await checkDeployment(stack, place, guard)) onProblem(problem);

  return {
    stack,
    guard,
    policies,
    clients,
    host,
    lambda,
    bus: createEventBus({ stack, guard, lambda, send, onProblem }),
    scheduler: createScheduler({ stack, place, guard, lambda, send, onProblem }),
    update(changed) {
      const next = read(changed, place);
      Object.assign(stack, next.stack);
      guard.update(next.policies);
    },
    async stop() {
      await host.stop();
      clients.destroy();
      await Promise.all([front.close(), door.close(), outside.close(), emulators.stop()]);
    },
  };
}

function read(assembly: Assembly, place: Place) {
  const template = resolveTemplate(assembly, place);
  return { stack: readStack(assembly, template), policies: readPolicies(template) };
}

/** What is not of the stack: registries, orchestrators, secrets, feeds, another account. */
async function openOutside(
  { registry, hosts, fleet, feeds, secrets, place, clock }: DeployOptions,
  door: RegistryDoor,
) {
  const ecr = await startEcr({ registry, home: homeOf(hosts) });
  const orchestrators = await openOrchestratorsDoor(fleet, place, clock);
  const another = await openAnotherAccount(place, clock);
  // Who a token is for, the door has to know; all else is the embedded ECR's to say.
  const serveEcr: Serve = (request, caller) =>
    request.operation === 'GetAuthorizationToken'
      ? door.authorize(request, caller)
      : forward(ecr.endpoint, request);
  return {
    another,
    mirror: openFeedMirror(feeds),
    services: {
      ecr: serveEcr,
      ecs: orchestrators.serve,
      eks: orchestrators.serve,
      secretsmanager: serveSecrets(secrets),
      sts: another.assumeRole,
    },
    close: () => Promise.all([ecr.stop(), orchestrators.close(), another.close()]),
  };
}

/** One bucket is somebody else's. */
function withMirror<Services extends { readonly s3: Serve }>(
  services: Services,
  mirror: FeedMirror,
): Services {
  return {
    ...services,
    s3: (request: Parameters<Serve>[0], caller: Parameters<Serve>[1]) =>
      (s3Target(request.url).bucket === MIRROR ? mirror.serve : services.s3)(request, caller),
  };
}
