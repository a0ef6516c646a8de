import { expect, it } from 'vitest';
import { findLayer } from '../../../core/inventory/find-layer.ts';
import { captureLayers } from '../../support/layers.ts';

const DB = 'usr/lib/apk/db/installed';
const RELEASE = ['etc/os-release', 'ID=wolfi\n'] as const;

function database(...packages: readonly string[]) {
  const stanzas = packages.map((each) => {
    const [name, version] = each.split('=');
    return `P:${name}\nV:${version}\nA:x86_64\n\n`;
  });
  return [DB, stanzas.join('')] as const;
}

function anInstalled(name: string, version: string, path = DB) {
  return { type: 'apk', name, version, arch: 'x86_64', path } as const;
}

it('is the layer that brought a package, not the one that wrote the database last', async () => {
  const captures = await captureLayers(
    [RELEASE, database('zlib=1')],
    ['usr/share/'],
    [database('zlib=1', 'curl=8')],
    [database('zlib=1', 'curl=8', 'jq=1')],
  );
  expect(await findLayer(captures, anInstalled('zlib', '1'))).toBe(0);
  expect(await findLayer(captures, anInstalled('curl', '8'))).toBe(2);
  expect(await findLayer(captures, anInstalled('jq', '1'))).toBe(3);
});

it('is the layer that brought this version', async () => {
  const captures = await captureLayers([database('zlib=1')], [database('zlib=2')]);
  expect(await findLayer(captures, anInstalled('zlib', '2'))).toBe(1);
});

it('is the layer that brought it back', async () => {
  const captures = await captureLayers(
    [database('zlib=1')],
    [database('curl=8')],
    [database('zlib=1')],
  );
  expect(await findLayer(captures, anInstalled('zlib', '1'))).toBe(2);
});

it('begins above a whiteout', async () => {
  const captures = await captureLayers(
    [database('zlib=1')],
    ['usr/lib/apk/db/.wh.installed'],
    [database('zlib=1')],
  );
  expect(await findLayer(captures, anInstalled('zlib', '1'))).toBe(2);
});

it('is unknown where the file is not there', async () => {
  const captures = await captureLayers([database('zlib=1')]);
  expect(await findLayer(captures, anInstalled('zlib', '1', 'lib/apk/db/installed'))).toBeNull();
});
