/** A text that is no image reference. */
export class InvalidReferenceError extends Error {
  override readonly name = 'InvalidReferenceError';

  constructor(reference: string) {
    super(`invalid image reference: ${JSON.stringify(reference)}`);
  }
}

/** `registry/repository[:tag][@digest]`; the registry is always said. */
export interface ImageReference {
  /** Host, with the port if there is one: `cgr.dev`, `127.0.0.1:5000`. */
  readonly registry: string;
  readonly repository: string;
  readonly tag?: string;
  readonly digest?: string;
}

// OCI distribution-spec v1.1, "Pulling manifests": the grammar of <name> and <reference>.
const REFERENCE =
  /^(?<registry>(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:]+\])(?::\d+)?)\/(?<repository>[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*)(?::(?<tag>[A-Za-z0-9_][A-Za-z0-9._-]{0,127}))?(?:@(?<digest>sha256:[0-9a-f]{64}))?$/;

/**
 * Reads `registry/repository:tag@digest`; `undefined` for a text that is none. A first part without
 * a dot, a port or `localhost` is refused: we never guess a registry.
 */
export function findReference(text: string): ImageReference | undefined {
  const groups = REFERENCE.exec(text)?.groups;
  const registry = groups?.registry;
  const repository = groups?.repository;
  if (!groups || !registry || !repository || !/[.:]|^localhost$/.test(registry)) return undefined;
  return {
    registry,
    repository,
    ...(groups.tag && { tag: groups.tag }),
    ...(groups.digest && { digest: groups.digest }),
  };
}

/** As `findReference`. @throws InvalidReferenceError for a text that is none */
export function parseReference(text: string): ImageReference {
  const found = findReference(text);
  if (!found) throw new InvalidReferenceError(text);
  return found;
}

/** The reverse of `parseReference`. */
export function formatReference({ registry, repository, tag, digest }: ImageReference): string {
  return `${registry}/${repository}${tag ? `:${tag}` : ''}${digest ? `@${digest}` : ''}`;
}
