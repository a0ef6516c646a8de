import { readFile } from 'node:fs/promises';
import type { ObjectStore, StateStore } from '../actions/ports.ts';
import {
  type AwsClientOptions,
  createDynamoClient,
  createS3Client,
} from '../adapters/aws/create-aws-clients.ts';
import { createDynamoStateStore } from '../adapters/aws/dynamo-state-store.ts';
import { createS3ObjectStore } from '../adapters/aws/s3-object-store.ts';
import { FolderLockedError } from '../local/cloud/lock.ts';
import { NoEmbeddedStateError, openEmbeddedState } from '../local/player/open-embedded-state.ts';
import { UnusableInputError, UsageError } from './command-errors.ts';

/** Which installation a command is about, as its words say. */
export interface StoreWords {
  /** The `.state` of a world. */
  readonly state?: string | undefined;
  /** The file that `cdk deploy --outputs-file` writes. */
  readonly stack?: string | undefined;
  readonly table?: string | undefined;
  readonly bucket?: string | undefined;
}

/** The words, for `parseArgs`. */
export const STORE_OPTIONS = {
  state: { type: 'string' },
  stack: { type: 'string' },
  table: { type: 'string' },
  bucket: { type: 'string' },
} as const;

/** What they mean, for the help. */
export const STORE_MEANINGS: readonly (readonly [word: string, meaning: string])[] = [
  ['--stack FILE', 'the installation whose outputs `cdk deploy --outputs-file FILE` wrote'],
  ['--table NAME', 'with --bucket: the installation, by its outputs StateTable and ObjectsBucket'],
  ['--state DIR', 'a world that was played: the .state of its output'],
];

/** Where AWS is reached. @default as the SDK finds it */
interface AwsOptions {
  readonly dynamo?: AwsClientOptions;
  readonly s3?: AwsClientOptions;
}

/** The stores of an installation, until they are closed. */
export interface Stores {
  readonly state: StateStore;
  readonly objects: ObjectStore;
  close(): Promise<void>;
}

/**
 * Opens the stores that the words name: in AWS with the credentials, region and endpoints that the
 * SDK finds, or a folder.
 *
 * @throws UsageError, UnusableInputError
 */
export async function openStores(words: StoreWords, aws: AwsOptions = {}): Promise<Stores> {
  const { state, stack, table, bucket } = words;
  const ways = [state, stack, table ?? bucket].filter((each) => each !== undefined);
  if (ways.length !== 1) {
    throw new UsageError(
      'expected one of --stack FILE, --table NAME with --bucket NAME, --state DIR',
    );
  }
  if (state !== undefined) return openFolder(state);
  if (stack !== undefined) return openDeployed(await readOutputs(stack), aws);
  if (!table || !bucket) throw new UsageError('expected --table NAME together with --bucket NAME');
  return openDeployed({ table, bucket }, aws);
}

async function openFolder(folder: string): Promise<Stores> {
  try {
    return await openEmbeddedState(folder);
  } catch (error) {
    if (error instanceof NoEmbeddedStateError || error instanceof FolderLockedError) {
      throw new UnusableInputError(error.message, { cause: error });
    }
    throw error;
  }
}

interface Names {
  readonly table: string;
  readonly bucket: string;
}

function openDeployed({ table, bucket }: Names, aws: AwsOptions): Stores {
  const dynamo = createDynamoClient(aws.dynamo);
  const s3 = createS3Client(aws.s3);
  return {
    state: createDynamoStateStore({ client: dynamo, tableName: table }),
    objects: createS3ObjectStore({ client: s3, bucket }),
    async close() {
      dynamo.destroy();
      s3.destroy();
    },
  };
}

/** Outputs of a stack by their names; a file may hold several stacks, of which one is ours. */
async function readOutputs(path: string): Promise<Names> {
  const found = stacksIn(await readJson(path)).flatMap((outputs) => {
    const { StateTable: table, ObjectsBucket: bucket } = outputs;
    return typeof table === 'string' && typeof bucket === 'string' ? [{ table, bucket }] : [];
  });
  const [names, ...more] = found;
  if (names && more.length === 0) return names;
  throw new UnusableInputError(
    `expected one stack with the outputs StateTable and ObjectsBucket in ${JSON.stringify(path)}, got ${found.length}`,
  );
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw new UnusableInputError(`cannot read ${JSON.stringify(path)}: ${String(cause)}`, {
      cause,
    });
  }
}

function stacksIn(file: unknown): Record<string, unknown>[] {
  return isRecord(file) ? Object.values(file).filter(isRecord) : [];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
