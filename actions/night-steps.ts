import type { Run } from '../core/run/run.ts';

/**
 * The steps of a night. Each worker is a function of its own (Lambda when deployed)
 * that takes and gives small JSON; what is large goes through the object store.
 */
export interface NightWork {
  readonly 'observe-tags': { input: NightRequest; output: { readonly moves: string } };
  readonly 'list-deployments': { input: NightRequest; output: { readonly deployments: string } };
  readonly 'reconcile-images': {
    input: NightRequest & { readonly moves: string; readonly deployments: string };
    output: { readonly plan: string; readonly batches: number };
  };
  readonly 'index-batch': {
    input: NightRequest & { readonly plan: string; readonly batch: number };
    output: { readonly results: string };
  };
  readonly 'record-observations': {
    input: NightRequest & { readonly moves: string };
    output: { readonly drifts: string };
  };
  readonly 'list-feeds': { input: NightRequest; output: { readonly feeds: readonly string[] } };
  readonly 'refresh-feed': {
    input: NightRequest & { readonly feed: string };
    output: { readonly state: string };
  };
  readonly 'match-fleet': {
    input: NightRequest & {
      readonly plan: string;
      readonly deployments: string;
      readonly feeds: readonly RefreshedFeed[];
    };
    output: { readonly matched: string };
  };
  readonly 'compare-lineages': {
    input: NightRequest & {
      readonly plan: string;
      readonly matched: string;
      readonly drifts: string;
      readonly results: readonly string[];
      readonly deployments: string;
      readonly moves: string;
    };
    output: RunToCommit;
  };
  readonly 'commit-run': {
    input: NightRequest & RunToCommit;
    output: { readonly committed: boolean };
  };
  readonly 'reassess-pushes': { input: NightRequest; output: { readonly reassessed: number } };
  readonly 'deliver-alerts': {
    input: NightRequest;
    output: { readonly delivered: number; readonly failed: number };
  };
  readonly 'write-report': {
    input: NightRequest & { readonly run: string };
    output: { readonly report: string };
  };
}

export type WorkerName = keyof NightWork;

/** What became of one feed. */
export interface RefreshedFeed {
  readonly feed: string;
  /** Key of its state; `null` when its worker failed every time. */
  readonly state: string | null;
}

/** How often a worker that fails is tried before its night fails. */
export const WORKER_ATTEMPTS = 3;

/** A night that is written and waits for its commit. */
export interface RunToCommit {
  /** Key of the run object. */
  readonly run: string;
  /** The run that it may follow. */
  readonly base: string | null;
  /** Keys of what it tells. */
  readonly pending: readonly string[];
  readonly status: Run['status'];
  /** Feeds that are held. */
  readonly held: number;
}

/** Which night: its id is its time, RFC 3339 in milliseconds. */
export interface NightRequest {
  readonly runId: string;
}

/** A worker of the night. */
export type Worker<Name extends WorkerName> = (
  input: NightWork[Name]['input'],
) => Promise<NightWork[Name]['output']>;

/**
 * Runs the night's steps: durable when deployed, plain at home. A step that was done
 * is not done again when the night is replayed; its result, passed through JSON, is given again.
 */
export interface Steps {
  /** `step` is unique within the night. */
  invoke<Name extends WorkerName>(
    step: string,
    worker: Name,
    input: NightWork[Name]['input'],
  ): Promise<NightWork[Name]['output']>;
  /**
   * Invokes a worker once for each input, at once where that can be; the answers are in the
   * inputs' order. One that fails every time it is tried gives `null`, and takes nothing from
   * the others.
   *
   * @param atOnce so many at most run side by side. @default all
   */
  invokeEach<Name extends WorkerName>(
    group: string,
    worker: Name,
    inputs: readonly NamedInput<Name>[],
    atOnce?: number,
  ): Promise<readonly (NightWork[Name]['output'] | null)[]>;
}

/** One of several invocations of a worker; `step` is unique within the night. */
export interface NamedInput<Name extends WorkerName> {
  readonly step: string;
  readonly input: NightWork[Name]['input'];
}
