import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ObjectMissingError, type ObjectStore, type StateStore } from '../actions/ports.ts';
import {
  type AwsClientOptions,
  createDynamoClient,
  createS3Client,
} from '../adapters/aws/create-aws-clients.ts';
import { createDynamoStateStore } from '../adapters/aws/dynamo-state-store.ts';
import { createS3ObjectStore } from '../adapters/aws/s3-object-store.ts';
import { ObjectTooShortError } from '../adapters/object-store-errors.ts';
import { MalformedObjectError } from '../core/object/json-object.ts';
import type { NightSchedule } from '../core/run/next-night.ts';
import { DamagedFolderError } from '../local/cloud/folder-seal.ts';
import { FolderLockedError, UnreadableLockError } from '../local/cloud/lock.ts';
import { NoEmbeddedStateError, openEmbeddedState } from '../local/player/open-embedded-state.ts';
import { UnusableInputError, UsageError } from './command-errors.ts';
import { DEFAULT_STACK, readInstallation } from './installation.ts';

/** Which installation a command is about, as its words say. */
export interface StoreWords {
  /** The `.state` of a world. */
  readonly state?: string | undefined;
  /** The name of the deployed stack. */
  readonly stack?: string | undefined;
}

/** The words, for `parseArgs`. */
export const STORE_OPTIONS = {
  state: { type: 'string' },
  stack: { type: 'string' },
} as const;

/** What they mean, for the help. */
export const STORE_MEANINGS: readonly (readonly [word: string, meaning: string])[] = [
  [
    '--stack NAME',
    `the installation: a deployed stack, ${DEFAULT_STACK} by default, in the account and region of the AWS environment (AWS_PROFILE, AWS_REGION)`,
  ],
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
  /** When its nights start; `null` for a world, whose nights are events. */
  readonly nights: NightSchedule | null;
  close(): Promise<void>;
}

/**
 * Works with the stores that the words name: in AWS with the credentials, region and endpoints that
 * the SDK finds, or a folder. They are closed afterwards.
 *
 * @throws UsageError, UnusableInputError
 */
export async function withStores<Result>(
  words: StoreWords,
  work: (stores: Stores) => Promise<Result>,
  aws: AwsOptions = {},
): Promise<Result> {
  const { state: folder } = words;
  try {
    const stores = await openStores(words, aws);
    try {
      return await work(stores);
    } finally {
      await stores.close();
    }
  } catch (error) {
    if (folder !== undefined && isDamage(error)) {
      const problem = `${JSON.stringify(folder)} is damaged: ${error.message}`;
      throw new UnusableInputError(`${problem}; play its world again`, { cause: error });
    }
    throw error;
  }
}

/** Whether what a play has left is not there any more as it was. */
function isDamage(error: unknown): error is Error {
  return [DamagedFolderError, MalformedObjectError, ObjectMissingError, ObjectTooShortError].some(
    (each) => error instanceof each,
  );
}

async function openStores(words: StoreWords, aws: AwsOptions): Promise<Stores> {
  const { state, stack } = words;
  if (state !== undefined && stack !== undefined) {
    throw new UsageError('expected --stack NAME or --state DIR, not both');
  }
  if (state !== undefined) return openFolder(state);
  const { StateTable, ObjectsBucket, Nights } = await readInstallation(stack ?? DEFAULT_STACK, [
    'StateTable',
    'ObjectsBucket',
    'Nights',
  ]);
  const [at = '', timeZone = ''] = Nights.split(' ');
  const names = { table: StateTable, bucket: ObjectsBucket, nights: { at, timeZone } };
  return openDeployed(names, aws);
}

async function openFolder(folder: string): Promise<Stores> {
  try {
    return { ...(await openEmbeddedState(folder)), nights: null };
  } catch (error) {
    if (
      error instanceof NoEmbeddedStateError ||
      error instanceof FolderLockedError ||
      error instanceof UnreadableLockError
    ) {
      throw new UnusableInputError(error.message + insteadOf(folder), { cause: error });
    }
    throw error;
  }
}

/** The output of a world, given for the state in it. */
function insteadOf(folder: string): string {
  const state = join(folder, '.state');
  return existsSync(state) ? `; did you mean ${JSON.stringify(state)}?` : '';
}

interface Names {
  readonly table: string;
  readonly bucket: string;
  readonly nights: NightSchedule;
}

function openDeployed({ table, bucket, nights }: Names, aws: AwsOptions): Stores {
  const dynamo = createDynamoClient(aws.dynamo);
  const s3 = createS3Client(aws.s3);
  return {
    state: createDynamoStateStore({ client: dynamo, tableName: table }),
    objects: createS3ObjectStore({ client: s3, bucket }),
    nights,
    async close() {
      dynamo.destroy();
      s3.destroy();
    },
  };
}
