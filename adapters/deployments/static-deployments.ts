import type {
  Deployment,
  DeploymentScope,
  DeploymentSource,
  Registry,
} from '../../actions/ports.ts';
import { mapLimited } from '../../actions/stored-objects.ts';
import { formatReference, parseReference } from '../../core/image/reference.ts';
import { scopeFailure } from './scope-failure.ts';

/** Something that runs where nobody can be asked. */
export interface StaticDeployment extends Pick<Deployment, 'workload' | 'container' | 'platform'> {
  /** `registry/repository:tag`, `…:tag@digest` or `…@digest`. */
  readonly image: string;
}

export interface StaticDeploymentsOptions {
  readonly registry: Pick<Registry, 'resolve'>;
  readonly deployments: readonly StaticDeployment[];
}

/** A list that somebody wrote down: each image is what its tag points at when it is asked. */
export function createStaticDeployments(options: StaticDeploymentsOptions): DeploymentSource {
  const { registry, deployments } = options;
  return {
    async list(): Promise<DeploymentScope[]> {
      const answers = await mapLimited(deployments, 8, (each) => resolveOne(registry, each));
      return [
        {
          scope: 'static',
          failure: scopeFailure(answers.map(({ failure }) => failure)),
          deployments: answers.flatMap(({ deployment }) => deployment ?? []),
        },
      ];
    },
  };
}

interface Answer {
  readonly deployment: Deployment | null;
  readonly failure: string | null;
}

async function resolveOne(
  registry: Pick<Registry, 'resolve'>,
  { image, ...where }: StaticDeployment,
): Promise<Answer> {
  try {
    const { digest: pinned, ...named } = parseReference(image);
    const digest = pinned ?? (await registry.resolve(named)).digest;
    return { deployment: { ...where, reference: formatReference(named), digest }, failure: null };
  } catch (error) {
    const name = `${where.workload} ${where.container}`;
    return { deployment: null, failure: `${name} (${image}): ${String(error)}` };
  }
}
