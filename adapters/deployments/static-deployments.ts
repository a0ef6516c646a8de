import type {
  Deployment,
  DeploymentScope,
  DeploymentSource,
  Registry,
} from '../../actions/ports.ts';
import { mapLimited } from '../../actions/stored-objects.ts';
import { formatReference, parseReference } from '../../core/image/reference.ts';
import { parseTagPattern } from '../../core/image/tag-pattern.ts';
import { scopeFailure } from './scope-failure.ts';
import { listTags } from './tag-deployments.ts';

/** Something that runs where nobody can be asked. */
export interface StaticDeployment extends Pick<Deployment, 'workload' | 'container' | 'platform'> {
  /** `registry/repository:tag`, `…:tag@digest` or `…@digest`; `…:prod*` for each tag that it matches. */
  readonly image: string;
}

export interface StaticDeploymentsOptions {
  readonly registry: Pick<Registry, 'resolve' | 'tags'>;
  readonly deployments: readonly StaticDeployment[];
}

/**
 * A list that somebody wrote down: each image is what its tag points at when it is asked. Scopes:
 * `static`, and below it one for each entry that names its tags by a pattern.
 */
export function createStaticDeployments(options: StaticDeploymentsOptions): DeploymentSource {
  const { registry, deployments } = options;
  const patterns = deployments.flatMap((each) => {
    const tags = parseTagPattern(each.image);
    return tags ? [{ ...each, tags }] : [];
  });
  const single = deployments.filter(({ image }) => !parseTagPattern(image));
  return {
    async list(): Promise<DeploymentScope[]> {
      const answers = await mapLimited(single, 8, (each) => resolveOne(registry, each));
      const whole: DeploymentScope = {
        scope: 'static',
        failure: scopeFailure(answers.map(({ failure }) => failure)),
        deployments: answers.flatMap(({ deployment }) => deployment ?? []),
      };
      return [whole, ...(await mapLimited(patterns, 2, (each) => listTags(registry, each)))];
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
