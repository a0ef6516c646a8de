import { ECRClient, type ECRClientConfig, GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr';
import { AccessDeniedError, RegistryUnavailableError } from '../../core/image/errors.ts';

/** What ECR's clients are made with besides the region. @default the SDK's own choice */
export type EcrClientOptions = Pick<
  ECRClientConfig,
  'endpoint' | 'credentials' | 'maxAttempts' | 'retryStrategy'
>;

/**
 * Asks ECR for the token of a registry host, in the host's own region (ECR API
 * Reference, GetAuthorizationToken). `onClient` is told of each client that is made.
 *
 * @throws AccessDeniedError, RegistryUnavailableError
 */
export function createEcrAuthorizationToken(
  options: EcrClientOptions = {},
  onClient: (client: ECRClient) => void = () => {},
): (registry: string) => Promise<string> {
  const clients = new Map<string, ECRClient>();
  return async (registry) => {
    const known = clients.get(registry);
    const client = known ?? openClient(options, registry);
    clients.set(registry, client);
    if (!known) onClient(client);
    const token = await ask(client, registry);
    if (!token) throw new RegistryUnavailableError(`no token for ${registry}: ECR gave none`);
    return token;
  };
}

/** `<account>.dkr.ecr[-fips].<region>.amazonaws.com`: its API is where the host is. */
function openClient(options: EcrClientOptions, registry: string): ECRClient {
  const [, , service, region = ''] = registry.split('.');
  return new ECRClient({ ...options, region, useFipsEndpoint: service === 'ecr-fips' });
}

async function ask(client: ECRClient, registry: string): Promise<string | undefined> {
  try {
    const { authorizationData } = await client.send(new GetAuthorizationTokenCommand({}));
    return authorizationData?.[0]?.authorizationToken;
  } catch (cause) {
    const message = `no token for ${registry}: ${cause instanceof Error ? cause.message : cause}`;
    if (
      cause instanceof Error &&
      /AccessDenied|UnrecognizedClient|InvalidSignature/.test(cause.name)
    ) {
      throw new AccessDeniedError(message, { cause });
    }
    throw new RegistryUnavailableError(message, { cause });
  }
}
