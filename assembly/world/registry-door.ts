import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { isEcrHost } from '../../adapters/aws/ecr-credentials.ts';
import { parseRoute, type Route } from '../../local/registry/parse-route.ts';
import type { EmbeddedRegistry } from '../../local/registry/start-registry.ts';
import { type AwsAnswer, errorAnswer, jsonAnswer } from '../cloud/aws-request.ts';
import { forward } from '../cloud/emulators.ts';
import type { Serve } from '../cloud/front-door.ts';
import { closeServer, listenOnLoopback } from '../cloud/loopback.ts';
import type { Guard, Principal } from '../iam/guard.ts';
import { arnIn } from '../template/place.ts';

export interface RegistryDoorOptions {
  readonly registry: Pick<EmbeddedRegistry, 'url' | 'ecrAuthorizationToken' | 'endpointFor'>;
  readonly guard: Guard;
  readonly onProblem: (problem: string) => void;
}

/** The registries, with IAM in front of those that are ECR's. */
export interface RegistryDoor {
  /** `REGISTRY_ENDPOINTS` for these hosts. */
  endpoints(hosts: Iterable<string>): string;
  /** `GetAuthorizationToken`: a password that says whose it is. */
  readonly authorize: Serve;
  close(): Promise<void>;
}

/** ECR's HTTP API takes the rights of its own calls (https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html). */
const ACTIONS: Readonly<Partial<Record<Route['noun'], string>>> = {
  manifest: 'ecr:BatchGetImage',
  blob: 'ecr:GetDownloadUrlForLayer',
  tags: 'ecr:ListImages',
  // The API Reference, ListImageReferrers: it has no right of its own.
  referrers: 'ecr:BatchGetImage',
};

export async function openRegistryDoor(options: RegistryDoorOptions): Promise<RegistryDoor> {
  const { registry } = options;
  const callers = new Map<string, Principal>();
  const server = createServer(
    (message, response) => void handle(options, callers, message, response),
  );
  const url = await listenOnLoopback(server);
  return {
    endpoints: (hosts) =>
      [...hosts]
        .map((host) => {
          const direct = registry.endpointFor(host);
          return `${host}=${isEcrHost(host) ? direct.replace(registry.url, url) : direct}`;
        })
        .join(','),
    async authorize(_, caller) {
      const token = Buffer.from(`AWS:${JSON.stringify(caller)}`).toString('base64');
      callers.set(token, caller);
      const expiresAt = Math.floor(Date.now() / 1000) + 43_200;
      return jsonAnswer({
        authorizationData: [{ authorizationToken: token, expiresAt, proxyEndpoint: url }],
      });
    },
    close: () => closeServer(server),
  };
}

async function handle(
  options: RegistryDoorOptions,
  callers: ReadonlyMap<string, Principal>,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { status, headers, body } = await answer(options, callers, message).catch(
    (error: unknown) => {
      options.onProblem(`${message.method} ${message.url}: ${error}`);
      return { status: 500, headers: {}, body: '' };
    },
  );
  response.writeHead(status, headers);
  response.end(body);
}

async function answer(
  { registry, guard, onProblem }: RegistryDoorOptions,
  callers: ReadonlyMap<string, Principal>,
  { method = 'GET', url = '/', headers }: IncomingMessage,
): Promise<AwsAnswer> {
  const location = new URL(url, registry.url);
  const route = parseRoute(location.pathname);
  const token = /^Basic (.+)$/.exec(headers.authorization ?? '')?.[1] ?? '';
  const caller = callers.get(token);
  const right = route && rightOf(route);
  if (caller && right && !(await guard.allows(caller, right))) {
    onProblem(`denied: ${right.action} on ${right.resource} for ${JSON.stringify(caller)}`);
    return errorAnswer('DENIED', `not authorized to perform ${right.action}`, 403);
  }
  const { authorization: _, host: __, ...rest } = headers;
  return forward(registry.url, {
    service: 'ecr',
    accessKeyId: '',
    operation: '',
    method,
    url: location,
    headers: {
      ...rest,
      ...(caller && { authorization: `Basic ${registry.ecrAuthorizationToken}` }),
    },
    body: Buffer.alloc(0),
  });
}

function rightOf({ noun, host, repository }: Route) {
  const action = ACTIONS[noun];
  const [account = '', , , region = ''] = host.split('.');
  const resource = arnIn({ account, region }, 'ecr', `repository/${repository}`);
  return action === undefined ? undefined : { action, resource };
}
