import type { Registry } from '../../actions/ports.ts';
import {
  createEcrAuthorizationToken,
  type EcrAuthorizationTokenOptions,
} from '../../adapters/aws/ecr-authorization-token.ts';
import { createEcrCredentials } from '../../adapters/aws/ecr-credentials.ts';
import { createRegistry, type RegistryOptions } from '../../adapters/registry/create-registry.ts';
import type { RegistryEndpoints } from '../../adapters/registry/registry-endpoints.ts';
import { clock } from './telemetry.ts';

/** What `REGISTRY` of `variables.ts` parses to. */
export interface RegistryEnvironment {
  readonly REGISTRY_ENDPOINTS: RegistryEndpoints;
  readonly AWS_ENDPOINT_URL?: string | undefined;
  readonly AWS_ENDPOINT_URL_ECR?: string | undefined;
}

/** Any registry; ECR's hosts with the rights of this function's role. */
export function openRegistry(
  environment: RegistryEnvironment,
  credentials: EcrAuthorizationTokenOptions['credentials'],
  deadlines: Pick<RegistryOptions, 'deadline' | 'captureDeadline'> = {},
): Registry {
  const { REGISTRY_ENDPOINTS, AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_ECR } = environment;
  return createRegistry({
    ...deadlines,
    endpoints: REGISTRY_ENDPOINTS,
    credentialsFor: createEcrCredentials({
      authorizationToken: createEcrAuthorizationToken({
        credentials,
        endpoint: AWS_ENDPOINT_URL_ECR ?? AWS_ENDPOINT_URL,
        clock,
      }),
      clock,
    }),
  });
}
