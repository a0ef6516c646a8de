import type { Alert, Audience, Told } from '../core/alert/alert.ts';
import type { Observation } from '../core/drift/observation.ts';
import type { Capture } from '../core/image/capture.ts';
import type { Digest } from '../core/image/digest.ts';
import type { Descriptor } from '../core/image/manifest.ts';
import type { ImageReference } from '../core/image/reference.ts';
import type { Head } from '../core/lineage/lineage.ts';
import type { FeedAcceptance, FeedState, FeedTerms, FeedValidator } from '../core/run/run.ts';
import type { SuppressionSet } from '../core/suppress/suppression.ts';

/** Now; the world's time when embedded. */
export interface Clock {
  now(): Date;
}

/** Structured log lines; the message is static, what varies goes into the fields. */
export interface Log {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** Where the bytes of images come from: a registry, an OCI layout, a docker archive. */
export interface ImageSource {
  /**
   * What a tag (or digest) points at now; one HEAD where the registry allows it.
   *
   * @throws ImageNotFoundError, AccessDeniedError, RateLimitedError, RegistryUnavailableError
   */
  resolve(
    reference: ImageReference,
  ): Promise<{ readonly digest: Digest; readonly mediaType: string }>;
  /** The manifest of a digest, checked against it. @throws as `resolve`, DigestMismatchError, TooLargeError */
  manifest(
    reference: ImageReference,
    digest: Digest,
  ): Promise<{ readonly mediaType: string; readonly bytes: Uint8Array }>;
  /** A small blob (a config), checked against its digest. @throws as `manifest` */
  blob(reference: ImageReference, descriptor: Descriptor): Promise<Uint8Array>;
  /**
   * Manifests whose subject is a digest: signatures, lists of packages, VEX. None where nobody keeps
   * such; who refuses to list them throws.
   *
   * @throws as `resolve`
   */
  referrers(reference: ImageReference, digest: Digest): Promise<readonly Descriptor[]>;
  /** Streams one layer into its capture; digest, diff id and limits checked. @throws as `manifest`, MalformedLayerError, UnsupportedMediaTypeError */
  capture(reference: ImageReference, layer: Descriptor, diffId: Digest): Promise<Capture>;
}

/** One move of a tag. */
export interface TagMove {
  /** RFC 3339 with milliseconds. */
  readonly at: string;
  readonly digest: Digest;
}

/** A registry: images, and questions about tags. */
export interface Registry extends ImageSource {
  /** All tags of a repository, sorted. @throws as `resolve` */
  tags(repository: Pick<ImageReference, 'registry' | 'repository'>): Promise<string[]>;
  /**
   * The moves of a tag from `since` on (inclusive; all when not given), oldest first;
   * `undefined` when the registry keeps no history (only `cgr.dev` does).
   */
  tagHistory(reference: ImageReference, since?: string): Promise<readonly TagMove[] | undefined>;
}

/** An image as its registry lists it. */
export interface ListedImage {
  readonly digest: Digest;
  /** Those that a reference may have, sorted; never none. */
  readonly tags: readonly string[];
  /** RFC 3339 with milliseconds: when the digest was first pushed, not when a tag was moved to it. */
  readonly pushedAt: string;
}

/** A repository with its tagged images. */
export interface ListedRepository {
  readonly registry: string;
  readonly repository: string;
  /** In no order; signatures, attestations, referrers and what is archived are left out. */
  readonly images: readonly ListedImage[];
}

/** What could be seen of a registry. */
export interface RegistryListing {
  /** `ecr/eu-west-1`. */
  readonly scope: string;
  /** Why some of it could not be seen, or `null`. */
  readonly failure: string | null;
  /** Those that were read to their end. */
  readonly repositories: readonly ListedRepository[];
}

/** Lists whole registries (ECR). Never throws for what it could not read: it says so. */
export interface RegistryLister {
  list(): Promise<readonly RegistryListing[]>;
}

/** Immutable objects: S3 when deployed, a folder at home. */
export interface ObjectStore {
  get(key: string): Promise<Uint8Array | undefined>;
  /** Bytes `start` to `end`, end excluded. @throws ObjectMissingError */
  getRange(key: string, start: number, end: number): Promise<Uint8Array>;
  /** Writes whole or not at all; a key that is there already keeps its first bytes. */
  put(key: string, bytes: Uint8Array): Promise<void>;
  /** Keys below a prefix, in UTF-8 order. */
  list(prefix: string): AsyncIterable<string>;
}

/** What somebody has decided not to hear of, as it was deployed. */
export interface SuppressionSource {
  /** `undefined` when nothing was ever decided. */
  read(): Promise<SuppressionSet | undefined>;
}

/** A key that must be there is not. */
export class ObjectMissingError extends Error {
  override readonly name = 'ObjectMissingError';

