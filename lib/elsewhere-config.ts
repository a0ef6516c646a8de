import * as z from 'zod';
import { expectedRegion } from './aws-regions.ts';
import { EXPECTED_ECR_HOST, isEcrHost, REGION } from './region-names.ts';

/** All clusters have eight minutes of the night together, four at once in each place (`adapters/aws/eks-deployments.ts`). */
export const CLUSTERS_AT_MOST = 20;

/** Names of clusters of EKS, each once (EKS API Reference, CreateCluster, `name`). */
export const EksClusters = z
  .array(
    z.string().regex(/^[0-9A-Za-z][A-Za-z0-9_-]{0,99}$/, 'expected the name of a cluster of EKS'),
  )
  .max(CLUSTERS_AT_MOST)
  .refine((all) => new Set(all).size === all.length, 'expected each cluster once')
  .default([]);

/** Beginnings of the ARNs of a region's partition (Amazon Resource Names guide). */
function partitionOf(region: string): RegExp {
  if (region.startsWith('cn-')) return /^arn:aws-cn:/;
  if (region.startsWith('us-gov-')) return /^arn:aws-us-gov:/;
  if (region.startsWith('eusc-')) return /^arn:aws-eusc:/;
  return /^[a-z]+-iso/.test(region) ? /^arn:aws-iso/ : /^arn:aws:/;
}

/** Another account or region in which something runs. */
export const Elsewhere = z
  .strictObject({
    /** What it is called in workloads: `ecs/<name>:<cluster>/<service>`. */
    name: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'expected lower-case letters, digits and hyphens'),
    region: z.string().regex(REGION, { error: ({ input }) => expectedRegion(String(input)) }),
    /** The role of the other account that is assumed; without one it is the stack's own account. */
    role: z
      .string()
      .regex(
        /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/,
        'expected arn:aws:iam::<account>:role/<name>',
      )
      .optional(),
    /** What the role's trust policy expects as `sts:ExternalId`. */
    externalId: z
      .string()
      .regex(/^[\w+=,.@:/-]{2,1224}$/, 'expected what STS takes as an external id')
      .optional(),
    /** The clusters of EKS there whose pods are listed. */
    eks: EksClusters,
  })
  .refine(({ role, region }) => role === undefined || partitionOf(region).test(role), {
    path: ['role'],
    message: 'expected a role in the partition of the region',
  })
  .refine(({ role, externalId }) => externalId === undefined || role !== undefined, {
    path: ['externalId'],
    message: 'expected a role beside it',
  });

export type Elsewhere = z.output<typeof Elsewhere>;

/** The host of a registry of ECR. */
export const EcrHost = z.string().refine(isEcrHost, EXPECTED_ECR_HOST);

/** Whose repositories a function may read, as an ARN has it. */
export interface EcrRegistry {
  /** @default the stack's */
  readonly account?: string;
  readonly region: string;
}

/** The registries of ECR hosts, of images too; of nothing else. */
export function ecrRegistriesOf(images: readonly string[]): EcrRegistry[] {
  return images.flatMap((image) => {
    const host = /^(?<account>\d{12})\.dkr\.ecr(?:-fips)?\.(?<region>[a-z0-9-]+)\.amazonaws\.com/;
    const { account, region } = host.exec(image)?.groups ?? {};
    return account && region ? [{ account, region }] : [];
  });
}

/** The registry beside each place: what runs there mostly comes from it. */
export function registriesAt(places: readonly Elsewhere[]): EcrRegistry[] {
  return places.map(({ role, region }) => {
    const account = role?.split(':')[4];
    return account === undefined ? { region } : { account, region };
  });
}
