import type { Deployment, DeploymentScope, DeploymentSource } from '../../actions/ports.ts';

/** What runs in a world: the one source of deployments, scope by scope. */
export interface WorldFleet extends DeploymentSource {
  deploy(deployment: Deployment): void;
  /** All of a workload, or one container of it. */
  undeploy(workload: string, container?: string): void;
}

export function createWorldFleet(): WorldFleet {
  const running = new Map<string, Deployment>();
  const scopes = new Set<string>();
  return {
    deploy(deployment) {
      scopes.add(scopeOf(deployment.workload));
      running.set(`${deployment.workload}|${deployment.container}`, deployment);
    },
    undeploy(workload, container) {
      for (const [key, each] of running) {
        const isMeant = container === undefined || each.container === container;
        if (each.workload === workload && isMeant) running.delete(key);
      }
    },
    async list(): Promise<DeploymentScope[]> {
      const deployments = [...running.entries()].sort(([a], [b]) => (a < b ? -1 : 1));
      // A scope that once ran something is still there when nothing runs in it.
      return [...scopes].sort().map((scope) => ({
        scope,
        failure: null,
        deployments: deployments.flatMap(([, each]) =>
          scopeOf(each.workload) === scope ? [each] : [],
        ),
      }));
    },
  };
}

/** A cluster, or all functions: `ecs/prod`, `eks/main`, `lambda`. */
function scopeOf(workload: string): string {
  const [kind = '', cluster = ''] = workload.split('/');
  return kind === 'lambda' ? kind : `${kind}/${cluster}`;
}
