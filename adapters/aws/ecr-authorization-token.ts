import * as z from 'zod';
import type { Clock } from '../../actions/ports.ts';
import { AccessDeniedError, RegistryUnavailableError } from '../../core/image/errors.ts';
import { type AwsCredentials, signRequest } from './sign-request.ts';

export interface EcrAuthorizationTokenOptions {
  /** An SDK client's `config.credentials`. */
  readonly credentials: () => Promise<AwsCredentials>;
  /** ECR's API elsewhere. @default the region's */
  readonly endpoint?: string | undefined;
  readonly clock: Clock;
  /** @default the global fetch */
  readonly fetch?: typeof fetch;
}

/** Milliseconds for one question. */
const DEADLINE = 10_000;

const Answer = z.object({
  authorizationData: z.array(z.object({ authorizationToken: z.string().min(1) })).min(1),
});

/**
 * Asks ECR for the token of a registry host, in the host's own region: ECR API Reference,
 * GetAuthorizationToken. One call of one service, so it is signed here and needs no client.
 *
 * @throws AccessDeniedError, RegistryUnavailableError
 */
export function createEcrAuthorizationToken(
  options: EcrAuthorizationTokenOptions,
): (registry: string) => Promise<string> {
  const send = options.fetch ?? fetch;

  return async (registry) => {
    const region = regionOf(registry);
    const url = new URL(options.endpoint ?? defaultEndpoint(registry, region));
    const body = '{}';
    const headers = signRequest(
      {
        url,
        headers: {
          'content-type': 'application/x-amz-json-1.1',
          'x-amz-target': 'AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken',
        },
        body,
      },
      await options.credentials(),
      { service: 'ecr', region, at: options.clock.now() },
    );
    const answer = await ask(registry, () =>
      send(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(DEADLINE) }),
    );
    return readToken(registry, answer);
  };
}

/** `<account>.dkr.ecr[-fips].<region>.amazonaws.com` */
function regionOf(registry: string): string {
  return registry.split('.')[3] ?? '';
}

/** General Reference, Amazon ECR endpoints: `api.ecr.<region>`, and the FIPS ones. */
function defaultEndpoint(registry: string, region: string): string {
  const domain = registry.endsWith('.cn') ? 'amazonaws.com.cn' : 'amazonaws.com';
  const host = registry.includes('.ecr-fips.') ? 'ecr-fips' : 'api.ecr';
  return `https://${host}.${region}.${domain}/`;
}

async function ask(registry: string, send: () => Promise<Response>): Promise<Response> {
  try {
    return await send();
  } catch (cause) {
    throw new RegistryUnavailableError(`no token for ${registry}: ECR does not answer`, { cause });
  }
}

async function readToken(registry: string, answer: Response): Promise<string> {
  const text = await answer.text();
  // AWS JSON 1.1: 400 holds every refusal, of which only the caller's rights matter here.
  if (answer.status === 400 || answer.status === 403) {
    throw new AccessDeniedError(`no token for ${registry}: ${text.slice(0, 200)}`);
  }
  const data = answer.ok ? Answer.safeParse(parseJson(text)).data : undefined;
  const token = data?.authorizationData[0]?.authorizationToken;
  if (!token) {
    throw new RegistryUnavailableError(`no token for ${registry}: ECR answered ${answer.status}`);
  }
  return token;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
