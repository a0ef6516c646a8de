import type { Registry } from '../../actions/ports.ts';
import { createEcrAuthorizationToken } from '../../adapters/aws/ecr-authorization-token.ts';
import { createEcrCredentials, isEcrHost } from '../../adapters/aws/ecr-credentials.ts';
import { createSecretCredentials } from '../../adapters/aws/secret-credentials.ts';
import { createRegistry, type RegistryOptions } from '../../adapters/registry/create-registry.ts';
import type { RegistryEndpoints } from '../../adapters/registry/registry-endpoints.ts';
import { clock } from './telemetry.ts';

/** What `REGISTRY` of `variables.ts` parses to. */
export interface RegistryEnvironment {
  readonly REGISTRY_ENDPOINTS: RegistryEndpoints;
  readonly REGISTRY_SECRETS: Readonly<Record<string, string>>;
}

/** Any registry; ECR's hosts with the rights of this function's role, others by their secrets. */
export function openRegistry(
  { REGISTRY_ENDPOINTS, REGISTRY_SECRETS }: RegistryEnvironment,
  deadlines: Pick<RegistryOptions, 'deadline' | 'captureDeadline'> = {},
): Registry {
  const ofEcr = createEcrCredentials({
    authorizationToken: createEcrAuthorizationToken(),
    clock,
  });
  const ofSecrets = createSecretCredentials({ secrets: REGISTRY_SECRETS, clock });
  return createRegistry({
    ...deadlines,
    endpoints: REGISTRY_ENDPOINTS,
    credentialsFor: async (registry, isRefused) =>
      isEcrHost(registry) ? ofEcr(registry) : ofSecrets(registry, isRefused),
  });
}
