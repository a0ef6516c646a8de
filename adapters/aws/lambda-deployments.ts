import {
  GetFunctionCommand,
  type GetFunctionCommandOutput,
  type LambdaClient,
  paginateListAliases,
  paginateListFunctions,
  ResourceNotFoundException,
} from '@aws-sdk/client-lambda';
import type { Deployment, DeploymentScope, DeploymentSource } from '../../actions/ports.ts';
import { mapLimited } from '../../actions/stored-objects.ts';
import { findReference } from '../../core/image/reference.ts';
import { lineageOf } from '../deployments/gather-running.ts';
import { scopeFailure } from '../deployments/scope-failure.ts';
import { nameAt } from './name-at.ts';
import { callFailure, readPages } from './read-pages.ts';
import { regionOf } from './region-of.ts';

/** Far below the 100 requests a second that GetFunction may take (Lambda quotas, control plane). */
const FUNCTIONS_AT_ONCE = 8;

/** ListAliases shares 15 requests a second with all else that is asked of Lambda in the account (ibid.). */
const LISTS_AT_ONCE = 1;

/** What is run where neither version nor alias is named. */
const UNPUBLISHED = '$LATEST';

/**
 * What the functions of Lambda that are images run in one account and region: as of their
 * unpublished version, and of each version that an alias points to. One scope: `lambda/<region>`;
 * of another place than the stack's own `lambda/<place>:<region>`, and `lambda/<place>:<function>`
 * in workloads. A function that is there is deployed: none is idle.
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
      const names = images.map(({ FunctionName = '' }) => FunctionName);
      const listed = await mapLimited(names, LISTS_AT_ONCE, (name) => readVersions(client, name));
      const versions = listed.flatMap((each) => each.versions);
      const read = await mapLimited(versions, FUNCTIONS_AT_ONCE, (each) =>
        readVersion(client, place, each),
      );
      const problems = [
        ...listed.map(({ name, failure }) =>
          failure === null ? null : `lambda/${nameAt(place, name)}: ${failure}`,
        ),
        ...read.filter((each) => typeof each === 'string'),
      ];
      return [
        {
          scope: `lambda/${nameAt(place, await regionOf(client))}`,
          failure: scopeFailure([functions.failure, ...problems]),
          deployments: onePerDigest(read.filter((each) => typeof each === 'object')),
        },
      ];
    },
  };
}

interface FunctionVersion {
  readonly name: string;
  /** A number, or `UNPUBLISHED`. */
  readonly version: string;
}

interface FunctionVersions {
  readonly name: string;
  readonly versions: readonly FunctionVersion[];
  /** Why not all aliases are known, or `null`. */
  readonly failure: string | null;
}

/** Which versions of a function are run: the unpublished one, then those behind aliases, the newest first. */
async function readVersions(client: LambdaClient, name: string): Promise<FunctionVersions> {
  const aliases = await readPages(
    'ListAliases',
    untilGone(paginateListAliases({ client }, { FunctionName: name })),
    ({ Aliases }) => Aliases,
  );
  const published = aliases.items.flatMap(({ FunctionVersion, RoutingConfig }) => [
    FunctionVersion ?? UNPUBLISHED,
    // An alias may send a part of its calls to a second version.
    ...Object.keys(RoutingConfig?.AdditionalVersionWeights ?? {}),
  ]);
  const newestFirst = [...new Set(published)]
    .filter((version) => version !== UNPUBLISHED)
    .sort((a, b) => Number(b) - Number(a));
  const versions = [UNPUBLISHED, ...newestFirst].map((version) => ({ name, version }));
  return { name, versions, failure: aliases.failure };
}

/** Ends where its function was deleted meanwhile: such a one has no aliases. */
async function* untilGone<Page>(pages: AsyncIterable<Page>): AsyncIterable<Page> {
  try {
    yield* pages;
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error;
  }
}

/** What a version runs; why that is not known; nothing when it was deleted meanwhile. */
async function readVersion(
  client: LambdaClient,
  place: string | undefined,
  { name, version }: FunctionVersion,
): Promise<Deployment | string | undefined> {
  const workload = `lambda/${nameAt(place, name)}`;
  const isPublished = version !== UNPUBLISHED;
  try {
    const { Code, Configuration } = await client.send(
      new GetFunctionCommand({ FunctionName: name, ...(isPublished && { Qualifier: version }) }),
    );
    const read = deploymentOf(workload, platformOf(Configuration?.Architectures), Code);
    return isPublished && typeof read === 'string' ? `version ${version} of ${read}` : read;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    const of = isPublished ? `version ${version} of ` : '';
    return `${of}${workload}: ${callFailure('GetFunction', error)}`;
  }
}

/** Versions that run one image are one deployment, of the version that comes first. */
function onePerDigest(deployments: readonly Deployment[]): Deployment[] {
  const distinct = new Map<string, Deployment>();
  for (const each of deployments) {
    const key = `${lineageOf(each)}|${each.digest}`;
    if (!distinct.has(key)) distinct.set(key, each);
  }
  return [...distinct.values()];
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
