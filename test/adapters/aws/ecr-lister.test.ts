import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RegistryListing } from '../../../actions/ports.ts';
import { createEcrClient, createEcrLister } from '../../../adapters/aws/ecr-lister.ts';
import { digestOf } from '../../../core/image/digest.ts';
import { MEDIA_TYPES } from '../../../core/image/manifest.ts';
import { createImmediateRetries } from '../../../local/cloud/immediate-retries.ts';
import {
  type AwsAnswer,
  type AwsCall,
  type AwsServer,
  startAwsServer,
} from '../../support/aws-server.ts';

const HOST = '123456789012.dkr.ecr.eu-west-1.amazonaws.com';
const PUSHED = Date.UTC(2026, 10, 20, 8) / 1000;

/** `ImageDetail`s by repository, in the words of the ECR API Reference. */
let repositories: Map<string, object[]>;
let pageSize: number;
let refuse: (call: AwsCall) => AwsAnswer | undefined;
let server: AwsServer;

beforeEach(async () => {
  repositories = new Map();
  pageSize = 1000;
  refuse = () => undefined;
  server = await startAwsServer((call) => refuse(call) ?? answerTo(call));
});
afterEach(() => server[Symbol.asyncDispose]());

function answerTo({ name, input }: AwsCall): AwsAnswer {
  if (name === 'DescribeRepositories') {
    const all = [...repositories.keys()].map((repositoryName) => ({
      registryId: '123456789012',
      repositoryName,
      repositoryArn: `arn:aws:ecr:eu-west-1:123456789012:repository/${repositoryName}`,
      repositoryUri: `${HOST}/${repositoryName}`,
    }));
    return page(input, 'repositories', all);
  }
  const images = repositories.get(String(input.repositoryName));
  if (!images) return { error: 'RepositoryNotFoundException' };
  return page(input, 'imageDetails', images);
}

function page(input: AwsCall['input'], key: string, all: readonly object[]): AwsAnswer {
  const start = Number(input.nextToken ?? 0);
  const end = start + pageSize;
  const next = end < all.length && { nextToken: String(end) };
  return { output: { [key]: all.slice(start, end), ...next } };
}

async function list(patterns: readonly string[] = ['*']): Promise<RegistryListing> {
  const { endpoint, credentials } = server.options;
  const retryStrategy = createImmediateRetries();
  const client = createEcrClient({ endpoint, credentials, region: 'eu-west-1', retryStrategy });
  const [listing] = await createEcrLister({ client, patterns }).list();
  client.destroy();
  if (!listing) throw new Error('no listing');
  return listing;
}

function anImage(tag: string, more: object = {}): object {
  return {
    registryId: '123456789012',
    repositoryName: 'web',
    imageDigest: digestOf(tag),
    imageTags: [tag],
    imageSizeInBytes: 1000,
    imagePushedAt: PUSHED,
    imageManifestMediaType: MEDIA_TYPES.ociManifest,
    artifactMediaType: MEDIA_TYPES.ociConfig,
    ...more,
  };
}

