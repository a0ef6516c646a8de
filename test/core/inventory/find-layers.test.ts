import fc from 'fast-check';
import { expect, it } from 'vitest';
import { apkExtractor } from '../../../core/extract/apk/apk-extractor.ts';
import { dpkgExtractor } from '../../../core/extract/dpkg/dpkg-extractor.ts';
import { mergeLayers } from '../../../core/image/overlay.ts';
import { findLayers } from '../../../core/inventory/find-layers.ts';
import { captureLayers, symlink, type TestEntry } from '../../support/layers.ts';

const DB = 'usr/lib/apk/db/installed';

/** A database of `name=version`, each with a file of its name in usr/bin. */
function database(...packages: readonly string[]): TestEntry {
  const stanzas = packages.map((each) => {
    const [name, version] = each.split('=');
    return `P:${name}\nV:${version}\nA:x86_64\nF:usr/bin\nR:${name}\n\n`;
  });
  return [DB, stanzas.join('')];
}

function program(name: string): TestEntry {
  return [`usr/bin/${name}`, 'a program'];
}

/** Layers of all packages of an image, by `name=version`. */
async function layersOf(...layers: readonly (readonly TestEntry[])[]) {
  const { tree } = mergeLayers(await captureLayers(...layers));
  const input = { tree, distro: null };
  const extractions = [apkExtractor.extract(input), dpkgExtractor.extract(input)];
  const packages = extractions.flatMap((each) => each.packages);
  const owned = extractions.flatMap((each) => each.owned);
  const { broughtBy } = await findLayers(input, packages, owned);
  return Object.fromEntries(
    packages.map((each) => [`${each.name}=${each.version}`, broughtBy(each)]),
  );
}

it('is the layer that brought a package, not the one that wrote the database last', async () => {
  expect(
    await layersOf(
      [database('zlib=1')],
      ['usr/share/'],
      [database('zlib=1', 'curl=8')],
      [database('zlib=1', 'curl=8', 'jq=1')],
    ),
  ).toEqual({ 'zlib=1': 0, 'curl=8': 2, 'jq=1': 3 });
});

it('is the layer that brought this version', async () => {
  expect(await layersOf([database('zlib=1')], [database('zlib=2')])).toEqual({ 'zlib=2': 1 });
});

it('is the layer that brought it back', async () => {
  expect(
    await layersOf(
      [database('zlib=1'), program('zlib')],
      [database('curl=8'), 'usr/bin/.wh.zlib'],
      [database('zlib=1'), program('zlib')],
    ),
  ).toEqual({ 'zlib=1': 2 });
});

it('is the layer that its files came with where each layer lists only its own packages, and the last one all', async () => {
  expect(
    await layersOf(
      [database('glibc=2'), program('glibc')],
      [database('zlib=1'), program('zlib')],
      [database('glibc=2', 'zlib=1', 'layout=1'), program('layout')],
      [database('glibc=2', 'zlib=1', 'layout=1', 'curl=8'), program('curl')],
    ),
  ).toEqual({ 'glibc=2': 0, 'zlib=1': 1, 'layout=1': 2, 'curl=8': 3 });
});

it('begins above a whiteout, wherever that stands in its layer', async () => {
  const gone = 'usr/lib/apk/db/.wh.installed';
  const base = [database('zlib=1')];
  expect(await layersOf(base, [gone], [database('zlib=1')])).toEqual({ 'zlib=1': 2 });
  expect(await layersOf(base, [gone, database('zlib=1')])).toEqual({ 'zlib=1': 1 });
  expect(await layersOf(base, [database('zlib=1'), gone])).toEqual({ 'zlib=1': 1 });
});

it('follows a database through links to its folder', async () => {
  expect(
    await layersOf(
      ['usr/lib/', symlink('lib', 'usr/lib'), ['lib/apk/db/installed', 'P:zlib\nV:1\n\n']],
      [database('zlib=1', 'curl=8')],
    ),
  ).toMatchObject({ 'curl=8': 1 });
});

it('is that of its own file for a distroless package, and of the first that lists it in a status file', async () => {
  const stanza = (name: string, more = '') => `Package: ${name}\nVersion: 1\n${more}\n`;
  const installed = 'Status: install ok installed\n';
  const status = 'var/lib/dpkg/status';
  expect(
    await layersOf(
      [
        ['var/lib/dpkg/status.d/base', stanza('base')],
        [status, stanza('dash', installed)],
      ],
      [['var/lib/dpkg/status.d/libc6', stanza('libc6')]],
      [[status, stanza('dash', installed) + stanza('curl', installed)]],
    ),
  ).toEqual({ 'base=1': 0, 'libc6=1': 1, 'dash=1': 0, 'curl=1': 2 });
});

it('is unknown where more layers wrote the database than are read', async () => {
  const layers = Array.from({ length: 140 }, (_, index) => [
    database('zlib=1', ...(index > 100 ? ['curl=8'] : [])),
  ]);
  expect(await layersOf(...layers)).toEqual({ 'zlib=1': undefined, 'curl=8': 101 });
});

it('says of any history what a look at each layer by itself says', async () => {
  const layer = fc.uniqueArray(fc.constantFrom('a=1', 'b=1', 'c=1'), { minLength: 1 });
  await fc.assert(
    fc.asyncProperty(fc.array(layer, { minLength: 1, maxLength: 6 }), async (history) => {
      const found = await layersOf(...history.map((packages) => [database(...packages)]));
      const top = history.length - 1;
      for (const name of history[top] ?? []) {
        let first = top;
        while (first > 0 && history[first - 1]?.includes(name)) first--;
        expect(found[name]).toBe(first);
      }
    }),
    { numRuns: 50 },
  );
});
