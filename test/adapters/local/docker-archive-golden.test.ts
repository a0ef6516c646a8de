import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDockerArchiveSource } from '../../../adapters/local/docker-archive-source.ts';
import { createOciLayoutSource } from '../../../adapters/local/oci-layout-source.ts';
import { mergeLayers } from '../../../core/image/overlay.ts';
import {
  captureImage,
  hasProgram,
  listFolder,
  listTree,
  run,
  umociUnpack,
} from '../../support/umoci.ts';

const reference = process.env.TIDEWATCH_REFERENCE_DATA ?? '../shared';
const folder = join(reference, 'golden/layers');
const archives = existsSync(folder)
  ? readdirSync(folder).filter((name) => name.endsWith('.tar'))
  : [];
const everything = { wants: () => true };

let work: string;
beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), 'tidewatch-golden-'));
});
afterAll(() => rmSync(work, { recursive: true }));

it.skipIf(!existsSync(reference))('has the seven archives of the reference data', () => {
  expect(archives).toHaveLength(7);
});

describe.skipIf(!existsSync(reference) || !hasProgram('skopeo') || !hasProgram('umoci'))(
  'archives of docker save (needs the reference data, skopeo and umoci)',
  () => {
    it.each(archives)('%s merges into what umoci unpacks', async (name) => {
      const archive = join(folder, name);
      const layout = join(work, `${name}-oci`);
      const unpacked = join(work, `${name}-rootfs`);
      run('skopeo', 'copy', '--quiet', `docker-archive:${archive}`, `oci:${layout}:latest`);
      umociUnpack(layout, unpacked);
      const expected = listFolder(unpacked);

      const saved = mergeLayers(await captureImage(createDockerArchiveSource(archive, everything)));
      const copied = mergeLayers(await captureImage(createOciLayoutSource(layout, everything)));

      expect(Object.keys(expected)).not.toEqual([]);
      expect(listTree(saved.tree)).toEqual(expected);
      expect(listTree(copied.tree)).toEqual(expected);
      expect([...saved.problems, ...copied.problems]).toEqual([]);
    });

    it('keeps links that lead above the root, in a circle or nowhere as links', async () => {
      const open = async (name: string) => {
        const source = createDockerArchiveSource(join(folder, name), everything);
        return mergeLayers(await captureImage(source)).tree;
      };
      const attack = await open('symlink-attack.tar');
      const cycle = await open('symlink-cycle.tar');
      const basic = await open('symlink-basic.tar');

      expect(attack.entry('dir1/attack-symlink.txt')?.link).toBe('../../secret.txt');
      expect(attack.resolve('dir1/attack-symlink.txt')).toBeUndefined();
      expect(cycle.resolve('dir1/sample.txt')).toBeUndefined();
      expect(basic.resolve('dir1/chain-symlink.txt')).toBe('dir1/sample.txt');
    });
  },
);
