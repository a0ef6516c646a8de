import type { DeploymentSource } from '../../actions/ports.ts';
import {
  createEcsClient,
  createEksClient,
  createLambdaClient,
  createS3Client,
} from '../../adapters/aws/create-aws-clients.ts';
import { createEcsDeployments } from '../../adapters/aws/ecs-deployments.ts';
import { createEksDeployments } from '../../adapters/aws/eks-deployments.ts';
import { createLambdaDeployments } from '../../adapters/aws/lambda-deployments.ts';
import { createS3ObjectStore } from '../../adapters/aws/s3-object-store.ts';
import { combineDeployments } from '../../adapters/deployments/combine-deployments.ts';
import { createStaticDeployments } from '../../adapters/deployments/static-deployments.ts';
import { makeHandler } from '../shared/make-handler.ts';
import { openRegistry } from '../shared/open-registry.ts';
import { readEnvironment } from '../shared/read-environment.ts';
import { ListDeploymentsEnvironment } from './environment.ts';
import { handleListDeployments } from './handle.ts';

const environment = readEnvironment(ListDeploymentsEnvironment);

export const handler = makeHandler(
  handleListDeployments({
    objects: createS3ObjectStore({
      client: createS3Client(),
      bucket: environment.OBJECTS_BUCKET,
    }),
    deployments: combineDeployments({ ...orchestrators(), ...eks(), ...staticList() }),
  }),
);

function orchestrators(): Record<string, DeploymentSource> {
  const create = {
    ecs: () => createEcsDeployments(createEcsClient()),
    lambda: () => createLambdaDeployments(createLambdaClient()),
  };
  return Object.fromEntries(environment.DEPLOYMENT_SOURCES.map((name) => [name, create[name]()]));
}

function eks(): Record<string, DeploymentSource> {
  const clusters = environment.EKS_CLUSTERS;
  return clusters.length === 0
    ? {}
    : { eks: createEksDeployments({ client: createEksClient(), clusters }) };
}

function staticList(): Record<string, DeploymentSource> {
  const deployments = environment.STATIC_DEPLOYMENTS;
  if (deployments.length === 0) return {};
  return { static: createStaticDeployments({ registry: openRegistry(environment), deployments }) };
}