  constructor(key: string) {
    super(`no such object: ${JSON.stringify(key)}`);
  }
}

/** Points at the night that counts; moving it is the night's commit. */
export interface RunPointer {
  /** Raised by each write; guards the next one. */
  readonly revision: number;
  readonly runId: string;
  /** Key of the run object. */
  readonly run: string;
  /** Keys of alert objects that are not delivered entirely. */
  readonly pending: readonly string[];
}

/** A head with the alerts that its last writes made true and nobody has delivered yet. */
export interface StoredHead extends Head {
  readonly pending: readonly Alert[];
}

/** Heads, the pointer, observations and deliveries: DynamoDB, embedded and deployed. Reads are consistent unless said otherwise. */
export interface StateStore {
  head(channel: string): Promise<StoredHead | undefined>;
  /** Every head, by channel. */
  heads(): Promise<readonly StoredHead[]>;
  /** Writes if the stored revision is `head.revision - 1` (0: nothing stored); `false` when somebody was faster. */
  commitHead(head: StoredHead): Promise<boolean>;
  /** Heads with pending alerts; may lag by moments (a sparse index). */
  pendingHeads(): Promise<readonly StoredHead[]>;
  runPointer(): Promise<RunPointer | undefined>;
  /** As `commitHead`. */
  commitRunPointer(pointer: RunPointer): Promise<boolean>;
  /** Whether this audience has taken the alert; what one has taken says nothing of the other. */
  isDelivered(alertId: string, audience: Audience): Promise<boolean>;
  /** `at` is RFC 3339. */
  markDelivered(alertId: string, audience: Audience, at: string): Promise<void>;
  /** Kept once: an observation of the same image, platform, time and digest stays as it was first written. */
  putObservation(observation: Observation): Promise<void>;
  /** By time, then platform. */
  observations(image: string): Promise<readonly Observation[]>;
  /** The last acceptance of a held state of a feed. */
  feedAcceptance(feed: string): Promise<FeedAcceptance | undefined>;
  /** As `commitHead`. */
  commitFeedAcceptance(acceptance: FeedAcceptance): Promise<boolean>;
}

/** Tells machines: an SNS topic that carries JSON. */
export interface AlertTopic {
  /** `report`: the address of the report of the night that tells it; `null` by day. */
  publish(alert: Alert, report: string | null): Promise<void>;
}

/** Tells people: an SNS topic that carries chat messages and mails. */
export interface PeopleTopic {
  /** `report`: the address of the report of the night that tells it; `null` by day. */
  publish(told: Told, report: string | null): Promise<void>;
}

/** Where people find the reports of nights. */
export interface Reports {
  /** A URL for whoever may read the objects; `null` where they have none. */
  addressOf(runId: string): string | null;
}

/** Who listens to the topics that must have a listener. */
export interface Subscriptions {
  /** Names of the topics without a confirmed subscription. */
  missing(): Promise<readonly string[]>;
}

/** Plays nights in executions of their own (durable ones, when deployed). */
export interface NightExecutions {
  /** Starts a night, unless there is an execution of that name; gives that execution's ARN, `null` if unknown. */
  start(name: string, runId: string): Promise<string | null>;
  /** Asks whether it might, without starting one. */
  tryStart(): Promise<void>;
}

/** One workload's container and what it runs. */
export interface Deployment {
  /**
   * `ecs/<cluster>/<service>`, `ecs/<cluster>/task/<family>`, `eks/<cluster>/<namespace>/<kind>/<name>`,
   * `lambda/<function>`; of another account or region `<place>:` stands before the second part. No `|`.
   */
  readonly workload: string;
  readonly container: string;
  /** `registry/repository:tag`, as the orchestrator was told; without a tag where it was told a digest alone. */
  readonly reference: string;
  /** What it resolved that to: an index's digest or a platform's. */
  readonly digest: Digest;
  readonly platform: string;
  /** How many of it run: tasks, pods. @default 1 */
  readonly count?: number;
}

/** What one source could see of one scope (region, cluster). */
export interface DeploymentScope {
  /** `ecs/eu-west-1/prod`. Scopes nest: `ecs/eu-west-1` stands for all below it that are not listed themselves. */
  readonly scope: string;
  /** `null` when the scope was listed completely, else why not: then nothing in it may be resolved. */
  readonly failure: string | null;
  /** A container that runs several images at once is there once an image, the newest first. */
  readonly deployments: readonly Deployment[];
  /**
   * Workloads that are there though they may run nothing now: a service scaled to zero, a job
   * between its runs. `ecs/prod/task/*` names all below it. What they ran lately still counts; what
   * ran and is named neither here nor above is gone for good. @default none
   */
  readonly idle?: readonly string[];
}

/** Lists what runs. Never throws for a scope it could not read: it says so. */
export interface DeploymentSource {
  list(): Promise<readonly DeploymentScope[]>;
}

/** One source of advisories, or of details of vulnerabilities. */
export interface AdvisoryFeed {
  readonly name: string;
  /** What its records are; absent: advisories. */
  readonly kind?: FeedState['kind'];
  /** Id of a record that must be found each time, or `null`. */
  readonly control: string | null;
  /** Whose data it is; not given for one that nobody publishes. */
  readonly terms?: FeedTerms;
  /**
   * Asks for the records. `known` identifies the state that is kept, `null` asks without condition.
   *
   * @throws FeedUnavailableError
   */
  read(known: FeedValidator | null): Promise<FeedAnswer>;
}

/** Some records, unparsed: to wait for each of a million and a half would take longer than to read it. */
export type RecordBatch = readonly unknown[];

/** What a feed says to who has read it before. */
export type FeedAnswer =
  | { readonly kind: 'unchanged' }
  | {
      readonly kind: 'records';
      /** All records, unparsed, in any order; to be read at once, since what holds them goes with the reading. @throws FeedUnavailableError */
      readonly records: AsyncIterable<RecordBatch>;
      readonly validator: FeedValidator | null;
    };

/** A feed that could not be read to its end. */
export class FeedUnavailableError extends Error {
  override readonly name = 'FeedUnavailableError';
}

/** Sends a pushed and indexed image on to be assessed (SQS). */
export interface AssessQueue {
  send(push: PushedImage): Promise<void>;
}

/** Has images indexed by the one function that reads their bytes. */
export interface Indexer {
  /** Indexes those that nobody has. What cannot be read is logged there, and has no inventory then. @throws IndexerFailedError */
  index(images: readonly { readonly reference: string; readonly digest: Digest }[]): Promise<void>;
}

/** The function that indexes gave no answer. */
export class IndexerFailedError extends Error {
  override readonly name = 'IndexerFailedError';
}

/** An event of ECR's as it lay in its queue, and how often it was put off before. */
export interface PushMessage {
  readonly body: string;
  /** 0 for what comes from ECR. */
  readonly attempt: number;
}

/** Takes push events that could not be handled now (SQS). */
export interface PushQueue {
  /** The message comes again after so many seconds, 900 at most, as a new one. */
  sendLater(message: PushMessage, seconds: number): Promise<void>;
}

/**
 * Lets one function at a time read a layer. It only saves work: a lease ends by itself, and who
 * waits too long reads all the same.
 */
export interface LayerLeases {
  /** Takes a layer, for some minutes; `false` while another has it. */
  take(layer: Digest): Promise<boolean>;
  /** Gives back what was taken; nothing happens when another has it by now. */
  giveBack(layer: Digest): Promise<void>;
  /** Waits before asking again for what another has. */
  pause(): Promise<void>;
}

/** A push as the event told it. */
export interface PushedImage {
  readonly registry: string;
  readonly repository: string;
  readonly tag: string;
  readonly digest: Digest;
  /** RFC 3339, the event's time. */
  readonly pushedAt: string;
}
