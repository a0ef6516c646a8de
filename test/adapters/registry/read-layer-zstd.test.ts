import { randomBytes } from 'node:crypto';
import { zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readLayer } from '../../../adapters/registry/read-layer.ts';
import { MalformedLayerError, TooLargeError } from '../../../core/image/errors.ts';
import { captureAll, inPieces, promise, tarOf } from '../../support/layers.ts';

/** RFC 8878, section 3.1.2. */
function skippable(length: number, number = 0): Buffer {
  const frame = Buffer.alloc(8 + length, 0x28);
  frame.writeUInt32LE(0x184d2a50 + number, 0);
  frame.writeUInt32LE(length, 4);
  return frame;
}

function frames(tar: Buffer, length: number): Buffer[] {
  const parts = Math.ceil(tar.length / length);
  return Array.from({ length: parts }, (_, i) =>
    zstdCompressSync(tar.subarray(i * length, (i + 1) * length)),
  );
}

async function expectSame(blob: Buffer, tar: Buffer, pieceSize?: number): Promise<void> {
  const capture = await readLayer(
    inPieces(blob, pieceSize),
    promise(blob, tar, 'zstd'),
    undefined,
    () => true,
  );
  const { entries, files } = await captureAll(tar);
  expect(capture.entries).toEqual(entries);
  expect(capture.files).toEqual(files);
}

describe('a zstd layer', () => {
  it.each([1, 3, 4, 5, 100, 100_000])(
    'of many frames is one archive, in pieces of %i',
    async (size) => {
      const tar = await tarOf([
        ['a', 'x'.repeat(5000)],
        ['b', randomBytes(3000)],
        ['c', ''],
      ]);

      await expectSame(Buffer.concat(frames(tar, 700)), tar, size);
    },
  );

  it.each([1, 6, 100_000])(
    'with skippable and empty frames is read, in pieces of %i',
    async (size) => {
      const tar = await tarOf([
        ['a', 'x'.repeat(5000)],
        ['b', randomBytes(3000)],
      ]);
      const data = frames(tar, 4000).flatMap((frame) => [
        skippable(0),
        skippable(40, 15),
        zstdCompressSync(Buffer.alloc(0)),
        frame,
      ]);

      await expectSame(Buffer.concat([...data, skippable(9)]), tar, size);
    },
  );

  it('of frames too large to unpack at once is read, before and after small ones', async () => {
    const tar = await tarOf([
      ['noise', randomBytes(3_000_000)],
      ['zeros', Buffer.alloc(20_000_000)],
      ['more', randomBytes(1_500_000)],
    ]);
    const cuts = [0, 1000, 2_500_000, 2_500_100, 12_000_000, tar.length];
    const parts = cuts.slice(1).map((end, i) => tar.subarray(cuts[i], end));

    await expectSame(Buffer.concat(parts.map((each) => zstdCompressSync(each))), tar);
  });

  it('of one byte repeated is read', async () => {
    const tar = await tarOf([['zeros', Buffer.alloc(10_000_000)]]);

    await expectSame(zstdCompressSync(tar), tar);
  });
});

describe('a zstd layer that is broken', () => {
  const read = async (blob: Buffer) => {
    const tar = await tarOf([['a', 'x'.repeat(5000)]]);
    return readLayer(inPieces(blob), promise(blob, tar, 'zstd'));
  };
  const frame = async () => zstdCompressSync(await tarOf([['a', 'x'.repeat(5000)]]));

  it('is malformed wherever it is cut', async () => {
    const whole = Buffer.concat([await frame(), skippable(5)]);
    const cleanCuts = new Set([(await frame()).length, whole.length]);

    for (let length = 1; length < whole.length; length += 1) {
      if (cleanCuts.has(length)) continue;
      await expect(read(whole.subarray(0, length))).rejects.toThrow(MalformedLayerError);
    }
  });

  it('is malformed with bytes between frames', async () => {
    const blob = Buffer.concat([await frame(), Buffer.from('junk'), await frame()]);

    await expect(read(blob)).rejects.toThrow(/magic number/);
  });

  it('is malformed when a byte of its data is another', async () => {
    const blob = zstdCompressSync(await tarOf([['a', randomBytes(5000)]]), {
      params: { 201: 1 }, // ZSTD_c_checksumFlag
    });
    blob[1000] = (blob[1000] ?? 0) ^ 1;

    await expect(read(blob)).rejects.toThrow(MalformedLayerError);
  });

  it('is too large with a window of gigabytes', async () => {
    const header = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xa0, 0x01, 0x00, 0x00]);

    await expect(read(header)).rejects.toThrow(TooLargeError);
  });

  it('is malformed when it needs a dictionary', async () => {
    const header = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x01, 0x50, 0x07, 0x01, 0x00, 0x00]);

    await expect(read(header)).rejects.toThrow(/dictionary/);
  });
});