describe('ECR, listed,', () => {
  it('is every repository with its tagged images, all pages of both', async () => {
    pageSize = 2;
    repositories.set('a', [anImage('1'), anImage('2'), anImage('3')]);
    repositories.set('team/b', [anImage('x')]);
    repositories.set('c', []);

    const { scope, failure, repositories: read } = await list();

    expect({ scope, failure }).toEqual({ scope: 'ecr/eu-west-1', failure: null });
    expect(
      read.map(({ registry, repository, images }) => [
        `${registry}/${repository}`,
        images.flatMap(({ tags }) => tags),
      ]),
    ).toEqual([
      [`${HOST}/a`, ['1', '2', '3']],
      [`${HOST}/team/b`, ['x']],
      [`${HOST}/c`, []],
    ]);
    expect(read[0]?.images[0]).toEqual({
      digest: digestOf('1'),
      tags: ['1'],
      pushedAt: '2026-11-20T08:00:00.000Z',
    });
  });

  it('asks for tagged images alone, a thousand a page', async () => {
    repositories.set('web', []);
    await list();
    expect(server.calls.map(({ name, input }) => [name, input])).toEqual([
      ['DescribeRepositories', { maxResults: 1000 }],
      [
        'DescribeImages',
        { repositoryName: 'web', filter: { tagStatus: 'TAGGED' }, maxResults: 1000 },
      ],
    ]);
  });

  it('has images alone: no signature, attestation, referrer, chart or archived image', async () => {
    repositories.set('web', [
      anImage('image'),
      anImage('index', {
        imageManifestMediaType: MEDIA_TYPES.dockerIndex,
        artifactMediaType: undefined,
      }),
      anImage('untold', { imageManifestMediaType: undefined, artifactMediaType: undefined }),
      anImage(`sha256-${'a'.repeat(64)}.sig`),
      anImage(`sha256-${'a'.repeat(64)}`, { imageManifestMediaType: MEDIA_TYPES.ociIndex }),
      anImage('sbom', { subjectManifestDigest: digestOf('image') }),
      anImage('chart', { artifactMediaType: 'application/vnd.cncf.helm.config.v1+json' }),
      anImage('odd', { imageManifestMediaType: 'application/vnd.oci.artifact.manifest.v1+json' }),
      anImage('cold', { imageStatus: 'ARCHIVED' }),
      anImage('warming', { imageStatus: 'ACTIVATING' }),
      anImage('untagged', { imageTags: undefined }),
      anImage('a'.repeat(200)),
    ]);

    const [web] = (await list()).repositories;

    expect(web?.images.flatMap(({ tags }) => tags)).toEqual(['image', 'index', 'untold']);
  });

  it.each([
    [['*'], ['api', 'team/api', 'team/web']],
    [['team/*'], ['team/api', 'team/web']],
    [['*api'], ['api', 'team/api']],
    [
      ['api', 'team/web'],
      ['api', 'team/web'],
    ],
    [['ap'], []],
    [['a.i'], []],
  ])('is what %j matches', async (patterns, expected) => {
    for (const name of ['api', 'team/api', 'team/web']) repositories.set(name, []);
    expect((await list(patterns)).repositories.map(({ repository }) => repository)).toEqual(
      expected,
    );
  });
});

describe('a call that fails', () => {
  beforeEach(() => {
    pageSize = 1;
    for (const name of ['a', 'b', 'c']) repositories.set(name, [anImage('1'), anImage('2')]);
  });

  it('leaves one repository unseen, whatever was read of it, and the others whole', async () => {
    refuse = ({ name, input }) =>
      name === 'DescribeImages' && input.repositoryName === 'b' && input.nextToken
        ? { error: 'ServerException', status: 500, message: 'internal' }
        : undefined;

    const listing = await list();

    expect(listing.repositories.map(({ repository }) => repository)).toEqual(['a', 'c']);
    expect(listing.failure).toBe(
      '1 of 3 repositories (b): DescribeImages: ServerException: internal',
    );
  });

  it('says of a list of repositories that broke off that not all were seen', async () => {
    refuse = ({ name, input }) =>
      name === 'DescribeRepositories' && input.nextToken === '2'
        ? { error: 'AccessDeniedException', message: 'not authorized' }
        : undefined;

    const { failure, repositories: read } = await list();

    expect(failure).toBe('DescribeRepositories: AccessDeniedException: not authorized');
    expect(read.map(({ repository }) => repository)).toEqual(['a', 'b']);
  });

  it('is one sentence, however many repositories it is about', async () => {
    for (let each = 0; each < 20; each++) repositories.set(`r-${each}`, []);
    refuse = ({ name }) =>
      name === 'DescribeImages' ? { error: 'AccessDeniedException', message: 'no' } : undefined;

    expect((await list()).failure).toBe(
      '23 of 23 repositories (a, b, c, r-0, r-1, …): DescribeImages: AccessDeniedException: no',
    );
  });

  it('is tried again when it was throttled', async () => {
    let throttles = 2;
    refuse = ({ name }) =>
      name === 'DescribeImages' && throttles-- > 0
        ? { error: 'ThrottlingException', message: 'Rate exceeded' }
        : undefined;

    expect((await list()).failure).toBeNull();
  });
});
