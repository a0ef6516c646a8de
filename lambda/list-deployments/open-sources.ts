import type { DeploymentSource } from '../../actions/ports.ts';
import { type AssumedRole, assumeRole } from '../../adapters/aws/assumed-role.ts';
import {
  type AwsClientOptions,
  createEcsClient,
  createEksClient,
  createLambdaClient,
  createStsClient,
} from '../../adapters/aws/create-aws-clients.ts';
import { createEcsDeployments } from '../../adapters/aws/ecs-deployments.ts';
import { createEksDeployments } from '../../adapters/aws/eks-deployments.ts';
import { createLambdaDeployments } from '../../adapters/aws/lambda-deployments.ts';
import { nameAt } from '../../adapters/aws/name-at.ts';

/** Another account or region in which something runs. */
export interface Elsewhere extends Partial<AssumedRole> {
  readonly name: string;
  readonly region: string;
  /** Names of the clusters of EKS that are listed there. */
  readonly eks: readonly string[];
}

const SOURCES = {
  ecs: (options: AwsClientOptions, place?: string) =>
    createEcsDeployments(createEcsClient(options), place),
  lambda: (options: AwsClientOptions, place?: string) =>
    createLambdaDeployments(createLambdaClient(options), place),
};

/** Who can be asked for everything that it runs. */
export type SourceName = keyof typeof SOURCES;

/** Who is asked what runs, and where. */
export interface AskedSources {
  /** Asked at home and in each place. */
  readonly sources: readonly SourceName[];
  /** Names of the clusters of EKS that are listed at home. */
  readonly eks: readonly string[];
  readonly elsewhere: readonly Elsewhere[];
}

/**
 * The orchestrators of the function's own account and region, and of each place elsewhere, by the
 * scope that each stands for: one that cannot be reached is alone in that.
 */
export function openSources(
  { sources, eks, elsewhere }: AskedSources,
  options: AwsClientOptions = {},
): Record<string, DeploymentSource> {
  const there = elsewhere.map((place) => ({ ...place, options: optionsAt(place, options) }));
  return Object.fromEntries([
    ...sources.flatMap((source): [string, DeploymentSource][] => [
      [source, SOURCES[source](options)],
      ...there.map(({ name, region, options }): [string, DeploymentSource] => [
        `${source}/${nameAt(name, region)}`,
        SOURCES[source](options, name),
      ]),
    ]),
    ...openEks('eks', eks, options),
    ...there.flatMap(({ name, region, eks, options }) =>
      openEks(`eks/${nameAt(name, region)}`, eks, options, name),
    ),
  ]);
}

/** Nothing is asked of EKS where no cluster is named. */
function openEks(
  scope: string,
  clusters: readonly string[],
  options: AwsClientOptions,
  place?: string,
): [string, DeploymentSource][] {
  if (clusters.length === 0) return [];
  return [[scope, createEksDeployments({ client: createEksClient(options), clusters, place })]];
}

function optionsAt(
  { region, role, externalId }: Elsewhere,
  options: AwsClientOptions,
): AwsClientOptions {
  if (role === undefined) return { ...options, region };
  const credentials = assumeRole(createStsClient(options), { role, externalId });
  return { ...options, region, credentials };
}
