import { readFileSync } from 'node:fs';
import { beforeAll, expect, it } from 'vitest';
import { type IndexPorts, indexImage, readInventory } from '../../../actions/index-image.ts';
import { checksAsRead } from '../../../core/check/read-checks.ts';
import { parseReference } from '../../../core/image/reference.ts';
import type { Inventory } from '../../../core/inventory/inventory.ts';
import { type BuiltImage, buildImage } from '../../../local/world/build-image.ts';
import { parseWorld } from '../../../local/world/parse-world.ts';
import { createFakeRegistry } from '../../support/fake-ports.ts';
import { createMemoryObjectStore } from '../../support/memory-object-store.ts';

/** What is wrong with the bundled images on purpose: what the worlds tell of. */
const MEANT = ['root-user', 'shell', 'busybox'];

const WORLDS = ['worlds/week.ndjson', 'worlds/rules.ndjson', 'test/worlds/six-events.ndjson'];

let inventories: { readonly image: string; readonly inventory: Inventory }[];
beforeAll(async () => {
  inventories = (await Promise.all(WORLDS.map(readWorld))).flat();
});

async function readWorld(world: string) {
  const registry = createFakeRegistry();
  const objects = createMemoryObjectStore();
  const log = { info: () => {}, warn: () => {} };
  const ports: IndexPorts = { images: registry, objects, log };
  const built = new Map<string, BuiltImage>();
  const found = [];
  for (const event of parseWorld(readFileSync(world))) {
    if (event.do !== 'push') continue;
    const image = await buildImage(event.platforms, (base) => built.get(base));
    built.set(event.image, image);
    registry.push(event.image, image);
    const reference = parseReference(event.image);
    const { platforms } = await indexImage(ports, { reference, digest: image.digest });
    for (const { digest } of platforms) {
      found.push({ image: event.image, inventory: await readInventory(objects, digest) });
    }
  }
  return found;
}

it('fails no check but those that the worlds are about', () => {
  const failed = inventories.flatMap(({ image, inventory }) =>
    checksAsRead(inventory, { at: '2026-03-09T02:00:00Z', sizeBudget: null })
      .filter(({ id, status }) => status === 'fail' && !MEANT.includes(id))
      .map(({ id, message }) => `${image}: ${id}: ${message}`),
  );
  expect(inventories.length).toBeGreaterThan(10);
  expect(failed).toEqual([]);
});

it('asks for no more than an image without a byte in its programs can say', () => {
  const unknown = inventories.flatMap(({ inventory }) =>
    inventory.checks.filter(({ status }) => status === 'unknown').map(({ id }) => id),
  );
  expect(new Set(unknown)).not.toContain('shell-form');
  expect(new Set(unknown)).not.toContain('named-user');
});
