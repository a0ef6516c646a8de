import { isDigest } from '../../core/image/digest.ts';
import { InvalidReferenceError, parseReference } from '../../core/image/reference.ts';

/** An image as somebody wrote it for Docker, with what is left out there filled in. */
export interface DockerImageName {
  /** `registry/repository[:tag]`. */
  readonly reference: string;
  /** What it was pinned to, if it was. */
  readonly digest: string | undefined;
}

/**
 * Reads an image of a task definition. ECS documents what a short name means
 * (ContainerDefinition, `image`): without a registry Docker Hub, without a
 * namespace `library`, without a tag or digest `latest`.
 *
 * @throws InvalidReferenceError
 */
export function parseDockerImageName(image: string): DockerImageName {
  // An image's id, not its name: nobody can be asked for it.
  if (isDigest(image)) throw new InvalidReferenceError(image);
  const { registry, repository, tag, digest } = parseReference(qualified(image));
  const shown = tag ?? (digest ? undefined : 'latest');
  return { reference: `${registry}/${repository}${shown ? `:${shown}` : ''}`, digest };
}

function qualified(image: string): string {
  const [first = '', ...rest] = image.split('/');
  if (rest.length === 0) return `docker.io/library/${image}`;
  return /[.:]|^localhost$/.test(first) ? image : `docker.io/${image}`;
}
