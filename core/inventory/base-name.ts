import { findReference } from '../image/reference.ts';

/**
 * What a builder calls a base as `registry/repository:tag`: without a registry Docker Hub's is meant, without
 * a tag `latest` (containers/image, docker/reference). What is no name stays as it is.
 */
export function normaliseBaseName(name: string): string {
  const bare = name.replace(/^docker(?:-image)?:\/\//, '').replace(/@sha256:[0-9a-f]{64}$/, '');
  const [host = '', ...path] = bare.split('/');
  const hasHost = path.length > 0 && /[.:]|^localhost$/.test(host);
  const full = hasHost ? bare : `docker.io/${path.length > 0 ? '' : 'library/'}${bare}`;
  const found = findReference(full);
  if (!found) return name;
  return `${found.registry}/${found.repository}:${found.tag ?? 'latest'}`;
}
