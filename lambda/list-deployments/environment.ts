import * as z from 'zod';
import { parseReference } from '../../core/image/reference.ts';
import { parseTagPattern } from '../../core/image/tag-pattern.ts';
import { BUCKET, checked, REGISTRY, TABLE } from '../shared/variables.ts';

const StaticDeployment = z.strictObject({
  workload: z.string().min(1),
  container: z.string().min(1),
  image: z
    .string()
    .refine(isPullable, 'expected registry/repository with a tag, a pattern of tags or a digest'),
  platform: z.string().min(1),
});

const Source = z.enum(['ecs', 'lambda']);

/** Another account (by a role in it) or region. */
const Elsewhere = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]*$/),
  region: z.string().min(1),
  role: z.string().startsWith('arn:').optional(),
  externalId: z.string().optional(),
  eks: z.array(z.string().min(1)),
});

/** The contract with `lib/`, which sets these variables. */
export const ListDeploymentsEnvironment = z.object({
  ...TABLE,
  ...BUCKET,
  ...REGISTRY,
  /** Who is asked, `ecs,lambda`; may be nobody. */
  DEPLOYMENT_SOURCES: z.string().transform(checked(parseSources)),
  /** Clusters of EKS whose pods are listed, `main,edge`; may be none. */
  EKS_CLUSTERS: z.string().transform((text) => text.split(',').filter((each) => each !== '')),
  /** JSON: the other accounts and regions in which they are asked too; may be `[]`. */
  ELSEWHERE: z
    .string()
    .transform(checked((text): unknown => JSON.parse(text)))
    .pipe(z.array(Elsewhere)),
  /** For how many days what ran lately counts as running. */
  REMEMBER_DAYS: z
    .string()
    .regex(/^\d+$/, 'expected a number of days')
    .transform(Number)
    .pipe(z.int().max(90)),
  /** JSON: what runs where nobody can be asked; may be `[]`. */
  STATIC_DEPLOYMENTS: z
    .string()
    .transform(checked((text): unknown => JSON.parse(text)))
    .pipe(z.array(StaticDeployment)),
});

export type ListDeploymentsEnvironment = z.input<typeof ListDeploymentsEnvironment>;

function parseSources(text: string): z.output<typeof Source>[] {
  return text
    .split(',')
    .filter((each) => each !== '')
    .map((each) => Source.parse(each));
}

function isPullable(image: string): boolean {
  try {
    if (parseTagPattern(image)) return true;
    const { tag, digest } = parseReference(image);
    return tag !== undefined || digest !== undefined;
  } catch {
    return false;
  }
}
