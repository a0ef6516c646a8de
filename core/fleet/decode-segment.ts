import { zstdDecompressSync } from 'node:zlib';
import type { Digest } from '../image/digest.ts';
import type { IndexedImage } from '../inventory/inventory.ts';
import type { OwnerUnit, Unit } from '../match/unit.ts';
import { MalformedObjectError } from '../object/json-object.ts';
import { type ByteReader, createByteReader } from './byte-reader.ts';
import type { FleetIndex } from './fleet-index.ts';
import {
  chunkFor,
  DIGEST_BYTES,
  DIGEST_PREFIX,
  SEGMENT_FORMAT,
  SEGMENT_START,
  type SegmentTexts,
} from './segment-format.ts';

/** What the numbers of a segment stand for. */
interface Tables {
  readonly strings: readonly string[];
  readonly digests: readonly Digest[];
}

/**
 * The reverse of `encodeSegment`.
 *
 * @throws MalformedObjectError when the bytes are of another format, broken, or speak of what is not in them
 */
export function decodeSegment(bytes: Uint8Array): FleetIndex {
  const reader = createByteReader(unpack(bytes));
  const { facts, strings } = readTexts(reader);
  const tables: Tables = { strings, digests: readDigests(reader) };
  const units = readUnits(reader, strings);
  const inventories = readInventories(reader, tables, {
    units: units.length,
    facts: facts.length,
  });
  const images = readImages(reader, tables);
  reader.end();
  return { units, facts, ...inventories, images };
}

function unpack(bytes: Uint8Array): Uint8Array {
  const start = Buffer.from(bytes.subarray(0, SEGMENT_START.length));
  if (!start.equals(SEGMENT_START)) {
    const found = JSON.stringify(start.toString('latin1'));
    throw new MalformedObjectError(`expected a ${SEGMENT_FORMAT} segment, got ${found}`);
  }
  try {
    const packed = bytes.subarray(SEGMENT_START.length);
    return zstdDecompressSync(packed, { chunkSize: chunkFor(packed.length * 2) });
  } catch (cause) {
    throw new MalformedObjectError(`broken ${SEGMENT_FORMAT} segment`, { cause });
  }
}

function readTexts(from: ByteReader): SegmentTexts {
  const json = Buffer.from(from.bytes(from.number())).toString('utf8');
  try {
    const { facts, strings }: SegmentTexts = JSON.parse(json);
    if (Array.isArray(facts) && Array.isArray(strings)) return { facts, strings };
  } catch (cause) {
    throw new MalformedObjectError(`broken texts in a ${SEGMENT_FORMAT} segment`, { cause });
  }
  throw new MalformedObjectError(`no texts in a ${SEGMENT_FORMAT} segment`);
}

function readDigests(from: ByteReader): Digest[] {
  const count = from.number();
  const bytes = Buffer.from(from.bytes(count * DIGEST_BYTES));
  return times(count, (n) => {
    const start = n * DIGEST_BYTES;
    return DIGEST_PREFIX + bytes.toString('hex', start, start + DIGEST_BYTES);
  });
}

function readUnits(from: ByteReader, strings: readonly string[]): Unit[] {
  const subjects = times(from.number(), () => readSubject(from, strings));
  return times(from.number(), (): Unit => {
    const purl = one(from, strings);
    const { type, ecosystem, name, version, source, arch } = one(from, subjects);
    const owner = oneOrNull(from, subjects);
    return { type, ecosystem, purl, name, version, source, arch, owner };
  });
}

function readSubject(from: ByteReader, strings: readonly string[]): OwnerUnit {
  // We wrote it: the format vouches for the type.
  const type = one(from, strings) as OwnerUnit['type'];
  const [ecosystem, name, version] = [one(from, strings), one(from, strings), one(from, strings)];
  const sourceName = oneOrNull(from, strings);
  const sourceVersion = oneOrNull(from, strings);
  const arch = oneOrNull(from, strings);
  const isWhole = sourceName !== null && sourceVersion !== null;
  if (!isWhole && (sourceName !== null || sourceVersion !== null)) {
    throw new MalformedObjectError(`half a source of ${JSON.stringify(name)}`);
  }
  const source = isWhole ? { name: sourceName, version: sourceVersion } : null;
  return { type, ecosystem, name, version, source, arch };
}

function readInventories(
  from: ByteReader,
  { digests }: Tables,
  known: { readonly units: number; readonly facts: number },
): Pick<FleetIndex, 'digests' | 'factsAt' | 'starts' | 'members'> {
  const count = from.below(digests.length + 1);
  // A broken number may promise more than any memory holds.
  const size = from.below(from.left() + 1);
  const found: Digest[] = [];
  const factsAt = new Uint32Array(count);
  const starts = new Uint32Array(count + 1);
  const members = new Uint32Array(size);
  let end = 0;
  for (let image = 0; image < count; image++) {
    found.push(one(from, digests));
    factsAt[image] = from.below(known.facts);
    const start = end;
    end += from.below(size - start + 1);
    from.ascending(members.subarray(start, end), known.units);
    starts[image + 1] = end;
  }
  if (end !== size) throw new MalformedObjectError(`${end} packages, expected ${size}`);
  return { digests: found, factsAt, starts, members };
}

function readImages(from: ByteReader, { strings, digests }: Tables): IndexedImage[] {
  return times(from.number(), () => ({
    digest: one(from, digests),
    platforms: times(from.number(), () => ({
      platform: one(from, strings),
      digest: one(from, digests),
    })),
  }));
}

/** The next number, as what it stands for. */
function one<Value>(from: ByteReader, values: readonly Value[]): Value {
  const value = values[from.number()];
  if (value !== undefined) return value;
  throw new MalformedObjectError(`a ${SEGMENT_FORMAT} segment speaks of what is not in it`);
}

/** As `one`, of numbers that are one higher: 0 is nothing. */
function oneOrNull<Value>(from: ByteReader, values: readonly Value[]): Value | null {
  const place = from.below(values.length + 1);
  return place === 0 ? null : (values[place - 1] ?? null);
}

function times<Value>(count: number, make: (n: number) => Value): Value[] {
  const values: Value[] = [];
  for (let n = 0; n < count; n++) values.push(make(n));
  return values;
}
