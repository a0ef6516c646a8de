import { extname } from 'node:path';
import {
  GetObjectCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  type S3Client,
} from '@aws-sdk/client-s3';
import { ObjectMissingError, type ObjectStore } from '../../actions/ports.ts';
import { ObjectTooShortError } from '../object-store-errors.ts';

interface S3ObjectStoreOptions {
  readonly client: S3Client;
  readonly bucket: string;
}

/** Of what people open from S3's console; without a type a browser would save it instead. */
const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
};

/** S3 answers 409 while another write of the key is under way; it asks to try again. */
const WRITE_ATTEMPTS = 5;

/**
 * Immutable objects in one bucket. A put is conditional, so that the first bytes stay
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html), and carries
 * a SHA-256 that S3 checks; whole reads are checked by the SDK.
 */
export function createS3ObjectStore({ client, bucket }: S3ObjectStoreOptions): ObjectStore {
  return {
    async get(key) {
      try {
        const { Body } = await client.send(
          new GetObjectCommand({ Bucket: bucket, Key: key, ChecksumMode: 'ENABLED' }),
        );
        return await bytesOf(key, Body);
      } catch (error) {
        if (isNamed(error, 'NoSuchKey')) return undefined;
        throw error;
      }
    },

    async getRange(key, start, end) {
      // HTTP has no empty range (RFC 9110 §14.1.2).
      if (start === end) return new Uint8Array();
      const bytes = await readRange(client, bucket, key, start, end);
      if (bytes.length !== end - start) throw new ObjectTooShortError(key, end);
      return bytes;
    },

    async put(key, bytes) {
      const command = new PutObjectCommand({
        Bucket: bucket,
        Key: key,
        Body: bytes,
        ContentType: CONTENT_TYPES[extname(key)],
        IfNoneMatch: '*',
        ChecksumAlgorithm: 'SHA256',
      });
      await writeOnce(client, command, WRITE_ATTEMPTS);
    },

    async *list(prefix) {
      const pages = paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix });
      for await (const page of pages) {
        for (const { Key } of page.Contents ?? []) {
          if (Key !== undefined) yield Key;
        }
      }
    },
  };
}

/** Leaves what is there already. */
async function writeOnce(
  client: S3Client,
  command: PutObjectCommand,
  attempts: number,
): Promise<void> {
  try {
    await client.send(command);
  } catch (error) {
    if (isNamed(error, 'PreconditionFailed')) return;
    if (!isNamed(error, 'ConditionalRequestConflict') || attempts === 1) throw error;
    await writeOnce(client, command, attempts - 1);
  }
}

async function readRange(
  client: S3Client,
  bucket: string,
  key: string,
  start: number,
  end: number,
): Promise<Uint8Array> {
  try {
    const { Body } = await client.send(
      new GetObjectCommand({ Bucket: bucket, Key: key, Range: `bytes=${start}-${end - 1}` }),
    );
    return await bytesOf(key, Body);
  } catch (error) {
    if (isNamed(error, 'NoSuchKey')) throw new ObjectMissingError(key);
    if (isNamed(error, 'InvalidRange')) throw new ObjectTooShortError(key, end);
    throw error;
  }
}

async function bytesOf(
  key: string,
  body: { transformToByteArray(): Promise<Uint8Array> } | undefined,
): Promise<Uint8Array> {
  if (!body) throw new ObjectMissingError(key);
  return body.transformToByteArray();
}

function isNamed(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name;
}
