import {
  type FunctionConfiguration,
  GetFunctionCommand,
  type GetFunctionCommandOutput,
  type LambdaClient,
  paginateListFunctions,
  ResourceNotFoundException,
} from '@aws-sdk/client-lambda';
import type { Deployment, DeploymentScope, DeploymentSource } from '../../actions/ports.ts';
import { mapLimited } from '../../actions/stored-objects.ts';
import { findReference } from '../../core/image/reference.ts';
import { scopeFailure } from '../deployments/scope-failure.ts';
import { nameAt } from './name-at.ts';
import { callFailure, readPages } from './read-pages.ts';
import { regionOf } from './region-of.ts';

/** Far below the 100 requests a second that GetFunction may take (Lambda quotas, control plane). */
const FUNCTIONS_AT_ONCE = 8;

/**
 * What the functions of Lambda that are images run, as of their unpublished version, in
 * one account and region. One scope: `lambda/<region>`; of another place than the stack's own
 * `lambda/<place>:<region>`, and `lambda/<place>:<function>` in workloads. A function that is
 * there is deployed: none is idle.
 */
export function createLambdaDeployments(client: LambdaClient, place?: string): DeploymentSource {
  return {
    async list(): Promise<DeploymentScope[]> {
      const functions = await readPages(
        'ListFunctions',
        paginateListFunctions({ client, pageSize: 50 }, {}),
        ({ Functions }) => Functions,
      );
      const images = functions.items.filter(({ PackageType }) => PackageType === 'Image');
      const read = await mapLimited(images, FUNCTIONS_AT_ONCE, (each) =>
        readFunction(client, place, each),
      );
      const problems = read.filter((each) => typeof each === 'string');
      return [
        {
          scope: `lambda/${nameAt(place, await regionOf(client))}`,
          failure: scopeFailure([functions.failure, ...problems]),
          deployments: read.filter((each) => typeof each === 'object'),
        },
      ];
    },
  };
}

/** What a function runs; why that is not known; nothing when it was deleted meanwhile. */
async function readFunction(
  client: LambdaClient,
  place: string | undefined,
  { FunctionName = '', Architectures }: FunctionConfiguration,
): Promise<Deployment | string | undefined> {
  const workload = `lambda/${nameAt(place, FunctionName)}`;
  try {
    const { Code } = await client.send(new GetFunctionCommand({ FunctionName }));
    return deploymentOf(workload, platformOf(Architectures), Code);
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    return `${workload}: ${callFailure('GetFunction', error)}`;
  }
}

function deploymentOf(
  workload: string,
  platform: string | undefined,
  code: GetFunctionCommandOutput['Code'],
): Deployment | string {
  if (!platform) return `${workload}: unknown architecture`;
  const image = findReference(code?.ImageUri ?? '');
  if (!image) return `${workload} (${code?.ImageUri}): no image reference`;
  const digest = findReference(code?.ResolvedImageUri ?? '')?.digest;
  if (!digest) return `${workload} (${code?.ImageUri}): no digest`;
  const { registry, repository, tag } = image;
  const reference = `${registry}/${repository}${tag ? `:${tag}` : ''}`;
  // A function is one container; nobody names it.
  return { workload, container: 'function', reference, digest, platform };
}

/** Where nothing is said it is x86_64 (Lambda API Reference, FunctionConfiguration). */
function platformOf(architectures: readonly string[] = ['x86_64']): string | undefined {
  const [architecture] = architectures;
  if (architecture === 'arm64') return 'linux/arm64';
  return architecture === 'x86_64' ? 'linux/amd64' : undefined;
}
