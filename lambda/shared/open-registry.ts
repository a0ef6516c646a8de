import type { Registry } from '../../actions/ports.ts';
import { createEcrAuthorizationToken } from '../../adapters/aws/ecr-authorization-token.ts';
import { createEcrCredentials } from '../../adapters/aws/ecr-credentials.ts';
import { createRegistry, type RegistryOptions } from '../../adapters/registry/create-registry.ts';
import type { RegistryEndpoints } from '../../adapters/registry/registry-endpoints.ts';
import { clock } from './telemetry.ts';

/** What `REGISTRY` of `variables.ts` parses to. */
export interface RegistryEnvironment {
  readonly REGISTRY_ENDPOINTS: RegistryEndpoints;
}

/** Any registry; ECR's hosts with the rights of this function's role. */
export function openRegistry(
  { REGISTRY_ENDPOINTS }: RegistryEnvironment,
  deadlines: Pick<RegistryOptions, 'deadline' | 'captureDeadline'> = {},
): Registry {
  return createRegistry({
    ...deadlines,
    endpoints: REGISTRY_ENDPOINTS,
    credentialsFor: createEcrCredentials({
      authorizationToken: createEcrAuthorizationToken(),
      clock,
    }),
  });
}
