import type { Clock, TagMove } from '../../actions/ports.ts';
import type { Digest } from '../../core/image/digest.ts';
import type { BlobStore } from './blob-store.ts';
import type { ChangeLog, ManifestFacts } from './change-log.ts';
import { readManifestFacts } from './manifest-facts.ts';
import { RegistryRefusalError } from './registry-refusal.ts';
import { openRepositories, type Repositories, type RepositoryName } from './repositories.ts';

/** What the embedded registry holds, and the rules for changing it. */
export interface RegistryContent {
  hasBlob(name: RepositoryName, digest: Digest): boolean;
  putBlob(name: RepositoryName, bytes: Uint8Array): Promise<Digest>;
  /** Makes a blob of another repository of the same host this one's too; `false` when it has none. */
  mountBlob(name: RepositoryName, from: string, digest: Digest): boolean;
  deleteBlob(name: RepositoryName, digest: Digest): boolean;
  readBlob(name: RepositoryName, digest: Digest): Promise<Uint8Array | undefined>;
  /**
   * Puts a manifest and moves a tag to it; `null`: no tag.
   *
   * @throws RegistryRefusalError for what is no manifest, or refers to what is not there
   */
  putManifest(
    name: RepositoryName,
    tag: string | null,
    bytes: Uint8Array,
    mediaType: string,
  ): Promise<Digest>;
  readManifest(
    name: RepositoryName,
    reference: string,
  ): Promise<
    | { readonly digest: Digest; readonly facts: ManifestFacts; readonly bytes: Uint8Array }
    | undefined
  >;
  manifests(name: RepositoryName): ReadonlyMap<Digest, ManifestFacts>;
  /** A host's repositories, sorted. */
  repositories(host: string): readonly string[];
  /** Tags that point at it go too; `false` when it is not there. */
  deleteManifest(name: RepositoryName, digest: Digest): boolean;
  deleteTag(name: RepositoryName, tag: string): boolean;
  /** The tags, by name; `undefined` for a repository that nothing was ever pushed to. */
  tags(name: RepositoryName): ReadonlyMap<string, Digest> | undefined;
  /** All moves of a tag, oldest first; a deleted tag keeps its own. */
  history(name: RepositoryName, tag: string): readonly TagMove[];
}

interface RegistryContentOptions {
  readonly clock: Clock;
  readonly blobs: BlobStore;
  readonly log: ChangeLog;
}

/** The content as its log left it. */
export function createRegistryContent(options: RegistryContentOptions): RegistryContent {
  const repositories = openRepositories(options.log);
  return {
    ...blobOperations(options, repositories),
    ...manifestOperations(options, repositories),
    repositories: (host) => repositories.of(host),
    tags: (name) => repositories.find(name)?.tags,
    history: (name, tag) => repositories.find(name)?.history.get(tag) ?? [],
  };
}

function blobOperations({ blobs }: RegistryContentOptions, { find, record }: Repositories) {
  return {
    hasBlob: (name, digest) => find(name)?.blobs.has(digest) ?? false,

    async putBlob(name, bytes) {
      const digest = await blobs.put(bytes);
      if (!find(name)?.blobs.has(digest)) record({ do: 'put-blob', ...name, digest });
      return digest;
    },

    mountBlob(name, from, digest) {
      const source = find({ host: name.host, repository: from });
      if (!source?.blobs.has(digest)) return false;
      record({ do: 'put-blob', ...name, digest });
      return true;
    },

    deleteBlob(name, digest) {
      if (!find(name)?.blobs.has(digest)) return false;
      record({ do: 'delete-blob', ...name, digest });
      return true;
    },

    async readBlob(name, digest) {
      return find(name)?.blobs.has(digest) ? await blobs.get(digest) : undefined;
    },
  } satisfies Partial<RegistryContent>;
}

function manifestOperations(
  { blobs, clock }: RegistryContentOptions,
  { find, record }: Repositories,
) {
  return {
    async putManifest(name, tag, bytes, mediaType) {
      const { facts, needed } = readManifestFacts(bytes, mediaType);
      const state = find(name);
      const missing =
        needed.blobs.find((digest) => !state?.blobs.has(digest)) ??
        needed.manifests.find((digest) => !state?.manifests.has(digest));
      if (missing) throw new RegistryRefusalError(404, 'MANIFEST_BLOB_UNKNOWN', missing);
      const digest = await blobs.put(bytes);
      const at = clock.now().toISOString();
      if (!find(name)?.manifests.has(digest)) {
        record({ do: 'put-manifest', ...name, digest, facts: { ...facts, pushedAt: at } });
      }
      // A push of what the tag points at already is no move.
      if (tag !== null && find(name)?.tags.get(tag) !== digest) {
        record({ do: 'move-tag', ...name, tag, digest, at });
      }
      return digest;
    },

    async readManifest(name, reference) {
      const state = find(name);
      const digest = state?.tags.get(reference) ?? reference;
      const facts = state?.manifests.get(digest);
      const bytes = facts && (await blobs.get(digest));
      return bytes && { digest, facts, bytes };
    },

    manifests: (name) => find(name)?.manifests ?? new Map(),

    deleteManifest(name, digest) {
      if (!find(name)?.manifests.has(digest)) return false;
      record({ do: 'delete-manifest', ...name, digest });
      return true;
    },

    deleteTag(name, tag) {
      if (!find(name)?.tags.has(tag)) return false;
      record({ do: 'delete-tag', ...name, tag });
      return true;
    },
  } satisfies Partial<RegistryContent>;
}
