import { createReadStream, createWriteStream } from 'node:fs';
import { open, readFile, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { crc32, createInflateRaw } from 'node:zlib';
import * as z from 'zod';
import { FeedUnavailableError, type RecordBatch } from '../../actions/ports.ts';
import { checkMethod, STORED } from '../../core/zip/unpack-member.ts';
import type { Member } from '../../core/zip/zip-directory.ts';
import { createWindow } from './file-window.ts';
import { messageOf } from './parse-record.ts';
import { readAdvisories } from './read-advisories.ts';
import { readZip } from './read-zip.ts';
import { findDirectory, memberStart, readDirectory } from './zip-directory.ts';

/** A whole catalogue at most (bytes); CISA's has 2 MB. */
const CATALOGUE_LIMIT = 64 * 1024 * 1024;

/** What an archive in an archive may unpack to (bytes): it lies on the same disk. */
const INNER_LIMIT = 1.5 * 1024 ** 3;

/** Beside the records lie logs of what has changed, and whatever else a repository holds. */
const RECORD = /(?:^|\/)(?:CVE-\d{4}-\d+|GHSA(?:-[a-z0-9]{4}){3})\.json$/;

/** CISA's catalogue of known exploited vulnerabilities, as far as we look. */
const Catalogue = z.object({
  dateReleased: z.string(),
  count: z.number(),
  vulnerabilities: z.array(z.record(z.string(), z.unknown())),
});

/**
 * Reads details of vulnerabilities, unparsed: the CVE records or GitHub's advisories of a `.zip` (also of one
 * in a `.zip.zip`) or of another archive of records, or the entries of a `.json`
 * catalogue of known exploited vulnerabilities, each with the catalogue's date.
 *
 * @throws FeedUnavailableError when the archive or catalogue cannot be read
 */
export async function* readDetails(path: string): AsyncGenerator<RecordBatch> {
  if (/\.json$/i.test(path)) yield* readCatalogue(path);
  else if (/\.zip$/i.test(path)) {
    const inner = await unpackInner(path);
    yield* readZip(inner ?? path, (name) => RECORD.test(name));
  } else yield* readAdvisories(path);
}

async function* readCatalogue(path: string): AsyncGenerator<RecordBatch> {
  const { size } = await stat(path);
  if (size > CATALOGUE_LIMIT) throw new FeedUnavailableError(`${path}: ${size} bytes`);
  const catalogue = Catalogue.safeParse(parseJson(path, await readFile(path, 'utf8')));
  if (!catalogue.success) {
    throw new FeedUnavailableError(`${path}: no catalogue: ${z.prettifyError(catalogue.error)}`);
  }
  const { count, vulnerabilities, dateReleased } = catalogue.data;
  if (count !== vulnerabilities.length) {
    throw new FeedUnavailableError(`${path}: ${vulnerabilities.length} entries, says ${count}`);
  }
  yield vulnerabilities.map((each) => ({ ...each, dateReleased }));
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new FeedUnavailableError(`${path}: no JSON: ${messageOf(cause)}`, { cause });
  }
}

/**
 * The nightly archive of the CVE list is a zip in a zip: the inner one is put beside
 * it. `undefined` when there is none in it.
 */
async function unpackInner(path: string): Promise<string | undefined> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const window = createWindow(file, size);
    const directory = await findDirectory(window, size);
    for await (const member of readDirectory(window, directory)) {
      if (!/\.zip$/i.test(member.name)) continue;
      const start = await memberStart(window, member);
      const inner = `${path}.inner.zip`;
      await unpack(path, start, member, inner);
      return inner;
    }
    return undefined;
  } catch (cause) {
    throw new FeedUnavailableError(`${path} is no whole zip archive: ${messageOf(cause)}`, {
      cause,
    });
  } finally {
    await file.close();
  }
}

/** Its bytes as they come, checked against the directory's size and checksum. */
async function unpack(path: string, start: number, member: Member, to: string): Promise<void> {
  const { method, packedSize, size, crc, name } = member;
  checkMethod(member);
  if (size > INNER_LIMIT) throw new Error(`${name} has ${size} bytes`);
  const packed = createReadStream(path, { start, end: start + packedSize - 1 });
  let [sum, length] = [0, 0];
  async function* check(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      sum = crc32(chunk, sum);
      length += chunk.length;
      if (length > size) throw new Error(`${name} is longer than ${size} bytes`);
      yield chunk;
    }
  }
  if (method === STORED) await pipeline(packed, check, createWriteStream(to));
  else await pipeline(packed, createInflateRaw(), check, createWriteStream(to));
  if (length !== size || sum !== crc) throw new Error(`the checksum of ${name} does not match`);
}
