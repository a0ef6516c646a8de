import { expect, it } from 'vitest';
import { makeOnce, readNight } from '../../actions/night-objects.ts';
import { MalformedObjectError } from '../../core/object/json-object.ts';
import { createMemoryObjectStore } from '../support/memory-object-store.ts';

const NOTHING = { channels: [], images: [], gone: [], unasked: [] };

it('makes an output once, and gives its key each time', async () => {
  const objects = createMemoryObjectStore();
  let made = 0;
  const make = async () => ({
    ...NOTHING,
    images: [{ reference: `r.test/web:${++made}`, digest: '' }],
  });

  expect(await makeOnce(objects, 'plan', 'key', make)).toBe('key');
  expect(await makeOnce(objects, 'plan', 'key', make)).toBe('key');

  expect(made).toBe(1);
  expect((await readNight(objects, 'plan', 'key')).images[0]?.reference).toBe('r.test/web:1');
});

it('leaves nothing behind when the making fails, so that it is made the next time', async () => {
  const objects = createMemoryObjectStore();
  const fail = async () => {
    throw new Error('no answer');
  };
  await expect(makeOnce(objects, 'plan', 'key', fail)).rejects.toThrow('no answer');
  await makeOnce(objects, 'plan', 'key', async () => NOTHING);
  expect(await readNight(objects, 'plan', 'key')).toEqual(NOTHING);
});

it('lets the first of two that make it at once win, for both', async () => {
  const objects = createMemoryObjectStore();
  const made = await Promise.all(
    ['a', 'b'].map((name) =>
      makeOnce(objects, 'plan', 'key', async () => ({
        ...NOTHING,
        images: [{ reference: name, digest: '' }],
      })),
    ),
  );
  expect(made).toEqual(['key', 'key']);
  expect((await readNight(objects, 'plan', 'key')).images).toHaveLength(1);
});

it('says when an output is gone, or is another step’s', async () => {
  const objects = createMemoryObjectStore();
  await expect(readNight(objects, 'plan', 'key')).rejects.toThrow('step output is gone: "key"');
  await makeOnce(objects, 'plan', 'key', async () => NOTHING);
  await expect(readNight(objects, 'feed', 'key')).rejects.toThrow(MalformedObjectError);
});
