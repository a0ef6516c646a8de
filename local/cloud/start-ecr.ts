import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import * as z from 'zod';
import { isEcrHost } from '../../adapters/aws/ecr-credentials.ts';
import type { EmbeddedRegistry, ListedManifest } from '../registry/start-registry.ts';

/** What of the embedded registry ECR's API speaks of. */
export type EcrContent = Pick<
  EmbeddedRegistry,
  'repositories' | 'listManifests' | 'ecrAuthorizationToken'
>;

export interface StartEcrOptions {
  readonly registry: EcrContent;
  /** The host whose account and region are the caller's own; without one there is no repository. */
  readonly home: string | undefined;
  /** Items a page when the caller does not say. @default 100, as ECR has it */
  readonly pageSize?: number;
}

export interface EmbeddedEcr {
  /** For `AWS_ENDPOINT_URL_ECR`. */
  readonly endpoint: string;
  stop(): Promise<void>;
}

/** The region of an ECR host, `<account>.dkr.ecr.<region>.amazonaws.com`. */
export function ecrRegionOf(host: string): string {
  return host.split('.')[3] ?? '';
}

/** The first ECR host of some: whoever plays a world is at home there. */
export function homeOf(hosts: Iterable<string>): string | undefined {
  return [...hosts].find(isEcrHost);
}

/**
 * ECR's own API over an embedded registry, on a free port of loopback: the calls that the product
 * makes, in AWS JSON 1.1 (https://docs.aws.amazon.com/AmazonECR/latest/APIReference/).
 */
export async function startEcr(options: StartEcrOptions): Promise<EmbeddedEcr> {
  const server = createServer(async (request, response) => {
    const [status, body] = answerTo(options, nameOf(request), await text(request));
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

type Answer = readonly [status: number, body: object];

/** `DescribeImages` of `AmazonEC2ContainerRegistry_V20150921.DescribeImages`. */
function nameOf({ headers }: IncomingMessage): string {
  return String(headers['x-amz-target'] ?? '').split('.')[1] ?? '';
}

/** What the product asks with; anything else is refused, so that nothing is ignored. */
const Page = z.strictObject({
  maxResults: z.int().min(1).max(1000).optional(),
  nextToken: z.string().regex(/^\d+$/).optional(),
});
const DescribeImages = Page.extend({
  repositoryName: z.string().min(1),
  filter: z.strictObject({ tagStatus: z.enum(['TAGGED', 'UNTAGGED', 'ANY']) }).optional(),
});

function answerTo(options: StartEcrOptions, call: string, body: string): Answer {
  try {
    const input: unknown = JSON.parse(body || '{}');
    switch (call) {
      case 'GetAuthorizationToken':
        return [200, { authorizationData: [tokenOf(options)] }];
      case 'DescribeRepositories':
        return [200, describeRepositories(options, Page.parse(input))];
      case 'DescribeImages':
        return describeImages(options, DescribeImages.parse(input));
      default:
        return refusal('UnknownOperationException', call);
    }
  } catch (error) {
    return refusal('InvalidParameterException', String(error));
  }
}

function refusal(type: string, message: string): Answer {
  return [400, { __type: type, message }];
}

function tokenOf({ registry, home = '' }: StartEcrOptions) {
  return { authorizationToken: registry.ecrAuthorizationToken, proxyEndpoint: `https://${home}` };
}

function describeRepositories(options: StartEcrOptions, input: z.output<typeof Page>) {
  const { registry, home } = options;
  const names = home === undefined ? [] : registry.repositories(home);
  const [registryId = ''] = home?.split('.') ?? [];
  const repositories = names.map((repositoryName) => ({
    registryId,
    repositoryName,
    repositoryArn: `arn:aws:ecr:${ecrRegionOf(home ?? '')}:${registryId}:repository/${repositoryName}`,
    repositoryUri: `${home}/${repositoryName}`,
  }));
  return pageOf(options, input, 'repositories', repositories);
}

function describeImages(
  options: StartEcrOptions,
  { filter, repositoryName, ...page }: z.output<typeof DescribeImages>,
): Answer {
  const { registry, home = '' } = options;
  if (!registry.repositories(home).includes(repositoryName)) {
    return refusal('RepositoryNotFoundException', `no repository ${repositoryName}`);
  }
  const tagStatus = filter?.tagStatus ?? 'ANY';
  const images = registry
    .listManifests(home, repositoryName)
    .filter(({ tags }) => tagStatus === 'ANY' || tags.length > 0 === (tagStatus === 'TAGGED'))
    .map((manifest) => imageDetail(home, repositoryName, manifest));
  return [200, pageOf(options, page, 'imageDetails', images)];
}

function imageDetail(home: string, repositoryName: string, manifest: ListedManifest) {
  const { digest, tags, mediaType, size, artifactType, subject, pushedAt } = manifest;
  return {
    registryId: home.split('.')[0],
    repositoryName,
    imageDigest: digest,
    ...(tags.length > 0 && { imageTags: tags }),
    imageSizeInBytes: size,
    imageManifestMediaType: mediaType,
    ...(artifactType && { artifactMediaType: artifactType }),
    ...(subject && { subjectManifestDigest: subject }),
    imageStatus: 'ACTIVE',
    // Seconds, as AWS JSON has its times.
    imagePushedAt: Date.parse(pushedAt ?? '') / 1000,
  };
}

function pageOf(
  { pageSize = 100 }: StartEcrOptions,
  { maxResults = pageSize, nextToken = '0' }: z.output<typeof Page>,
  key: string,
  all: readonly object[],
) {
  const start = Number(nextToken);
  const end = start + maxResults;
  return { [key]: all.slice(start, end), ...(end < all.length && { nextToken: String(end) }) };
}
