import { ArnFormat, Stack } from 'aws-cdk-lib';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { allow } from './allow.ts';
import type { TidewatchConfig } from './tidewatch-config.ts';

type Config = Pick<TidewatchConfig, 'registries'>;

/** The variable that names the secrets. */
export function registryVariables({ registries }: Config): { readonly REGISTRY_SECRETS: string } {
  const secrets = Object.entries(registries).map(([host, { secret }]) => [host, secret]);
  return { REGISTRY_SECRETS: JSON.stringify(Object.fromEntries(secrets)) };
}

/** Allows a function that asks registries to read exactly their secrets. */
export function grantRegistrySecrets(to: LambdaFunction, { registries }: Config): void {
  const secrets = Object.values(registries).map(({ secret }) => arnOf(to, secret));
  allow(to, ['secretsmanager:GetSecretValue'], [...new Set(secrets)]);
}

/**
 * A name is known without the six characters that AWS puts behind it
 * (https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_iam-policies.html).
 */
function arnOf(to: LambdaFunction, secret: string): string {
  if (secret.startsWith('arn:')) return secret;
  return Stack.of(to).formatArn({
    service: 'secretsmanager',
    resource: 'secret',
    resourceName: `${secret}-??????`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}
