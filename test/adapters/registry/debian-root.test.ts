import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { indexImage, readInventory } from '../../../actions/index-image.ts';
import { createRegistry } from '../../../adapters/registry/create-registry.ts';
import type { Inventory } from '../../../core/inventory/inventory.ts';
import { findMirror, makeDebianRoot, queryDpkg } from '../../support/debian-root.ts';
import {
  type DockerRegistry,
  runProgram,
  startDockerRegistry,
} from '../../support/docker-registry.ts';
import { createMemoryObjectStore } from '../../support/memory-object-store.ts';
import { hasProgram } from '../../support/umoci.ts';

const PROGRAMS = ['apt-get', 'debootstrap', 'docker-registry', 'dpkg-query', 'skopeo', 'umoci'];
const lacking = PROGRAMS.filter((program) => !hasProgram(program));
// It changes its root, which nobody else may.
if (process.getuid?.() !== 0) lacking.push('root');
const mirror = lacking.length === 0 ? await findMirror() : undefined;
const missing = lacking.length === 0 && !mirror ? ['a mirror that answers'] : lacking;

describe.skipIf(missing.length > 0)(
  `a Debian of debootstrap's (missing: ${missing.join() || 'none'})`,
  () => {
    let docker: DockerRegistry;
    let folder: string;
    let root: string;
    beforeAll(async () => {
      docker = await startDockerRegistry();
      folder = await mkdtemp(join(tmpdir(), 'debian-root-'));
      root = join(folder, 'root');
      if (mirror) await makeDebianRoot(root, mirror);
      await runProgram('umoci', ['init', '--layout', join(folder, 'image')]);
      await runProgram('umoci', ['new', '--image', imageOf('v1')]);
      await runProgram('umoci', ['insert', '--image', imageOf('v1'), root, '/']);
    });
    afterAll(async () => {
      await docker[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    });

    function imageOf(tag: string): string {
      return `${join(folder, 'image')}:${tag}`;
    }

    /** What the product makes of an image that was pushed. */
    async function inventoryOf(tag: string): Promise<Inventory> {
      const reference = { registry: docker.host, repository: 'team/debian', tag };
      const target = `docker://${docker.host}/team/debian:${tag}`;
      const copy = ['--insecure-policy', 'copy', '--dest-tls-verify=false'];
      await runProgram('skopeo', [...copy, `oci:${imageOf(tag)}`, target]);
      const images = createRegistry();
      const objects = createMemoryObjectStore();
      const log = { info: () => undefined, warn: () => undefined };
      const { digest } = await images.resolve(reference);
      const { platforms } = await indexImage({ images, objects, log }, { reference, digest });
      const inventory = await readInventory(objects, platforms[0]?.digest ?? '');
      if (!inventory) throw new Error('expected an inventory');
      return inventory;
    }

    function packagesOf({ packages }: Inventory): string[] {
      return packages
        .filter(({ type }) => type === 'deb')
        .map(
          ({ name, version, arch, source }) =>
            `${name} ${version} ${arch} ${source?.name} ${source?.version}`,
        )
        .sort();
    }

    it('has the packages that dpkg-query lists, no more and no less', async () => {
      const inventory = await inventoryOf('v1');
      expect(inventory.problems).toEqual([]);
      expect(packagesOf(inventory)).toEqual(queryDpkg(root));
      expect(packagesOf(inventory).length).toBeGreaterThan(80);

      const [python] = inventory.packages.filter(({ name }) => name === 'python3-minimal');
      const [, minor] = /^(3\.\d+)\./.exec(python?.version ?? '') ?? [];
      expect(minor).toBeDefined();
      expect(inventory.runtimes).toMatchObject([{ language: 'python', minor }]);
      expect(inventory.packages.filter(({ ecosystem }) => ecosystem === '')).toEqual([]);
    });

    it('has no package that was removed, though its configuration is left', async () => {
      await runProgram('chroot', [root, 'dpkg', '--force-depends', '--remove', 'media-types']);
      const status = 'var/lib/dpkg/status';
      await runProgram('umoci', ['tag', '--image', imageOf('v1'), 'v2']);
      await runProgram('umoci', [
        'insert',
        '--image',
        imageOf('v2'),
        join(root, status),
        `/${status}`,
      ]);

      const found = packagesOf(await inventoryOf('v2'));
      expect(found).toEqual(queryDpkg(root));
      expect(found.filter((line) => line.startsWith('media-types '))).toEqual([]);
    });
  },
);
