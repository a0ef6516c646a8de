import { join } from 'node:path';
import type { ECRClient } from '@aws-sdk/client-ecr';
import type { SNSClient } from '@aws-sdk/client-sns';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { WatchList } from '../../actions/observe-tags.ts';
import type {
  Clock,
  LayerLeases,
  Log,
  ObjectStore,
  PushQueue,
  Registry,
  StateStore,
  SuppressionSource,
} from '../../actions/ports.ts';
import {
  createDynamoClient,
  createSnsClient,
  createSqsClient,
} from '../../adapters/aws/create-aws-clients.ts';
import { createDynamoLayerLeases } from '../../adapters/aws/dynamo-layer-leases.ts';
import { createDynamoStateStore } from '../../adapters/aws/dynamo-state-store.ts';
import { createEcrAuthorizationToken } from '../../adapters/aws/ecr-authorization-token.ts';
import { createEcrCredentials } from '../../adapters/aws/ecr-credentials.ts';
import { createEcrClient, createEcrLister } from '../../adapters/aws/ecr-lister.ts';
import { createSnsAlertTopic } from '../../adapters/aws/sns-alert-topic.ts';
import { createSnsPeopleTopic } from '../../adapters/aws/sns-people-topic.ts';
import { createSnsSubscriptions } from '../../adapters/aws/sns-subscriptions.ts';
import { createSqsAssessQueue } from '../../adapters/aws/sqs-assess-queue.ts';
import { createSqsPushQueue } from '../../adapters/aws/sqs-push-queue.ts';
import { createFolderObjectStore } from '../../adapters/local/folder-object-store.ts';
import { createRegistry } from '../../adapters/registry/create-registry.ts';
import {
  createTransferCounters,
  type TransferCounters,
} from '../../adapters/registry/transfer-counters.ts';
import { DEFAULT_POLICY } from '../../core/alert/policy.ts';
import { REMEMBER_DAYS } from '../../core/lineage/seen.ts';
import { embeddedClientOptions } from '../cloud/embedded-clients.ts';
import { createFaults, type Faults } from '../cloud/faults.ts';
import { wrapFetch } from '../cloud/faulty-fetch.ts';
import { createFaultyObjectStore } from '../cloud/faulty-object-store.ts';
import { instrumentClient } from '../cloud/instrument-client.ts';
import type { Fleet } from '../cloud/orchestrators/fleet.ts';
import { startOrchestrators } from '../cloud/orchestrators/start-orchestrators.ts';
import { currentProcess } from '../cloud/process.ts';
import { createStateTable, startDynamo } from '../cloud/start-dynamo.ts';
import { ecrRegionOf, homeOf, startEcr } from '../cloud/start-ecr.ts';
import { type EmbeddedMessaging, startMessaging } from '../cloud/start-messaging.ts';
import { parseRoute } from '../registry/parse-route.ts';
import { type EmbeddedRegistry, startRegistry } from '../registry/start-registry.ts';
import type { ProductPorts } from './product-ports.ts';
import type { WorldClock } from './world-clock.ts';
import { createWorldDeployments } from './world-deployments.ts';
import type { WorldFeeds } from './world-feeds.ts';

/** The embedded table. */
export const EMBEDDED_TABLE = 'tidewatch';

/** In days. A world's images are small and lie beside us: its tags are read from their beginning. */
const WHOLE_PAST = 36_500;

/** What a configuration would say. */
const SETTINGS = {
  backfillDays: WHOLE_PAST,
  // Nothing that a world keeps is older than the code that plays it.
  reread: { images: 0, bytes: 0 },
  policy: DEFAULT_POLICY,
  rememberDays: REMEMBER_DAYS,
  // A world's nights are events: none is planned.
  quietNights: { areTold: true, schedule: null },
};

export interface CloudOptions {
  /** Where DynamoDB and the objects are kept. */
  readonly folder: string;
  readonly clock: WorldClock;
  /** Registries that the world speaks of. */
  readonly hosts: Iterable<string>;
  /** What runs: ECS, Lambda and EKS tell it. */
  readonly fleet: Fleet;
  readonly feeds: WorldFeeds;
  readonly suppressions: SuppressionSource;
  readonly watchList: WatchList;
  readonly log: Log;
}

/** Everything that AWS and the registries are to the product, on this machine. */
export interface EmbeddedCloud {
  readonly registry: EmbeddedRegistry;
  readonly messaging: EmbeddedMessaging;
  readonly faults: Faults;
  readonly counters: TransferCounters;
  /** What the handlers are given; every call goes through `faults`. */
  readonly ports: ProductPorts;
  /** The same stores without faults, for who looks from outside. */
  readonly state: StateStore;
  readonly objects: ObjectStore;
  stop(): Promise<void>;
}

