import type { TagMove } from '../../actions/ports.ts';
import type { Digest } from '../../core/image/digest.ts';
import type { Change, ChangeLog, ManifestFacts } from './change-log.ts';

/** A repository on one of the hosts. */
export interface RepositoryName {
  readonly host: string;
  readonly repository: string;
}

/** What one repository holds. */
export interface RepositoryState {
  readonly blobs: Set<Digest>;
  readonly manifests: Map<Digest, ManifestFacts>;
  readonly tags: Map<string, Digest>;
  readonly history: Map<string, TagMove[]>;
}

/** All repositories; every change goes through the log. */
export interface Repositories {
  /** `undefined` for one that nothing was ever pushed to. */
  find(name: RepositoryName): RepositoryState | undefined;
  /** Names of a host's repositories, sorted. */
  of(host: string): readonly string[];
  record(change: Change): void;
}

/** The repositories as a log left them. */
export function openRepositories(log: ChangeLog): Repositories {
  const repositories = new Map<string, RepositoryState>();
  for (const change of log.kept) applyChange(repositories, change);
  return {
    find: (name) => repositories.get(keyOf(name)),
    of: (host) =>
      [...repositories.keys()]
        .filter((key) => key.startsWith(`${host}/`))
        .map((key) => key.slice(host.length + 1))
        .sort(),
    record(change) {
      log.append(change);
      applyChange(repositories, change);
    },
  };
}

function keyOf({ host, repository }: RepositoryName): string {
  return `${host}/${repository}`;
}

function emptyState(): RepositoryState {
  return { blobs: new Set(), manifests: new Map(), tags: new Map(), history: new Map() };
}

function applyChange(repositories: Map<string, RepositoryState>, change: Change): void {
  const key = keyOf(change);
  const state = repositories.get(key) ?? emptyState();
  repositories.set(key, state);
  switch (change.do) {
    case 'put-blob':
      state.blobs.add(change.digest);
      break;
    case 'delete-blob':
      state.blobs.delete(change.digest);
      break;
    case 'put-manifest':
      state.manifests.set(change.digest, change.facts);
      break;
    case 'delete-manifest':
      state.manifests.delete(change.digest);
      for (const [tag, digest] of state.tags) if (digest === change.digest) state.tags.delete(tag);
      break;
    case 'move-tag': {
      const { tag, at, digest } = change;
      state.tags.set(tag, digest);
      const moves = state.history.get(tag) ?? [];
      moves.push({ at, digest });
      state.history.set(tag, moves);
      break;
    }
    case 'delete-tag':
      state.tags.delete(change.tag);
      break;
  }
}
