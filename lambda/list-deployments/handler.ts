import { checkDeployments, sampleImages } from '../../actions/checks/deployment-checks.ts';
import { checkObjects, checkPointer, WORK } from '../../actions/checks/store-checks.ts';
import type { DeploymentSource } from '../../actions/ports.ts';
import { createDynamoClient, createS3Client } from '../../adapters/aws/create-aws-clients.ts';
import { createDynamoStateStore } from '../../adapters/aws/dynamo-state-store.ts';
import { createS3ObjectStore } from '../../adapters/aws/s3-object-store.ts';
import { combineDeployments } from '../../adapters/deployments/combine-deployments.ts';
import { createStaticDeployments } from '../../adapters/deployments/static-deployments.ts';
import { makeHandler } from '../shared/make-handler.ts';
import { openRegistry } from '../shared/open-registry.ts';
import { readEnvironment } from '../shared/read-environment.ts';
import { withSelfCheck } from '../shared/with-self-check.ts';
import { ListDeploymentsEnvironment } from './environment.ts';
import { handleListDeployments } from './handle.ts';
import { openSources } from './open-sources.ts';

const environment = readEnvironment(ListDeploymentsEnvironment);

const ports = {
  objects: createS3ObjectStore({
    client: createS3Client(),
    bucket: environment.OBJECTS_BUCKET,
  }),
  state: createDynamoStateStore({
    client: createDynamoClient(),
    tableName: environment.STATE_TABLE,
  }),
  rememberDays: environment.REMEMBER_DAYS,
  deployments: combineDeployments({
    ...openSources({
      sources: environment.DEPLOYMENT_SOURCES,
      eks: environment.EKS_CLUSTERS,
      elsewhere: environment.ELSEWHERE,
    }),
    ...staticList(),
  }),
};

export const handler = withSelfCheck(makeHandler(handleListDeployments(ports)), {
  checks: [
    checkPointer(ports.state),
    checkObjects(ports.objects, WORK),
    checkDeployments(ports.deployments),
  ],
  sampleImages: () => sampleImages(ports.deployments),
});

function staticList(): Record<string, DeploymentSource> {
  const deployments = environment.STATIC_DEPLOYMENTS;
  if (deployments.length === 0) return {};
  return { static: createStaticDeployments({ registry: openRegistry(environment), deployments }) };
}
