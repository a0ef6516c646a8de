import { isDigest } from '../../core/image/digest.ts';
import { findReference } from '../../core/image/reference.ts';

/** An image as somebody wrote it for Docker, with what is left out there filled in. */
export interface DockerImageName {
  /** `registry/repository[:tag]`. */
  readonly reference: string;
  /** What it was pinned to, if it was. */
  readonly digest: string | undefined;
}

/**
 * Reads an image of a task definition, `undefined` for a text that is none. ECS documents what a short
 * name means (ContainerDefinition, `image`): without a registry Docker Hub, without a
 * namespace `library`, without a tag or digest `latest`.
 */
export function findDockerImageName(image: string): DockerImageName | undefined {
  // An image's id, not its name: nobody can be asked for it.
  const found = isDigest(image) ? undefined : findReference(qualified(image));
  if (!found) return undefined;
  const { registry, repository, tag, digest } = found;
  const shown = tag ?? (digest ? undefined : 'latest');
  return { reference: `${registry}/${repository}${shown ? `:${shown}` : ''}`, digest };
}

function qualified(image: string): string {
  const [first = '', ...rest] = image.split('/');
  if (rest.length === 0) return `docker.io/library/${image}`;
  return /[.:]|^localhost$/.test(first) ? image : `docker.io/${image}`;
}
