import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeSegment } from '../../../core/fleet/decode-segment.ts';
import { encodeSegment } from '../../../core/fleet/encode-segment.ts';
import { SEGMENT_START } from '../../../core/fleet/segment-format.ts';
import { MalformedObjectError } from '../../../core/object/json-object.ts';
import { anApk, aWheel } from '../../support/advisory-builders.ts';
import { of } from '../../support/builders.ts';
import { anIndexedInventory, anIndexOf, someInventories } from '../../support/fleet-builders.ts';

const IMAGES = [
  { digest: of('index'), platforms: [{ platform: 'linux/amd64', digest: of('a') }] },
  { digest: of('never read'), platforms: [] },
];

const SEGMENT = encodeSegment({
  ...anIndexOf([
    anIndexedInventory('a', [anApk(), aWheel({ owner: 'zlib' }), aWheel()]),
    anIndexedInventory('b', [anApk(), anApk()]),
  ]),
  images: IMAGES,
});

const WHOLE = JSON.stringify(decodeSegment(SEGMENT));

/** What was read; a flag of the compression may turn without a byte of the contents. */
function readOf(bytes: Uint8Array): string {
  try {
    return JSON.stringify(decodeSegment(bytes));
  } catch (error) {
    expect(error).toBeInstanceOf(MalformedObjectError);
    return 'refused';
  }
}

describe('a segment', () => {
  it('gives back what was put in', () => {
    fc.assert(
      fc.property(someInventories, (inventories) => {
        const index = { ...anIndexOf(inventories), images: IMAGES };
        expect(decodeSegment(encodeSegment(index))).toEqual(index);
      }),
    );
  });

  it('has the same bytes in whatever order the images come', () => {
    fc.assert(
      fc.property(someInventories, (inventories) => {
        const [there, back] = [inventories, inventories.toReversed()].map((each) =>
          Buffer.from(encodeSegment(anIndexOf(each))),
        );
        expect(there).toEqual(back);
      }),
    );
  });

  it('says what it is when it is something else', () => {
    expect(() => decodeSegment(Buffer.from('tidewatch fleet/9\nof tomorrow'))).toThrow(
      'expected a fleet/1 segment, got "tidewatch fleet/9\\n"',
    );
    expect(() => decodeSegment(new Uint8Array())).toThrow(MalformedObjectError);
  });

  it('is refused when it is cut short or a bit is flipped', () => {
    for (let length = 0; length < SEGMENT.length; length++) {
      expect(() => decodeSegment(SEGMENT.subarray(0, length))).toThrow(MalformedObjectError);
    }
    for (let at = 0; at < SEGMENT.length; at++) {
      const broken = Uint8Array.from(SEGMENT);
      broken[at] = (broken[at] ?? 0) ^ 4;
      expect(readOf(broken), `byte ${at}`).toBeOneOf(['refused', WHOLE]);
    }
  });

  it('never ends in anything but its error, whatever its numbers say', () => {
    const body = zstdDecompressSync(SEGMENT.subarray(SEGMENT_START.length));
    fc.assert(
      fc.property(fc.nat(body.length - 1), fc.nat(255), (at, byte) => {
        const broken = Uint8Array.from(body);
        broken[at] = byte;
        readOf(Buffer.concat([SEGMENT_START, zstdCompressSync(broken)]));
      }),
    );
  });
});
