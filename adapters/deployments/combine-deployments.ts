import type { DeploymentSource } from '../../actions/ports.ts';

/**
 * One list of several sources, side by side. Each is named by the scope above all of its own
 * (`ecs`): one that throws has seen nothing of that, and the others are unharmed.
 */
export function combineDeployments(
  sources: Readonly<Record<string, DeploymentSource>>,
): DeploymentSource {
  const listOne = async ([scope, source]: [string, DeploymentSource]) => {
    try {
      return await source.list();
    } catch (error) {
      return [{ scope, failure: String(error), deployments: [] }];
    }
  };
  return {
    list: async () => (await Promise.all(Object.entries(sources).map(listOne))).flat(),
  };
}
