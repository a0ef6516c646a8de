import type { IndexPorts } from '../../actions/index-image.ts';
import type {
  AdvisoryFeed,
  Deployment,
  DeploymentScope,
  LayerLeases,
  PushedImage,
  PushMessage,
  RecordBatch,
  Registry,
  RegistryListing,
  StateStore,
} from '../../actions/ports.ts';
import { runNight } from '../../actions/run-night.ts';
import { createDynamoStateStore } from '../../adapters/aws/dynamo-state-store.ts';
import { readLayer } from '../../adapters/registry/read-layer.ts';
import type { Alert, Told } from '../../core/alert/alert.ts';
import { DEFAULT_POLICY } from '../../core/alert/policy.ts';
import type { Digest } from '../../core/image/digest.ts';
import { ImageNotFoundError, RegistryUnavailableError } from '../../core/image/errors.ts';
import { formatReference, parseReference } from '../../core/image/reference.ts';
import { REMEMBER_DAYS } from '../../core/lineage/seen.ts';
import type { FeedValidator } from '../../core/run/run.ts';
import type { SuppressionSet } from '../../core/suppress/suppression.ts';
import { createNightWorkers } from '../../local/player/night-workers.ts';
import { createPlainSteps } from '../../local/player/plain-steps.ts';
import type { ProductPorts } from '../../local/player/product-ports.ts';
import { type BuiltImage, buildImage } from '../../local/world/build-image.ts';
import { PlatformSpec } from '../../local/world/platform-spec.ts';
import type { BuiltArtifact } from './build-artifact.ts';
import { createMemoryObjectStore, type MemoryObjectStore } from './memory-object-store.ts';
import type { TestDynamo } from './test-dynamo.ts';

/** What a test's image is. */
export interface ImageSpec {
  /** `name=version` of Wolfi. */
  readonly packages?: readonly string[];
  readonly shell?: boolean;
  /** A minor of Python. */
  readonly python?: string;
  readonly root?: boolean;
  /** A program of no package. */
  readonly opaque?: boolean;
  /** Of files that are as large, uncompressed. */
  readonly megabytes?: number;
  /** Of its os-release, instead of Wolfi's. */
  readonly osRelease?: Readonly<Record<string, string>>;
  readonly platforms?: readonly string[];
}

/** The header of a 64-bit program for amd64, and no more. */
const PROGRAM = `\x7fELF\x02\x01\x01${'\0'.repeat(9)}\x02\0>${'\0'.repeat(45)}`;

/** Builds a real image; the same spec gives the same bytes. */
export function anImageOf(spec: ImageSpec = {}): Promise<BuiltImage> {
  const { packages = [], shell = false, root = false, platforms = ['linux/amd64'], python } = spec;
  const files = {
    'etc/passwd': 'root:x:0:0:root:/root:/sbin/nologin\nweb:x:65532:65532::/:/sbin/nologin\n',
    ...(shell && { 'bin/sh': 'a shell' }),
    ...(spec.megabytes && { 'srv/data': 'x'.repeat(spec.megabytes * 1e6) }),
    ...(spec.opaque && { 'app/server': PROGRAM }),
  };
  const platform = PlatformSpec.parse({
    layers: [
      {
        osRelease: spec.osRelease ?? { ID: 'wolfi', NAME: 'Wolfi', VERSION_ID: '20230201' },
        apk: [...packages, ...(python ? [pythonPackage(python)] : [])],
        files,
        compression: 'none',
      },
    ],
    config: { User: root ? '0' : '65532' },
  });
  return buildImage(Object.fromEntries(platforms.map((name) => [name, platform])), () => undefined);
}

function pythonPackage(minor: string) {
  const files = [`usr/bin/python${minor}`];
  return { name: `python-${minor}`, version: `${minor}.0-r0`, files };
}

/** A registry that holds what was pushed to it, and fails when it is told to. */
export interface FakeRegistry extends Registry {
  push(reference: string, image: BuiltImage): void;
  deleteTag(reference: string): void;
  /** What was pushed refers to another manifest from now on; `tag`: it lies under this tag besides. */
  attach(artifact: BuiltArtifact, tag?: string): void;
  /** Every question about a host fails while it is here. */
  readonly unreachable: Set<string>;
  /** Every call: `resolve web:1`, `manifest sha256:…`, `capture sha256:…`. */
  readonly calls: string[];
  /** Awaited before each answer to `resolve`, which is taken afterwards. */
  beforeResolve: (reference: string) => Promise<void>;
}

