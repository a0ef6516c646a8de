import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ObjectMissingError, type ObjectStore } from '../../actions/ports.ts';
import { createS3ObjectStore } from '../../adapters/aws/s3-object-store.ts';
import {
  createFolderObjectStore,
  UnusableKeyError,
} from '../../adapters/local/folder-object-store.ts';
import { createMemoryObjectStore } from '../../adapters/local/memory-object-store.ts';
import { ObjectTooShortError } from '../../adapters/object-store-errors.ts';
import { collect } from '../support/collect.ts';
import { createMemoryObjectStore as createWatchedStore } from '../support/memory-object-store.ts';
import { startTestS3, type TestS3 } from '../support/s3-server.ts';

let s3: TestS3;
let folder: string;
beforeAll(async () => {
  s3 = await startTestS3();
  folder = await mkdtemp(join(tmpdir(), 'objects-'));
});
afterAll(async () => {
  await s3.stop();
  await rm(folder, { recursive: true });
});

const memory = createMemoryObjectStore();
const watched = createWatchedStore();

// One contract, every adapter: what holds in S3 holds at home.
const ADAPTERS: Record<string, () => ObjectStore> = {
  s3: () => createS3ObjectStore({ client: s3.client, bucket: s3.bucket }),
  folder: () => createFolderObjectStore({ folder }),
  memory: () => memory,
};
const STORES = { ...ADAPTERS, watched: () => watched };

describe.each(Object.entries(STORES))('%s object store', (_name, createStore) => {
  it('knows nothing of a key before it is put', async () => {
    expect(await createStore().get('never/put')).toBeUndefined();
    await expect(createStore().getRange('never/put', 0, 1)).rejects.toThrow(ObjectMissingError);
  });

  it('gives back the bytes that were put', async () => {
    const store = createStore();
    const bytes = Uint8Array.from({ length: 70_000 }, (_, index) => index % 251);

    await store.put('bytes/some', bytes);
    await store.put('bytes/none', new Uint8Array());

    expect(await store.get('bytes/some')).toEqual(bytes);
    expect(await store.get('bytes/none')).toEqual(new Uint8Array());
  });

  it('keeps the first bytes of a key', async () => {
    const store = createStore();

    await store.put('first/stays', text('first'));
    await store.put('first/stays', text('second'));

    expect(await store.get('first/stays')).toEqual(text('first'));
  });

  it('keeps one whole object when many write the same key at once', async () => {
    const store = createStore();
    const versions = ['aaaa', 'bbbb', 'cccc', 'dddd'].map((each) => text(each.repeat(5000)));

    await Promise.all(versions.map((bytes) => store.put('race/key', bytes)));

    expect(versions).toContainEqual(await store.get('race/key'));
  });

  it('reads a range, its end excluded', async () => {
    const store = createStore();
    await store.put('range/digits', text('0123456789'));

    expect(await store.getRange('range/digits', 2, 5)).toEqual(text('234'));
    expect(await store.getRange('range/digits', 9, 10)).toEqual(text('9'));
    expect(await store.getRange('range/digits', 4, 4)).toEqual(text(''));
  });

  it('lists the keys below a prefix by their UTF-8 bytes, over all pages', async () => {
    const store = createStore();
    const keys = ['a-b', 'a/b', 'a/c/d', 'a0', 'b', '\uFF5Ew', '\u{1F600}w'];
    for (const key of [...keys].reverse()) await store.put(`list/${key}`, text(key));

    expect(await collect(store.list('list/'))).toEqual(keys.map((key) => `list/${key}`));
    expect(await collect(store.list('list/a'))).toEqual(
      keys.slice(0, 4).map((key) => `list/${key}`),
    );
    expect(await collect(store.list('list/a/c/'))).toEqual(['list/a/c/d']);
    expect(await collect(store.list('nothing/'))).toEqual([]);
  });
});

describe.each(Object.entries(ADAPTERS))('%s object store', (_name, createStore) => {
  it.each([
    [8, 11],
    [10, 11],
    [50, 60],
  ])('refuses the range from %i to %i of an object of ten bytes', async (start, end) => {
    const store = createStore();
    await store.put('range/ten', text('0123456789'));

    await expect(store.getRange('range/ten', start, end)).rejects.toThrow(ObjectTooShortError);
  });
});

describe('S3', () => {
  it('is asked again while another write of the key is under way', async () => {
    const store = ADAPTERS.s3?.();
    s3.conflicts = 2;

    await store?.put('conflict/short', text('kept'));

    expect(s3.conflicts).toBe(0);
    expect(await store?.get('conflict/short')).toEqual(text('kept'));
  });

  it('is given up when that never ends', async () => {
    s3.conflicts = 100;

    const put = ADAPTERS.s3?.().put('conflict/long', text('lost'));

    await expect(put).rejects.toThrow(
      expect.objectContaining({ name: 'ConditionalRequestConflict' }),
    );
    s3.conflicts = 0;
  });

  it('is told which objects a browser is to show', async () => {
    const keys = ['runs/1/report.html', 'runs/1/NOTICE.txt', 'runs/1/run.json'];
    for (const key of keys) await ADAPTERS.s3?.().put(key, text('x'));

    const types = keys.map(async (Key) => {
      const found = await s3.client.send(new GetObjectCommand({ Bucket: s3.bucket, Key }));
      return found.ContentType;
    });
    expect(await Promise.all(types)).toEqual([
      'text/html; charset=utf-8',
      'text/plain; charset=utf-8',
      'application/octet-stream',
    ]);
  });

  it('is never read as an empty bucket when the bucket is not there', async () => {
    const store = createS3ObjectStore({ client: s3.client, bucket: 'other' });

    const wrong = expect.objectContaining({ name: 'NoSuchBucket' });
    await expect(store.get('any')).rejects.toThrow(wrong);
    await expect(store.getRange('any', 0, 1)).rejects.toThrow(wrong);
    await expect(collect(store.list(''))).rejects.toThrow(wrong);
  });
});

describe('a folder', () => {
  it.each(['', '/', '../up', 'a/../../up', './a', 'a//b', 'a/', 'a\\b', 'a\0b', '.partial/x'])(
    'refuses the key %j',
    async (key) => {
      const store = createFolderObjectStore({ folder });

      await expect(store.put(key, text('x'))).rejects.toThrow(UnusableKeyError);
      await expect(store.get(key)).rejects.toThrow(UnusableKeyError);
      await expect(store.getRange(key, 0, 1)).rejects.toThrow(UnusableKeyError);
    },
  );

  it('refuses a key that is the folder of another one, both ways', async () => {
    const store = createFolderObjectStore({ folder });
    await store.put('tree/branch/leaf', text('leaf'));

    await expect(store.put('tree/branch', text('x'))).rejects.toThrow(UnusableKeyError);
    await expect(store.put('tree/branch/leaf/x', text('x'))).rejects.toThrow(UnusableKeyError);
    expect(await store.get('tree/branch')).toBeUndefined();
    expect(await store.get('tree/branch/leaf/x')).toBeUndefined();
    await expect(store.getRange('tree/branch', 0, 1)).rejects.toThrow(ObjectMissingError);
  });

  it('leaves nothing partial behind, and lists nothing that is', async () => {
    const store = createFolderObjectStore({ folder });
    await store.put('whole', text('x'));

    expect(await readdir(join(folder, '.partial'))).toEqual([]);
    expect((await collect(store.list(''))).filter((key) => key.startsWith('.'))).toEqual([]);
  });
});

function text(value: string): Uint8Array {
  return new Uint8Array(Buffer.from(value));
}
