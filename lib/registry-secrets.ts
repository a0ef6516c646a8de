import { ArnFormat, Stack, Token } from 'aws-cdk-lib';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { allow } from './allow.ts';
import { placeOfSecret } from './secret-places.ts';
import { InvalidConfigError, type TidewatchConfig } from './tidewatch-config.ts';

type Config = Pick<TidewatchConfig, 'registries'>;

/** The variable that names the secrets. */
export function registryVariables({ registries }: Config): { readonly REGISTRY_SECRETS: string } {
  const secrets = Object.entries(registries).map(([host, { secret }]) => [host, secret]);
  return { REGISTRY_SECRETS: JSON.stringify(Object.fromEntries(secrets)) };
}

/** Where a stack goes; nothing where that is not known yet. */
interface StackPlace {
  readonly account: string | undefined;
  readonly region: string | undefined;
}

/** Where a stack that is made for one account or region goes. */
export function placeOfStack(scope: Construct): StackPlace {
  const { account, region } = Stack.of(scope);
  return {
    account: Token.isUnresolved(account) ? undefined : account,
    region: Token.isUnresolved(region) ? undefined : region,
  };
}

/**
 * Refuses secrets of another account or region than the stack's: the functions ask Secrets Manager
 * where they are.
 *
 * @throws InvalidConfigError
 */
export function refuseSecretsBeyond(here: StackPlace, { registries }: Config): void {
  const lines = Object.entries(registries).flatMap(([host, { secret }]) => {
    const place = placeOfSecret(secret);
    return (['account', 'region'] as const)
      .filter((each) => place && here[each] && place[each] !== here[each])
      .map(
        (each) =>
          `  registries["${host}"].secret: expected a secret of the stack’s own ${each} (${here[each]}), got one of ${place?.[each]}`,
      );
  });
  if (lines.length > 0) throw new InvalidConfigError(`bad configuration:\n${lines.join('\n')}`);
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
