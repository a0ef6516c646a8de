import type { Fleet } from '../../local/cloud/orchestrators/fleet.ts';
import { homeOf, startEcr } from '../../local/cloud/start-ecr.ts';
import type { WorldClock } from '../../local/player/world-clock.ts';
import type { EmbeddedRegistry } from '../../local/registry/start-registry.ts';
import { createGuard, type Guard } from '../iam/guard.ts';
import { type Policies, readPolicies } from '../iam/policies.ts';
import { createFunctionHost, type FunctionHost } from '../runtime/function-host.ts';
import type { Place } from '../template/place.ts';
import type { Assembly } from '../template/read-assembly.ts';
import { resolveTemplate } from '../template/resolve-template.ts';
import { readStack, type StackModel } from '../template/stack-model.ts';
import { serveFleet } from '../world/fleet-service.ts';
import { openRegistryDoor } from '../world/registry-door.ts';
import { checkDeployment } from './deployment-checks.ts';
import { emulatedServices, forward, startEmulators } from './emulators.ts';
import { createEventBus, type EventBus } from './event-bus.ts';
import { openFrontDoor, type Serve } from './front-door.ts';
import type { InvokeOptions } from './invoke-function.ts';
import { createLambdaService, type LambdaService } from './lambda-service.ts';
import { type InsideClients, makeResources, openInsideClients } from './make-resources.ts';
import { createQueueSender } from './queue-sender.ts';
import { createScheduler, type Scheduler } from './scheduler.ts';

export interface DeployOptions {
  readonly assembly: Assembly;
  readonly place: Place;
  readonly clock: WorldClock;
  readonly fleet: Fleet;
  readonly registry: EmbeddedRegistry;
  /** Registries that the world speaks of. */
  readonly hosts: Iterable<string>;
  readonly onProblem: (problem: string) => void;
  readonly onOutput?: ((functionName: string, line: string) => void) | undefined;
  readonly onInvoke?: InvokeOptions['onInvoke'];
  /** Calls that fail, as often as said, by `sns:Publish`. @default none */
  readonly failures?: Readonly<Record<string, number>> | undefined;
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
  stop(): Promise<void>;
}

/** The services whose endpoints the SDK is told (https://docs.aws.amazon.com/sdkref/latest/guide/ss-endpoints-table.html). */
const ENDPOINTS = ['DYNAMODB', 'ECR', 'ECS', 'LAMBDA', 'S3', 'SNS', 'SQS'];

/** Makes everything that the template holds, and starts what stands behind it. */
export async function deployAssembly(options: DeployOptions): Promise<AssemblyCloud> {
  const { assembly, place, clock, fleet, registry, onProblem } = options;
  const template = resolveTemplate(assembly, place);
  const stack = readStack(assembly, template);
  const policies = readPolicies(template);
  const guard = createGuard(policies, place);
  const emulators = await startEmulators(place);
  const clients = openInsideClients(emulators, place);
  const door = await openRegistryDoor({ registry, guard, onProblem });
  const ecr = await startEcr({ registry, home: homeOf(options.hosts) });
  const fleetServices = serveFleet(fleet, place);
  const send = createQueueSender(clients, guard, place, onProblem);
  const roles = new Map(stack.functions.map(({ logicalId, role }) => [logicalId, { role }]));
  const services = {
    ...emulatedServices(emulators, guard, onProblem),
    // Who a token is for, the door has to know; all else is the embedded ECR's to say.
    ecr: (...[request, caller]: Parameters<Serve>) =>
      request.operation === 'GetAuthorizationToken'
        ? door.authorize(request, caller)
        : forward(ecr.endpoint, request),
    ecs: fleetServices.ecs,
    lambda: (...call: Parameters<LambdaService['serve']>) => lambda.serve(...call),
  };
  const callerOf = (accessKeyId: string) => roles.get(accessKeyId);
  const failures = new Map(Object.entries(options.failures ?? {}));
  const front = await openFrontDoor({ place, guard, services, callerOf, failures, onProblem });
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
    otherwise: fleetServices.lambda,
    async onDeadLetter({ role, deadLetters }, payload) {
      if (deadLetters) await send({ role }, deadLetters, payload);
    },
  });
  await makeResources(stack, clients);
  for (const problem of await checkDeployment(stack, place, guard)) onProblem(problem);

  return {
    stack,
    guard,
    policies,
    clients,
    host,
    lambda,
    bus: createEventBus(stack, send),
    scheduler: createScheduler({ stack, place, guard, lambda, send, onProblem }),
    async stop() {
      await host.stop();
      clients.destroy();
      await Promise.all([front.close(), door.close(), ecr.stop(), emulators.stop()]);
    },
  };
}
