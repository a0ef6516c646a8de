import { failed, passed } from '../../core/diagnosis/check-line.ts';
import { remedyOfText } from '../../core/diagnosis/remedy-of.ts';
import { formatReference, parseReference } from '../../core/image/reference.ts';
import type { DeploymentSource } from '../ports.ts';
import type { SelfCheck } from '../self-check.ts';

/** Lists what runs, scope by scope. */
export function checkDeployments(deployments: DeploymentSource): SelfCheck {
  return {
    subject: 'what runs',
    remedy: 'See the source’s section in docs/configuration.md#what-runs.',
    async attempt() {
      const scopes = await deployments.list();
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
}

/** One image of each registry that something runs from, for `checkPulls`. */
export async function sampleImages(deployments: DeploymentSource): Promise<readonly string[]> {
  const byRegistry = new Map<string, string>();
  for (const scope of await deployments.list()) {
    for (const { reference: image, digest } of scope.deployments) {
      const reference = parseReference(image);
      if (byRegistry.has(reference.registry)) continue;
      byRegistry.set(reference.registry, formatReference({ ...reference, digest }));
    }
  }
  return [...byRegistry.values()];
}
