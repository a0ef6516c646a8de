import { type FileHandle, open } from 'node:fs/promises';
import { crc32, inflateRawSync } from 'node:zlib';
import { FeedUnavailableError, type RecordBatch } from '../../actions/ports.ts';
import { UnreadableRecord } from '../../core/advisory/osv.ts';
import { createWindow, type Window } from './file-window.ts';
import { messageOf, parseRecord, RECORD_LIMIT, tooLarge } from './parse-record.ts';
import { findDirectory, type Member, readDirectory } from './zip-directory.ts';

const LOCAL_HEADER = 0x04034b50;
const LOCAL_HEADER_SIZE = 30;
/** Bytes of records that are handed on at once. */
const BATCH_SIZE = 256 * 1024;
const STORED = 0;
const DEFLATED = 8;
/** General purpose flag, bit 0. */
const ENCRYPTED = 1;

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
    const bytes = unpack(packed, member);
    if (crc32(bytes) === member.crc) return parseRecord(name, bytes);
    return new UnreadableRecord(name, 'its checksum does not match');
  } catch (error) {
    return new UnreadableRecord(name, messageOf(error));
  }
}

async function readPacked(window: Window, member: Member): Promise<Buffer> {
  return window.read(await memberStart(window, member), member.packedSize);
}

/** Where the bytes of a member begin. */
export async function memberStart(window: Window, { offset }: Member): Promise<number> {
  const header = await window.read(offset, LOCAL_HEADER_SIZE);
  if (header.readUInt32LE(0) !== LOCAL_HEADER) throw new Error(`no file at ${offset}`);
  return offset + LOCAL_HEADER_SIZE + header.readUInt16LE(26) + header.readUInt16LE(28);
}

function unpack(packed: Buffer, { method, flags, size }: Member): Buffer {
  if (flags & ENCRYPTED) throw new Error('encrypted');
  if (method !== STORED && method !== DEFLATED) throw new Error(`compression method ${method}`);
  // One byte more than promised is allowed for, so that a longer one is noticed.
  const bytes = method === STORED ? packed : inflateRawSync(packed, { maxOutputLength: size + 1 });
  if (bytes.length !== size) throw new Error(`expected ${size} bytes, got ${bytes.length}`);
  return bytes;
}