/** Starts the emulators and puts the product's ports together: the embedded composition root. */
export async function startEmbeddedCloud(options: CloudOptions): Promise<EmbeddedCloud> {
  const { folder, clock } = options;
  const [dynamo, messaging, registry, orchestrators] = await Promise.all([
    startDynamo({ folder: join(folder, 'dynamodb') }),
    startMessaging(),
    startRegistry({ clock }),
    startOrchestrators(options.fleet),
  ]);
  const home = homeOf(new Set(options.hosts));
  const ecr = await startEcr({ registry, home });
  const faults = createFaults();
  const counters = createTransferCounters();
  const objects = createFolderObjectStore({ folder: join(folder, 'objects') });
  const outside = createDynamoClient(embeddedClientOptions(dynamo.endpoint));
  await createStateTable(outside, EMBEDDED_TABLE);

  const inside = createDynamoClient(embeddedClientOptions(dynamo.endpoint));
  const sns = createSnsClient(embeddedClientOptions(messaging.endpoint));
  const sqs = createSqsClient(embeddedClientOptions(messaging.endpoint));
  for (const client of [inside, sns, sqs]) instrumentClient(client, faults);
  const { authorizationToken, ...ecrClients } = openEcr(ecr.endpoint, home, faults);
  const running = createWorldDeployments(orchestrators.endpoint, options.fleet, faults);

  return {
    registry,
    messaging,
    faults,
    counters,
    state: createDynamoStateStore({ client: outside, tableName: EMBEDDED_TABLE }),
    objects,
    ports: {
      registry: openRegistry(options, { registry, faults, counters, authorizationToken }),
      lister: createEcrLister({ client: ecrClients.own, patterns: ['*'] }),
      state: createDynamoStateStore({ client: inside, tableName: EMBEDDED_TABLE }),
      objects: createFaultyObjectStore(objects, faults),
      ...openTopics(sns, messaging),
      assessQueue: createSqsAssessQueue({ client: sqs, queueUrl: messaging.assess.url }),
      pushQueue: comesAtOnce(createSqsPushQueue({ client: sqs, queueUrl: messaging.pushes.url })),
      leases: openLeases(inside, clock),
      deployments: running.deployments,
      feeds: options.feeds.feeds,
      suppressions: options.suppressions,
      watchList: options.watchList,
      ...SETTINGS,
      clock,
      log: options.log,
    },
    async stop() {
      for (const client of [outside, inside, sns, sqs, ...ecrClients.all]) client.destroy();
      running.destroy();
      await Promise.all([
        dynamo.stop(),
        messaging.stop(),
        registry.close(),
        ecr.stop(),
        orchestrators[Symbol.asyncDispose](),
      ]);
    },
  };
}

function openTopics(client: SNSClient, { topicArn, peopleArn }: EmbeddedMessaging) {
  return {
    topic: createSnsAlertTopic({ client, topicArn }),
    people: createSnsPeopleTopic({ client, topicArn: peopleArn, stack: null }),
    subscriptions: createSnsSubscriptions(client, [topicArn, peopleArn]),
    // They lie beside the world's other outputs: no page that anybody could open.
    reports: { addressOf: () => null },
  };
}

/** Clients of the embedded ECR: one of the stack's own region, and one for each host that asks for a token. */
function openEcr(endpoint: string, home: string | undefined, faults: Faults) {
  const { region, ...options } = embeddedClientOptions(endpoint);
  const own = createEcrClient({ ...options, region: home ? ecrRegionOf(home) : region });
  instrumentClient(own, faults);
  const all: ECRClient[] = [own];
  const authorizationToken = createEcrAuthorizationToken(options, (client) => {
    instrumentClient(client, faults);
    all.push(client);
  });
  return { own, all, authorizationToken };
}

/** The player runs one function at a time: a lease that is there is of one that crashed. */
function openLeases(client: DynamoDBDocumentClient, clock: Clock): LayerLeases {
  return createDynamoLayerLeases({
    client,
    tableName: EMBEDDED_TABLE,
    holder: 'embedded',
    clock,
    sleep: async () => undefined,
  });
}

interface RegistryParts extends Pick<EmbeddedCloud, 'registry' | 'faults' | 'counters'> {
  readonly authorizationToken: (host: string) => Promise<string>;
}

/** A wait takes no time in a world. */
function comesAtOnce(queue: PushQueue): PushQueue {
  return { sendLater: (message) => queue.sendLater(message, 0) };
}

function openRegistry(
  { hosts, clock }: CloudOptions,
  { registry, faults, counters, authorizationToken }: RegistryParts,
): Registry {
  const endpoints = Object.fromEntries(
    [...new Set(hosts)].map((host) => [host, registry.endpointFor(host)]),
  );
  const credentialsFor = createEcrCredentials({ authorizationToken, clock });
  const open = () =>
    createRegistry({
      endpoints,
      credentialsFor,
      counters,
      clock,
      fetch: wrapFetch(fetch, faults, registryCall),
      // A wait takes no time in a world.
      sleep: async () => undefined,
      random: () => 0.5,
    });
  return eachProcessItsOwn(open);
}

/** Tokens asked for and places in a queue die with the process that holds them: the next has its own. */
function eachProcessItsOwn(open: () => Registry): Registry {
  const clients = new WeakMap<object, Registry>();
  const outside = {};
  const own = (): Registry => {
    const owner = currentProcess() ?? outside;
    const client = clients.get(owner) ?? open();
    clients.set(owner, client);
    return client;
  };
  return {
    resolve: (...args) => own().resolve(...args),
    manifest: (...args) => own().manifest(...args),
    blob: (...args) => own().blob(...args),
    referrers: (...args) => own().referrers(...args),
    capture: (...args) => own().capture(...args),
    tags: (...args) => own().tags(...args),
    tagHistory: (...args) => own().tagHistory(...args),
  };
}

/** `registry:GET blob`; a HEAD or GET of what the registry's own faults name alike. */
function registryCall(method: string, url: URL): string | undefined {
  const route = parseRoute(url.pathname);
  return route && `registry:${method} ${route.noun}`;
}
