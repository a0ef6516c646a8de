import { expect, it } from 'vitest';
import { indexImage, readInventory } from '../../actions/index-image.ts';
import { parseReference } from '../../core/image/reference.ts';
import { buildImage } from '../../local/world/build-image.ts';
import { PlatformSpec } from '../../local/world/platform-spec.ts';
import { createFakeRegistry } from '../support/fake-ports.ts';
import { createMemoryObjectStore } from '../support/memory-object-store.ts';

const PEM =
  '-----BEGIN PRIVATE\x20KEY-----\nMIGHAgEAMBMGByqGSM49AgEG\n-----END PRIVATE\x20KEY-----\n';
const REFERENCE = 'registry.test/web:1';

async function keyCheckOf(layers: readonly object[]) {
  const platform = PlatformSpec.parse({ layers, config: { User: '65532' } });
  const image = await buildImage({ 'linux/amd64': platform }, () => undefined);
  const images = createFakeRegistry();
  images.push(REFERENCE, image);
  const objects = createMemoryObjectStore();
  const ports = { images, objects, log: { info: () => {}, warn: () => {} } };
  await indexImage(ports, { reference: parseReference(REFERENCE), digest: image.digest });
  const { checks } = await readInventory(objects, image.digest);
  return checks.find(({ id }) => id === 'private-key');
}

it('tells of a key that a later layer deletes: the layer that has it is pulled all the same', async () => {
  const check = await keyCheckOf([
    { files: { 'app/tls.key': PEM } },
    { files: { 'app/run': '' }, whiteout: ['app/tls.key'] },
  ]);
  expect(check).toMatchObject({ status: 'fail', evidence: 'app/tls.key' });
  expect(check?.message).toMatch(/deleted above, still in layer sha256:[0-9a-f]{12}/);
});

it('has nothing to tell of an image without one', async () => {
  expect(await keyCheckOf([{ files: { 'app/run': '' } }])).toMatchObject({ status: 'pass' });
});
