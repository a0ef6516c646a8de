import { constants, zstdCompressSync } from 'node:zlib';
import type { Digest } from '../image/digest.ts';
import type { IndexedImage } from '../inventory/inventory.ts';
import type { OwnerUnit, Unit } from '../match/unit.ts';
import { type ByteWriter, createByteWriter } from './byte-writer.ts';
import { type FleetIndex, membersOf } from './fleet-index.ts';
import { chunkFor, DIGEST_PREFIX, SEGMENT_START, type SegmentTexts } from './segment-format.ts';

/** Lists of numbers hardly shrink further above this level; the checksum makes a flipped bit an error. */
const PARAMS = { [constants.ZSTD_c_compressionLevel]: 1, [constants.ZSTD_c_checksumFlag]: 1 };

/**
 * An index as bytes: texts once, as JSON, digests as they are, all else as numbers that
 * stand for them. The same index gives the same bytes.
 */
export function encodeSegment(index: FleetIndex): Uint8Array {
  const places: Places = { strings: createPlaces(), digests: createPlaces() };
  // Most distances take two bytes at most.
  const numbers = createByteWriter(4 * 1024 + index.members.length * 2);
  writeUnits(numbers, index.units, places);
  writeInventories(numbers, index, places);
  writeImages(numbers, index.images, places);
  const tables = createByteWriter();
  writeTexts(tables, { facts: index.facts, strings: places.strings.all() });
  writeDigests(tables, places.digests.all());
  const body = Buffer.concat([tables.done(), numbers.done()]);
  const packed = zstdCompressSync(body, { params: PARAMS, chunkSize: chunkFor(body.length) });
  return Buffer.concat([SEGMENT_START, packed]);
}

interface Places {
  readonly strings: PlacesOf;
  readonly digests: PlacesOf;
}

function writeUnits(to: ByteWriter, units: readonly Unit[], { strings }: Places): void {
  // The files of one OS package share their owner: it is written once.
  const subjects = new Map<string, { readonly subject: OwnerUnit; readonly place: number }>();
  const placeOf = (subject: OwnerUnit) => {
    const key = subjectKey(subject);
    const known = subjects.get(key) ?? { subject, place: subjects.size };
    subjects.set(key, known);
    return known.place;
  };
  const rows = units.map((unit) => {
    return [strings.of(unit.purl), placeOf(unit), unit.owner ? placeOf(unit.owner) + 1 : 0];
  });
  to.number(subjects.size);
  for (const { subject } of subjects.values()) writeSubject(to, subject, strings);
  to.number(rows.length);
  for (const row of rows) for (const each of row) to.number(each);
}

function writeSubject(to: ByteWriter, subject: OwnerUnit, strings: PlacesOf): void {
  const { type, ecosystem, name, version, source, arch } = subject;
  for (const text of [type, ecosystem, name, version]) to.number(strings.of(text));
  for (const text of [source?.name ?? null, source?.version ?? null, arch]) {
    to.number(text === null ? 0 : strings.of(text) + 1);
  }
}

function writeInventories(to: ByteWriter, index: FleetIndex, { digests }: Places): void {
  to.number(index.digests.length);
  to.number(index.members.length);
  for (const [image, digest] of index.digests.entries()) {
    const members = membersOf(index, image);
    to.number(digests.of(digest));
    to.number(index.factsAt[image] ?? 0);
    to.number(members.length);
    to.ascending(members);
  }
}

function writeImages(to: ByteWriter, images: readonly IndexedImage[], places: Places): void {
  to.number(images.length);
  for (const { digest, platforms } of images) {
    to.number(places.digests.of(digest));
    to.number(platforms.length);
    for (const each of platforms) {
      to.number(places.strings.of(each.platform));
      to.number(places.digests.of(each.digest));
    }
  }
}

function writeTexts(to: ByteWriter, texts: SegmentTexts): void {
  const json = Buffer.from(JSON.stringify(texts));
  to.number(json.length);
  to.bytes(json);
}

function writeDigests(to: ByteWriter, digests: readonly Digest[]): void {
  to.number(digests.length);
  const hex = digests.map((digest) => digest.slice(DIGEST_PREFIX.length)).join('');
  to.bytes(Buffer.from(hex, 'hex'));
}

/** Places of texts, in the order in which they are first asked for. */
interface PlacesOf {
  of(text: string): number;
  all(): readonly string[];
}

function createPlaces(): PlacesOf {
  const places = new Map<string, number>();
  return {
    of(text) {
      const known = places.get(text);
      if (known !== undefined) return known;
      places.set(text, places.size);
      return places.size - 1;
    },
    all: () => [...places.keys()],
  };
}

function subjectKey({ type, ecosystem, name, version, source, arch }: OwnerUnit): string {
  return JSON.stringify([type, ecosystem, name, version, source?.name, source?.version, arch]);
}
