import type { DeploymentSource } from '../../actions/ports.ts';
import {
  createEcsClient,
  createEksClient,
  createLambdaClient,
} from '../../adapters/aws/create-aws-clients.ts';
import { createEcsDeployments } from '../../adapters/aws/ecs-deployments.ts';
import { createEksDeployments } from '../../adapters/aws/eks-deployments.ts';
import { createLambdaDeployments } from '../../adapters/aws/lambda-deployments.ts';
import { combineDeployments } from '../../adapters/deployments/combine-deployments.ts';
import { createSendKubernetes } from '../../adapters/kubernetes/send-kubernetes.ts';
import { embeddedClientOptions } from '../cloud/embedded-clients.ts';
import type { Faults } from '../cloud/faults.ts';
import { createFaultyKubernetes } from '../cloud/faulty-kubernetes.ts';
import { instrumentClient } from '../cloud/instrument-client.ts';
import type { Fleet } from '../cloud/orchestrators/fleet.ts';

/** What runs in a world, listed by the product's own sources. */
export interface WorldDeployments {
  readonly deployments: DeploymentSource;
  /** Closes the clients' connections. */
  destroy(): void;
}

/** Lists what the embedded orchestrators at an endpoint run; every call goes through the faults. */
export function createWorldDeployments(
  endpoint: string,
  fleet: Fleet,
  faults: Faults,
): WorldDeployments {
  const ecs = createEcsClient(embeddedClientOptions(endpoint));
  const lambda = createLambdaClient(embeddedClientOptions(endpoint));
  const eks = createEksClient(embeddedClientOptions(endpoint));
  const clients = [ecs, lambda, eks];
  for (const client of clients) instrumentClient(client, faults);
  const listEks = () =>
    createEksDeployments({
      client: eks,
      // Every cluster of the world is configured as soon as something was deployed to it.
      clusters: [...fleet.eks.clusters.keys()],
      sendTo: (authority) => createFaultyKubernetes(createSendKubernetes(authority), faults),
      // A wait takes no time in a world.
      sleep: async () => undefined,
    }).list();
  return {
    deployments: combineDeployments({
      ecs: withoutPatterns(createEcsDeployments(ecs)),
      lambda: withWorldNames(createLambdaDeployments(lambda), fleet),
      eks: { list: listEks },
    }),
    destroy() {
      for (const client of clients) client.destroy();
    },
  };
}

/**
 * ECS does not say whether a task that no service started comes again, so that each may for some
 * days (`ecs/<cluster>/task/*`). A world says it: one that is undeployed is over.
 */
function withoutPatterns(source: DeploymentSource): DeploymentSource {
  return {
    list: async () =>
      (await source.list()).map((scope) => ({
        ...scope,
        ...(scope.idle && { idle: scope.idle.filter((each) => !each.endsWith('/*')) }),
      })),
  };
}

/** Lambda knows no name of a function's container, worlds have one. */
function withWorldNames(source: DeploymentSource, fleet: Fleet): DeploymentSource {
  return {
    list: async () =>
      (await source.list()).map((scope) => ({
        ...scope,
        deployments: scope.deployments.map((each) => ({
          ...each,
          container: fleet.functionContainer(each.workload) ?? each.container,
        })),
      })),
  };
}
