import { describe, expect, it } from 'vitest';
import { findBase, keepIndex } from '../../actions/fleet-index.ts';
import { readSegment, segmentKey, writeSegment } from '../../actions/fleet-segments.ts';
import { INDEX_FORMATS } from '../../actions/index-image.ts';
import { ObjectMissingError } from '../../actions/ports.ts';
import { writeObject } from '../../actions/stored-objects.ts';
import type { Inventory } from '../../core/inventory/inventory.ts';
import { inventoryKey } from '../../core/inventory/inventory-key.ts';
import { MalformedObjectError } from '../../core/object/json-object.ts';
import { anApk } from '../support/advisory-builders.ts';
import { aRun, of } from '../support/builders.ts';
import { anIndexedInventory, anIndexOf } from '../support/fleet-builders.ts';
import { imageSettings } from '../support/image-settings.ts';
import { createMemoryObjectStore, type MemoryObjectStore } from '../support/memory-object-store.ts';

function inventoryOf(name: string): Inventory {
  return {
    ...anIndexedInventory(name, [anApk({ name: `of-${name}` }), anApk({ name: 'shared' })]),
    platform: 'linux/amd64',
    created: null,
    size: 0,
    layers: [],
    config: imageSettings(),
    distro: null,
  };
}

/** As indexing leaves it: the segment first. */
async function indexed(objects: MemoryObjectStore, ...names: readonly string[]) {
  for (const inventory of names.map(inventoryOf)) {
    await writeSegment(objects, inventory);
    const key = inventoryKey(inventory.digest);
    await writeObject(objects, INDEX_FORMATS.inventory, key, inventory);
  }
}

function fleetOf(names: readonly string[], optional: readonly string[] = []) {
  return {
    images: new Map(names.map((name) => [of(`image ${name}`), imageOf(name)])),
    digests: new Set([...names, ...optional].map(of)),
    optional: new Set(optional.map(of)),
  };
}

function imageOf(name: string) {
  const platforms = [{ platform: 'linux/amd64', digest: of(name) }];
  return { digest: of(`image ${name}`), platforms };
}

describe('the index of a fleet', () => {
  it('is read as one object by a night with nothing new', async () => {
    const objects = createMemoryObjectStore();
    await indexed(objects, 'a', 'b');
    const { key, engine } = await keepIndex(objects, undefined, fleetOf(['a', 'b']));
    const [reads, written] = [objects.reads.length, objects.objects.size];

    const base = await findBase(objects, aRun({ index: { key, engine } }));
    const next = await keepIndex(objects, base, fleetOf(['a', 'b']));

    expect(objects.reads.slice(reads)).toMatchObject([{ key }]);
    expect(objects.objects.size).toBe(written);
    expect(next.key).toBe(key);
  });

  it('takes of what is new its segment alone, and drops what nothing points at', async () => {
    const objects = createMemoryObjectStore();
    await indexed(objects, 'a', 'b', 'c');
    const base = await keepIndex(objects, undefined, fleetOf(['a', 'b']));
    const reads = objects.reads.length;

    const next = await keepIndex(objects, base, fleetOf(['b', 'c']));

    expect(objects.reads.slice(reads)).toMatchObject([{ key: segmentKey(of('c')) }]);
    const anew = anIndexOf(['b', 'c'].map(inventoryOf));
    expect(await readSegment(objects, next.key)).toMatchObject({ ...anew, images: [{}, {}] });
    expect((await keepIndex(objects, next, fleetOf(['a', 'b']))).key, 'and back').toBe(base.key);
  });

  it('is made of inventories where a segment or the base is gone', async () => {
    const objects = createMemoryObjectStore();
    await indexed(objects, 'a', 'b');
    const first = await keepIndex(objects, undefined, fleetOf(['a', 'b']));
    objects.objects.delete(segmentKey(of('a')));
    objects.objects.delete(first.key);

    const { key, engine } = first;
    const base = await findBase(objects, aRun({ index: { key, engine } }));
    expect(base).toBeUndefined();
    expect((await keepIndex(objects, base, fleetOf(['a', 'b']))).key).toBe(key);
  });

  it('is not taken over from other code', async () => {
    const objects = createMemoryObjectStore();
    await indexed(objects, 'a');
    const { key } = await keepIndex(objects, undefined, fleetOf(['a']));

    expect(await findBase(objects, aRun({ index: { key, engine: 'of-before' } }))).toBeUndefined();
    expect(await findBase(objects, aRun())).toBeUndefined();
    expect(await findBase(objects, undefined)).toBeUndefined();
  });

  it('says so when the base is broken, or a digest that was seen has no inventory', async () => {
    const objects = createMemoryObjectStore();
    await indexed(objects, 'a');
    const { key, engine } = await keepIndex(objects, undefined, fleetOf(['a']));
    objects.objects.set(key, objects.objects.get(key)?.slice(0, -3) ?? new Uint8Array());

    await expect(findBase(objects, aRun({ index: { key, engine } }))).rejects.toThrow(
      MalformedObjectError,
    );
    await expect(keepIndex(objects, undefined, fleetOf(['gone']))).rejects.toThrow(
      ObjectMissingError,
    );
    const { index } = await keepIndex(objects, undefined, fleetOf(['a'], ['gone']));
    expect(index.digests, 'one that is only assumed').toEqual([of('a')]);
  });

  it('is left right by whoever dies between two writes', async () => {
    for (let writes = 0; writes < 3; writes++) {
      const objects = createMemoryObjectStore();
      let left = writes;
      const dying = {
        ...objects,
        async put(key: string, bytes: Uint8Array) {
          if (left-- === 0) throw new Error('died');
          await objects.put(key, bytes);
        },
      };
      const attempt = async (store: MemoryObjectStore) => {
        await indexed(store, 'a');
        return keepIndex(store, undefined, fleetOf(['a']));
      };
      await expect(attempt(dying)).rejects.toThrow('died');
      const { index } = await attempt(objects);
      expect(index.digests).toEqual([of('a')]);
      expect(index.units).toEqual(anIndexOf([inventoryOf('a')]).units);
    }
  });
});
