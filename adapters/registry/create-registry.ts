import type { Clock, Registry } from '../../actions/ports.ts';
import { type CredentialsFor, createAuthenticator } from './create-authenticator.ts';
import { createCaller } from './create-caller.ts';
import { createHttp } from './create-http.ts';
import { createSemaphore } from './create-semaphore.ts';
import { createTransport } from './create-transport.ts';
import { LAYER_LIMITS, type LayerLimits } from './layer-limits.ts';
import { listReferrers } from './list-referrers.ts';
import { listTags } from './list-tags.ts';
import { captureLayer, readBlob } from './read-blob.ts';
import { readManifest, resolveReference } from './read-manifest.ts';
import { readTagHistory } from './read-tag-history.ts';
import { endpointOf, type RegistryEndpoints } from './registry-endpoints.ts';
import { createTransferCounters, type TransferCounters } from './transfer-counters.ts';

export interface RegistryOptions {
  /** Registries that are reached elsewhere. @default none */
  readonly endpoints?: RegistryEndpoints;
  /** @default everybody's rights */
  readonly credentialsFor?: CredentialsFor;
  /** Hosts with Chainguard's tag-history API. @default cgr.dev */
  readonly historyHosts?: readonly string[];
  /** Milliseconds for one question, all attempts together. @default 60,000 */
  readonly deadline?: number;
  /** Milliseconds for one layer, all attempts together. @default 600,000 */
  readonly captureDeadline?: number;
  /** Milliseconds without a byte after which an attempt is given up. @default 20,000 */
  readonly stallTimeout?: number;
  /** Layers read at once. @default 3 */
  readonly captures?: number;
  /** @default LAYER_LIMITS */
  readonly layerLimits?: LayerLimits;
  /** Counts what is asked for. @default counters that nobody sees */
  readonly counters?: TransferCounters;
  /** @default the global fetch */
  readonly fetch?: typeof fetch;
  /** Ages tokens and reads dates. @default the machine's */
  readonly clock?: Clock;
  /** Waits milliseconds between attempts. @default real time */
  readonly sleep?: (milliseconds: number) => Promise<void>;
  /** Spreads the waits, 0 to 1. @default Math.random */
  readonly random?: () => number;
}

/**
 * Any registry that speaks the OCI distribution specification, over `fetch`.
 *
 * @throws InvalidEndpointError
 */
export function createRegistry(options: RegistryOptions = {}): Registry {
  const { deadline = 60_000, captureDeadline = 600_000, layerLimits = LAYER_LIMITS } = options;
  const historyHosts = new Set(options.historyHosts ?? ['cgr.dev']);
  const transport = openTransport(options);
  const captures = createSemaphore(options.captures ?? 3);
  const { call } = createCaller({
    clock: transport.clock,
    sleep: options.sleep ?? sleepForReal,
    random: options.random ?? Math.random,
  });

  return {
    resolve: (reference) =>
      call(deadline, (signal) => resolveReference(transport, reference, signal)),
    manifest: (reference, digest) =>
      call(deadline, (signal) => readManifest(transport, reference, digest, signal)),
    blob: (reference, descriptor) =>
      call(deadline, (signal) => readBlob(transport, reference, descriptor, signal)),
    capture: (reference, descriptor, diffId) =>
      captures.run(() =>
        call(captureDeadline, (signal) =>
          captureLayer(transport, reference, { descriptor, diffId, limits: layerLimits }, signal),
        ),
      ),
    tags: async (repository) => await call(deadline, listTags(transport, repository)),
    tagHistory: async (reference, since) =>
      historyHosts.has(reference.registry)
        ? await call(deadline, readTagHistory(transport, reference, since))
        : undefined,
    referrers: (reference, digest) =>
      call(deadline, (signal) => listReferrers(transport, reference, digest, signal)),
  };
}

function openTransport(options: RegistryOptions) {
  const { endpoints = {}, clock = { now: () => new Date() } } = options;
  for (const host of Object.keys(endpoints)) endpointOf(host, endpoints);
  const http = createHttp({
    fetch: options.fetch ?? fetch,
    counters: options.counters ?? createTransferCounters(),
    stallTimeout: options.stallTimeout ?? 20_000,
  });
  const credentialsFor = options.credentialsFor ?? (async () => undefined);
  const authenticator = createAuthenticator({ http, clock, credentialsFor });
  return createTransport({ http, authenticator, endpoints, clock });
}

function sleepForReal(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