export function createFakeRegistry(): FakeRegistry {
  const tags = new Map<string, Digest>();
  const images = new Map<Digest, BuiltImage>();
  const attached: BuiltArtifact[] = [];
  const unreachable = new Set<string>();
  const calls: string[] = [];
  const ask = (host: string, call: string) => {
    calls.push(call);
    if (unreachable.has(host)) throw new RegistryUnavailableError(`${host} does not answer`);
  };
  const manifests = () => [...images.values()].flatMap((image) => image.manifests);
  const find = <Value>(value: Value | undefined, what: string): Value => {
    if (value === undefined) throw new ImageNotFoundError(what);
    return value;
  };
  const registry: FakeRegistry = {
    unreachable,
    calls,
    beforeResolve: async () => {},
    push(reference, image) {
      tags.set(reference, image.digest);
      images.set(image.digest, image);
    },
    deleteTag: (reference) => void tags.delete(reference),
    attach(artifact, tag) {
      attached.push(artifact);
      if (tag) tags.set(tag, artifact.digest);
    },
    async referrers({ registry: host }, digest) {
      ask(host, `referrers ${digest}`);
      return attached
        .filter(({ subject }) => subject === digest)
        .map((each) => ({ ...each, size: each.bytes.byteLength }));
    },
    async resolve(reference) {
      const name = formatReference(reference);
      await registry.beforeResolve(name);
      ask(reference.registry, `resolve ${name}`);
      const digest = find(reference.digest ?? tags.get(name), name);
      const known = [...images.values(), ...attached].find((each) => each.digest === digest);
      return { digest, mediaType: find(known, digest).mediaType };
    },
    async manifest({ registry: host }, digest) {
      ask(host, `manifest ${digest}`);
      return find(
        [...manifests(), ...attached].find((each) => each.digest === digest),
        digest,
      );
    },
    async blob({ registry: host }, { digest }) {
      ask(host, `blob ${digest}`);
      return find(blobOf([...images.values(), ...attached], digest), digest);
    },
    async capture({ registry: host }, layer, diffId) {
      ask(host, `capture ${layer.digest}`);
      const bytes = find(blobOf([...images.values()], layer.digest), layer.digest);
      return readLayer(
        (async function* () {
          yield bytes;
        })(),
        { ...layer, diffId },
      );
    },
    async tags({ registry: host, repository }) {
      ask(host, `tags ${repository}`);
      const prefix = `${host}/${repository}:`;
      const names = [...tags.keys()].filter((name) => name.startsWith(prefix));
      return names.map((name) => name.slice(prefix.length)).sort();
    },
    tagHistory: async () => undefined,
  };
  return registry;
}

function blobOf(
  pushed: readonly Pick<BuiltImage, 'blobs'>[],
  digest: Digest,
): Uint8Array | undefined {
  return pushed.flatMap(({ blobs }) => blobs.get(digest) ?? [])[0];
}

/** A feed whose records a test changes. */
export interface FakeFeed extends AdvisoryFeed {
  readonly byId: Map<string, unknown>;
  /** What a server would call its ETag: asked with the same, it is unchanged. */
  etag: string | null;
  /** What it was asked with, each time. */
  readonly asked: (FeedValidator | null)[];
  /** Thrown when it is read. */
  failure: Error | undefined;
}

export function createFakeFeed(name: string, control: string | null = null): FakeFeed {
  const byId = new Map<string, unknown>();
  if (control) byId.set(control, { id: control, modified: '1970-01-01T00:00:00Z' });
  const feed: FakeFeed = {
    name,
    control,
    byId,
    etag: null,
    asked: [],
    failure: undefined,
    async read(known) {
      feed.asked.push(known);
      if (feed.etag !== null && known?.etag === feed.etag) return { kind: 'unchanged' };
      const validator =
        feed.etag === null ? null : { source: name, etag: feed.etag, modified: null };
      return { kind: 'records', records: recordsOf(feed), validator };
    },
  };
  return feed;
}

async function* recordsOf({ failure, byId }: FakeFeed): AsyncGenerator<RecordBatch> {
  if (failure) throw failure;
  yield [...byId.values()];
}

/** An OSV record: everything of a Wolfi package below `fixed` (all of it without) is affected. */
export function anAdvisory(
  id: string,
  affected: { readonly name: string; readonly fixed?: string; readonly severity?: string },
) {
  const { name, fixed, severity = 'high' } = affected;
  return {
    id,
    modified: '2026-01-01T00:00:00Z',
    affected: [
      {
        package: { ecosystem: 'Wolfi', name },
        ranges: [
          { type: 'ECOSYSTEM', events: [{ introduced: '0' }, ...(fixed ? [{ fixed }] : [])] },
        ],
        database_specific: { severity },
      },
    ],
  };
}

