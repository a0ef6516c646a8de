import { type FileHandle, open } from 'node:fs/promises';
import { FeedUnavailableError, type RecordBatch } from '../../actions/ports.ts';
import { UnreadableRecord } from '../../core/advisory/osv.ts';
import { isWhole, unpackMember } from '../../core/zip/unpack-member.ts';
import type { Member } from '../../core/zip/zip-directory.ts';
import { createWindow, type Window } from './file-window.ts';
import { messageOf, parseRecord, RECORD_LIMIT, tooLarge } from './parse-record.ts';
import { findDirectory, memberStart, readDirectory } from './zip-directory.ts';

/** Bytes of records that are handed on at once. */
const BATCH_SIZE = 256 * 1024;

/**
 * Each `.json` file (or those of the names that are wanted) of a zip archive as a record, found by the central directory (PKWARE
 * APPNOTE 4.3, zip64 included: the exports of osv.dev have more than 65,535 files).
 *
 * @throws FeedUnavailableError when the archive itself cannot be read
 */
export async function* readZip(
  path: string,
  wants: (name: string) => boolean = (name) => name.endsWith('.json'),
): AsyncGenerator<RecordBatch> {
  const file = await open(path);
  try {
    yield* readMembers(path, file, wants);
  } catch (cause) {
    throw new FeedUnavailableError(`${path} is no whole zip archive: ${messageOf(cause)}`, {
      cause,
    });
  } finally {
    await file.close();
  }
}

async function* readMembers(
  path: string,
  file: FileHandle,
  wants: (name: string) => boolean,
): AsyncGenerator<RecordBatch> {
  const { size } = await file.stat();
  // One window each: the directory is walked while the members are read elsewhere.
  const members = createWindow(file, size);
  const directory = await findDirectory(createWindow(file, size), size);
  let batch: unknown[] = [];
  let bytes = 0;
  for await (const member of readDirectory(createWindow(file, size), directory)) {
    if (!wants(member.name)) continue;
    batch.push(await readMember(path, members, member));
    bytes += member.size;
    if (bytes < BATCH_SIZE) continue;
    yield batch;
    [batch, bytes] = [[], 0];
  }
  if (batch.length > 0) yield batch;
}

async function readMember(path: string, window: Window, member: Member): Promise<unknown> {
  const name = `${path}!${member.name}`;
  if (member.size > RECORD_LIMIT || member.packedSize > RECORD_LIMIT) return tooLarge(name);
  const packed = await readPacked(window, member);
  try {
    const bytes = unpackMember(packed, member);
    if (isWhole(bytes, member)) return parseRecord(name, bytes);
    return new UnreadableRecord(name, 'its checksum does not match');
  } catch (error) {
    return new UnreadableRecord(name, messageOf(error));
  }
}

async function readPacked(window: Window, member: Member): Promise<Buffer> {
  return window.read(await memberStart(window, member), member.packedSize);
}
