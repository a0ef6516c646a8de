import type { DeploymentSource } from '../../actions/ports.ts';
import { type AssumedRole, assumeRole } from '../../adapters/aws/assumed-role.ts';
import {
  type AwsClientOptions,
  createEcsClient,
  createLambdaClient,
  createStsClient,
} from '../../adapters/aws/create-aws-clients.ts';
import { createEcsDeployments } from '../../adapters/aws/ecs-deployments.ts';
import { createLambdaDeployments } from '../../adapters/aws/lambda-deployments.ts';
import { nameAt } from '../../adapters/aws/name-at.ts';

/** Another account or region in which something runs. */
export interface Elsewhere extends Partial<AssumedRole> {
  readonly name: string;
  readonly region: string;
}

const SOURCES = {
  ecs: (options: AwsClientOptions, place?: string) =>
    createEcsDeployments(createEcsClient(options), place),
  lambda: (options: AwsClientOptions, place?: string) =>
    createLambdaDeployments(createLambdaClient(options), place),
};

/** Who can be asked what runs. */
export type SourceName = keyof typeof SOURCES;

/**
 * The orchestrators of the function's own account and region, and of each place elsewhere, by the
 * scope that each stands for: one that cannot be reached is alone in that.
 */
export function openSources(
  names: readonly SourceName[],
  elsewhere: readonly Elsewhere[],
  options: AwsClientOptions = {},
): Record<string, DeploymentSource> {
  const there = elsewhere.map((place) => ({ ...place, options: optionsAt(place, options) }));
  return Object.fromEntries(
    names.flatMap((source): [string, DeploymentSource][] => [
      [source, SOURCES[source](options)],
      ...there.map(({ name, region, options }): [string, DeploymentSource] => [
        `${source}/${nameAt(name, region)}`,
        SOURCES[source](options, name),
      ]),
    ]),
  );
}

function optionsAt(
  { region, role, externalId }: Elsewhere,
  options: AwsClientOptions,
): AwsClientOptions {
  if (role === undefined) return { ...options, region };
  const credentials = assumeRole(createStsClient(options), { role, externalId });
  return { ...options, region, credentials };
}
