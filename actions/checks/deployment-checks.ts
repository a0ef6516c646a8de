import { failed, passed } from '../../core/diagnosis/check-line.ts';
import { remedyOfText } from '../../core/diagnosis/remedy-of.ts';
import { formatReference, parseReference } from '../../core/image/reference.ts';
import type { DeploymentScope, DeploymentSource } from '../ports.ts';
import type { SelfCheck } from '../self-check.ts';

/** What one listing serves: a line for each scope, and images for functions that are examined later. */
export interface DeploymentsCheck {
  readonly check: SelfCheck;
  /** Of what the check has just listed, one image of each registry, for `checkPulls`. */
  sampleImages(): readonly string[];
}

/** Lists what runs, scope by scope. */
export function checkDeployments(deployments: DeploymentSource): DeploymentsCheck {
  let scopes: readonly DeploymentScope[] = [];
  const check: SelfCheck = {
    subject: 'what runs',
    remedy: 'See the source’s section in docs/configuration.md#what-runs.',
    async attempt() {
      // A listing that fails or hangs leaves no images of the one before.
      scopes = [];
      scopes = await deployments.list();
      if (scopes.length === 0) {
        return [
          failed(
            'what runs',
            'nobody is asked',
            'Turn on an orchestrator, or list what runs, in tidewatch.config.ts.',
          ),
        ];
      }
      return scopes.map(({ scope, failure, deployments: all }) =>
        failure === null
          ? passed(scope, `${all.length} containers`)
          : failed(scope, failure, remedyOfText(failure, 'See docs/configuration.md#what-runs.')),
      );
    },
  };
  return { check, sampleImages: () => sampleOf(scopes) };
}

function sampleOf(scopes: readonly DeploymentScope[]): readonly string[] {
  const byRegistry = new Map<string, string>();
  for (const { reference: image, digest } of scopes.flatMap((scope) => scope.deployments)) {
    const reference = parseReference(image);
    if (byRegistry.has(reference.registry)) continue;
    byRegistry.set(reference.registry, formatReference({ ...reference, digest }));
  }
  return [...byRegistry.values()];
}
