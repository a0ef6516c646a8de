import * as z from 'zod';
import { parseReference } from '../../core/image/reference.ts';
import { BUCKET, checked, REGISTRY } from '../shared/variables.ts';

const StaticDeployment = z.strictObject({
  workload: z.string().min(1),
  container: z.string().min(1),
  image: z.string().refine(isPullable, 'expected registry/repository with a tag or a digest'),
  platform: z.string().min(1),
});

const Source = z.enum(['ecs', 'lambda']);

/** The contract with `lib/`, which sets these variables. */
export const ListDeploymentsEnvironment = z.object({
  ...BUCKET,
  ...REGISTRY,
  /** Who is asked, `ecs,lambda`; may be nobody. */
  DEPLOYMENT_SOURCES: z.string().transform(checked(parseSources)),
  /** Clusters of EKS whose pods are listed, `main,edge`; may be none. */
  EKS_CLUSTERS: z.string().transform((text) => text.split(',').filter((each) => each !== '')),
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
    const { tag, digest } = parseReference(image);
    return tag !== undefined || digest !== undefined;
  } catch {
    return false;
  }
}