/** All ports of the product over working stand-ins; what happened lies in them afterwards. */
export interface FakePorts extends ProductPorts, IndexPorts {
  readonly registry: FakeRegistry;
  readonly objects: MemoryObjectStore;
  readonly leases: LayerLeases;
  /** What was told, doubles included. */
  readonly told: Alert[];
  /** While it gives an error, the topic throws it. */
  topicFailure: (alert: Alert) => Error | undefined;
  /** What whole registries list. */
  readonly listings: RegistryListing[];
  /** With which report alerts were told, by id. */
  readonly reported: Map<string, string>;
  /** What people were told, doubles included. */
  readonly toldPeople: Told[];
  /** As `topicFailure`, of the people's topic. */
  peopleFailure: (told: Told) => Error | undefined;
  /** Topics without a confirmed subscription. */
  readonly unsubscribed: string[];
  readonly queued: PushedImage[];
  /** Events that were put off, with their seconds. */
  readonly putOff: (PushMessage & { readonly seconds: number })[];
  /** What runs, by scope. */
  readonly scopes: Map<
    string,
    { failure: string | null; readonly running: Map<string, Deployment>; idle?: readonly string[] }
  >;
  readonly feed: FakeFeed;
  readonly watched: string[];
  /** What is suppressed from the next night on. */
  suppressed: SuppressionSet | undefined;
  rememberDays: number;
  /** RFC 3339. */
  now: string;
  readonly warnings: string[];
}

export async function fakePorts(dynamo: TestDynamo): Promise<FakePorts> {
  const state = createDynamoStateStore({
    client: dynamo.client,
    tableName: await dynamo.newTable(),
  });
  return fakePortsOver(state);
}

export function fakePortsOver(state: StateStore): FakePorts {
  const registry = createFakeRegistry();
  const feed = createFakeFeed('wolfi');
  const ports: FakePorts = {
    state,
    registry,
    images: registry,
    suppressed: undefined,
    suppressions: { read: async () => ports.suppressed },
    objects: createMemoryObjectStore(),
    told: [],
    reported: new Map(),
    reports: { addressOf: (runId) => `https://reports.test/${runId}` },
    topicFailure: () => undefined,
    topic: {
      async publish(alert, report) {
        const failure = ports.topicFailure(alert);
        if (failure) throw failure;
        ports.told.push(alert);
        if (report) ports.reported.set(alert.alertId, report);
      },
    },
    toldPeople: [],
    peopleFailure: () => undefined,
    people: {
      async publish(told) {
        const failure = ports.peopleFailure(told);
        if (failure) throw failure;
        ports.toldPeople.push(told);
      },
    },
    unsubscribed: [],
    subscriptions: { missing: async () => ports.unsubscribed },
    queued: [],
    listings: [],
    lister: { list: async () => ports.listings },
    putOff: [],
    pushQueue: { sendLater: async (each, seconds) => void ports.putOff.push({ ...each, seconds }) },
    leases: { take: async () => true, giveBack: async () => {}, pause: async () => {} },
    assessQueue: { send: async (push) => void ports.queued.push(push) },
    scopes: new Map(),
    deployments: {
      async list(): Promise<DeploymentScope[]> {
        return [...ports.scopes].map(([scope, { failure, running, idle = [] }]) => ({
          scope,
          failure,
          deployments: failure === null ? [...running.values()] : [],
          idle,
        }));
      },
    },
    feed,
    feeds: [feed],
    watched: [],
    watchList: { images: async () => ports.watched },
    backfillDays: 30,
    reread: { images: 1, bytes: 1_000_000 },
    policy: DEFAULT_POLICY,
    rememberDays: REMEMBER_DAYS,
    quietNights: { areTold: true, schedule: null },
    now: '2026-11-20T00:00:00.000Z',
    clock: { now: () => new Date(ports.now) },
    warnings: [],
    log: { info: () => {}, warn: (message) => void ports.warnings.push(message) },
  };
  return ports;
}

/** Deploys what the tag points at now to `<scope>/<name>`. */
export async function deploy(
  ports: FakePorts,
  workload: string,
  reference: string,
  options: { readonly digest?: Digest; readonly platform?: string } = {},
): Promise<void> {
  const scope = workload.slice(0, workload.lastIndexOf('/'));
  const known = ports.scopes.get(scope) ?? { failure: null, running: new Map() };
  ports.scopes.set(scope, known);
  const digest = options.digest ?? (await ports.registry.resolve(parseReference(reference))).digest;
  const platform = options.platform ?? 'linux/amd64';
  known.running.set(workload, { workload, container: 'app', reference, digest, platform });
}

/** Plays a night to its end. */
export async function playNight(ports: FakePorts, runId: string): Promise<void> {
  ports.now = runId;
  await runNight(createPlainSteps(createNightWorkers(ports), new Map()), { runId });
}

/** Ids of what was told, each once, sorted. */
export function toldIds({ told }: FakePorts): string[] {
  return [...new Set(told.map(({ alertId }) => alertId))].sort();
}
