import {
  ECRClient,
  type ECRClientConfig,
  type ImageDetail,
  paginateDescribeImages,
  paginateDescribeRepositories,
  type Repository,
} from '@aws-sdk/client-ecr';
import type {
  ListedImage,
  ListedRepository,
  RegistryLister,
  RegistryListing,
} from '../../actions/ports.ts';
import { isDigest } from '../../core/image/digest.ts';
import { mayBeImage } from '../../core/image/image-artifact.ts';
import { findReference } from '../../core/image/reference.ts';
import { readPages } from './read-pages.ts';
import { regionOf } from './region-of.ts';

/** The most that one page may have (ECR API Reference, DescribeImages). */
const PAGE = 1000;

/** No rate is published for DescribeImages; with adaptive retries these find out themselves. */
const REPOSITORIES_AT_ONCE = 4;

/** Names in a message about repositories that could not be listed. */
const NAMED = 5;

export interface EcrListerOptions {
  readonly client: ECRClient;
  /** Names of repositories, `*` for any text in them; one that matches is enough. */
  readonly patterns: readonly string[];
}

/** ECR, to list what it holds: slows down by itself where it is throttled. */
export function createEcrClient(options: ECRClientConfig = {}): ECRClient {
  return new ECRClient({ maxAttempts: 6, retryMode: 'adaptive', ...options });
}

/** The repositories of the client's own account and region, with their tagged images. */
export function createEcrLister({ client, patterns }: EcrListerOptions): RegistryLister {
  return {
    async list() {
      const scope = `ecr/${await regionOf(client)}`;
      const found = await readPages(
        'DescribeRepositories',
        paginateDescribeRepositories({ client, pageSize: PAGE }, {}),
        (page) => page.repositories,
      );
      const named = found.items.flatMap(nameOf).filter(({ repository }) => {
        return patterns.some((pattern) => matches(pattern, repository));
      });
      const read = await readAll(client, named);
      return [listingOf(scope, found.failure, read)];
    },
  };
}

type RepositoryName = Pick<ListedRepository, 'registry' | 'repository'>;

/** A repository as far as it could be read. */
interface ReadRepository extends ListedRepository {
  readonly failure: string | null;
}

/** `repositoryUri` is the registry's host and the name. */
function nameOf({ repositoryUri = '' }: Repository): RepositoryName[] {
  const slash = repositoryUri.indexOf('/');
  if (slash < 1) return [];
  return [{ registry: repositoryUri.slice(0, slash), repository: repositoryUri.slice(slash + 1) }];
}

function matches(pattern: string, name: string): boolean {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\/]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(name);
}

async function readAll(
  client: ECRClient,
  names: readonly RepositoryName[],
): Promise<ReadRepository[]> {
  const read: ReadRepository[] = [];
  const queue = names.entries();
  const readers = Array.from({ length: REPOSITORIES_AT_ONCE }, async () => {
    for (const [index, name] of queue) read[index] = await readRepository(client, name);
  });
  await Promise.all(readers);
  return read;
}

async function readRepository(client: ECRClient, name: RepositoryName): Promise<ReadRepository> {
  const { items, failure } = await readPages(
    'DescribeImages',
    paginateDescribeImages(
      { client, pageSize: PAGE },
      // What is archived can neither be pulled nor run: ECR leaves it out unless it is asked for.
      { repositoryName: name.repository, filter: { tagStatus: 'TAGGED' } },
    ),
    (page) => page.imageDetails?.flatMap((detail) => listedImage(name, detail)),
  );
  return { ...name, images: items, failure };
}

function listedImage(name: RepositoryName, detail: ImageDetail): ListedImage[] {
  const { imageDigest = '', imagePushedAt, imageTags = [], imageStatus = 'ACTIVE' } = detail;
  if (imageStatus !== 'ACTIVE' || detail.subjectManifestDigest || !imagePushedAt) return [];
  const { imageManifestMediaType: mediaType, artifactMediaType: artifactType } = detail;
  const tags = imageTags.filter(
    (tag) => mayBeImage({ tag, mediaType, artifactType }) && isPullable(name, tag),
  );
  if (tags.length === 0 || !isDigest(imageDigest)) return [];
  return [{ digest: imageDigest, tags: tags.sort(), pushedAt: imagePushedAt.toISOString() }];
}

/** ECR takes longer tags than OCI; nobody can pull by them. */
function isPullable({ registry, repository }: RepositoryName, tag: string): boolean {
  return findReference(`${registry}/${repository}:${tag}`)?.tag === tag;
}

function listingOf(
  scope: string,
  failure: string | null,
  read: readonly ReadRepository[],
): RegistryListing {
  const failed = read.filter((each) => each.failure !== null);
  const failures = [failure, describeFailed(failed, read.length)].filter((each) => each !== null);
  return {
    scope,
    failure: failures.length > 0 ? failures.join('; ') : null,
    repositories: read
      .filter((each) => each.failure === null)
      .map(({ registry, repository, images }) => ({ registry, repository, images })),
  };
}

/** One sentence, however many repositories it is about: what fails for one mostly fails for all. */
function describeFailed(failed: readonly ReadRepository[], all: number): string | null {
  const [first] = failed;
  if (!first) return null;
  const names = failed.map(({ repository }) => repository).sort();
  const rest = names.length > NAMED ? ', …' : '';
  const list = `${names.slice(0, NAMED).join(', ')}${rest}`;
  return `${failed.length} of ${all} repositories (${list}): ${first.failure}`;
}
