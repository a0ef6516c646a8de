import { mkdirSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import type { Clock, TagMove } from '../../actions/ports.ts';
import type { Digest } from '../../core/image/digest.ts';
import { createPushDesk } from './answer-push.ts';
import { createFolderBlobStore, createMemoryBlobStore } from './blob-store.ts';
import { createMemoryChangeLog, type ManifestFacts, openChangeLog } from './change-log.ts';
import { createHostGuard } from './host-guard.ts';
import { basePathOf } from './parse-route.ts';
import { createRegistryContent } from './registry-content.ts';
import { createRegistryFaults, type RegistryFault } from './registry-faults.ts';
import { type RegistryDesk, serveRequest } from './serve-request.ts';

interface StartRegistryOptions {
  /** Dates the moves of tags, and ages tokens. */
  readonly clock: Clock;
  /** Keeps everything here from one start to the next. @default memory alone */
  readonly folder?: string;
  /** Hosts that give bearer tokens to anybody. @default cgr.dev */
  readonly tokenHosts?: readonly string[];
  /**
   * Awaited when a call (`registry:GET blob`) has taken effect, before its answer goes out.
   *
   * @default nothing
   */
  readonly afterCall?: (call: string) => void | Promise<void>;
}

/** A manifest with all that a registry knows of it by itself. */
export interface ListedManifest extends ManifestFacts {
  readonly digest: Digest;
  /** Sorted. */
  readonly tags: readonly string[];
}

/** Many registries in one: hosts by name, on one port of loopback. */
export interface EmbeddedRegistry {
  /** The root's URL; it speaks for `localhost` and asks for no permission. */
  readonly url: string;
  /** What GetAuthorizationToken would give for any ECR host here. */
  readonly ecrAuthorizationToken: string;
  /** Where a host is reached; every host is there from the start. */
  endpointFor(host: string): string;
  hasBlob(host: string, repository: string, digest: Digest): boolean;
  putBlob(host: string, repository: string, bytes: Uint8Array): Promise<Digest>;
  /** Moves a tag too, unless it is `null`. @throws RegistryRefusalError */
  putManifest(
    host: string,
    repository: string,
    tag: string | null,
    bytes: Uint8Array,
    mediaType: string,
  ): Promise<Digest>;
  /** `false` when there is no such tag. Its history stays. */
  deleteTag(host: string, repository: string, tag: string): boolean;
  /** Tags that point at it go too; `false` when there is no such manifest. */
  deleteManifest(host: string, repository: string, digest: Digest): boolean;
  tagDigest(host: string, repository: string, tag: string): Digest | undefined;
  /** A host's repositories, sorted. */
  repositories(host: string): readonly string[];
  /** What a repository holds, in the order in which it came. */
  listManifests(host: string, repository: string): readonly ListedManifest[];
  /** All moves of a tag, oldest first. */
  history(host: string, repository: string, tag: string): readonly TagMove[];
  /** Adds to the faults that are still to come. @throws InvalidFaultError */
  setFault(fault: RegistryFault): void;
  clearFaults(): void;
  /** Ends at once, requests under way included. */
  close(): Promise<void>;
}

/**
 * Starts an OCI registry in this process, on a free port of loopback.
 *
 * @throws MalformedChangeLogError
 */
export async function startRegistry(options: StartRegistryOptions): Promise<EmbeddedRegistry> {
  const { clock, folder, tokenHosts = ['cgr.dev'], afterCall = () => undefined } = options;
  const content = createRegistryContent({ clock, ...openStores(folder) });
  const faults = createRegistryFaults();
  let url = '';
  const guard = createHostGuard({ clock, tokenHosts, origin: () => url });
  const desk: RegistryDesk = { content, faults, guard, push: createPushDesk(content), afterCall };
  const server = createServer((request, response) => void serveRequest(desk, request, response));
  url = await listen(server);

  return {
    url,
    ecrAuthorizationToken: guard.ecrAuthorizationToken,
    endpointFor: (host) => `${url}${basePathOf(host)}`,
    hasBlob: (host, repository, digest) => content.hasBlob({ host, repository }, digest),
    putBlob: (host, repository, bytes) => content.putBlob({ host, repository }, bytes),
    putManifest: (host, repository, tag, bytes, mediaType) =>
      content.putManifest({ host, repository }, tag, bytes, mediaType),
    deleteTag: (host, repository, tag) => content.deleteTag({ host, repository }, tag),
    deleteManifest: (host, repository, digest) =>
      content.deleteManifest({ host, repository }, digest),
    tagDigest: (host, repository, tag) => content.tags({ host, repository })?.get(tag),
    repositories: (host) => content.repositories(host),
    listManifests(host, repository) {
      const tags = [...(content.tags({ host, repository }) ?? [])];
      return [...content.manifests({ host, repository })].map(([digest, facts]) => ({
        ...facts,
        digest,
        tags: tags.flatMap(([tag, each]) => (each === digest ? [tag] : [])).sort(),
      }));
    },
    history: (host, repository, tag) => [...content.history({ host, repository }, tag)],
    setFault: faults.add,
    clearFaults: faults.clear,
    close: () => close(server),
  };
}

function openStores(folder: string | undefined) {
  if (folder === undefined) return { blobs: createMemoryBlobStore(), log: createMemoryChangeLog() };
  mkdirSync(folder, { recursive: true });
  return {
    blobs: createFolderBlobStore(join(folder, 'blobs')),
    log: openChangeLog(join(folder, 'changes.ndjson')),
  };
}

function listen(server: Server): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' ? address?.port : undefined;
      resolve(`http://127.0.0.1:${port}`);
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error ? reject(error) : resolve()));
    server.closeAllConnections();
  });
}
