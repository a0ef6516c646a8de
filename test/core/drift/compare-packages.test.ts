import { describe, expect, it } from 'vitest';
import { comparePackages } from '../../../core/drift/compare-packages.ts';
import type { Inventory, Package } from '../../../core/inventory/inventory.ts';
import { imageSettings } from '../../support/image-settings.ts';

/** From `apk zlib=1.3-r2`. */
function anInventory(...packages: string[]): Inventory {
  return {
    digest: '',
    platform: '',
    created: null,
    size: 0,
    layers: [],
    config: imageSettings(),
    distro: null,
    packages: packages.map(aPackage),
    runtimes: [],
    checks: [],
    problems: [],
  };
}

function aPackage(text: string): Package {
  const {
    type,
    name = '',
    version = '',
  } = /^(?<type>\S+) (?<name>[^=]+)=(?<version>.*)$/.exec(text)?.groups ?? {};
  if (type !== 'apk' && type !== 'deb' && type !== 'pypi') throw new Error(text);
  return {
    purl: text,
    ecosystem: '',
    type,
    name,
    version,
    source: null,
    arch: null,
    path: '',
    owner: null,
  };
}

describe('comparePackages', () => {
  it.each<[string, string[], string[], Partial<ReturnType<typeof comparePackages>>]>([
    ['nothing', ['apk a=1', 'pypi b=1'], ['pypi b=1', 'apk a=1'], {}],
    ['a new name', [], ['apk a=1'], { added: ['a=1'] }],
    ['a name that is gone', ['pypi a=1'], [], { removed: ['a=1'] }],
    ['another version', ['apk a=1-r0'], ['apk a=1-r1'], { changed: ['a: 1-r0 -> 1-r1'] }],
    [
      'one of two versions',
      ['apk a=1', 'apk a=2'],
      ['apk a=1', 'apk a=3'],
      { changed: ['a: 2 -> 3'] },
    ],
    ['a second version', ['apk a=1'], ['apk a=1', 'apk a=2'], { added: ['a=2'] }],
    [
      'two versions that became one',
      ['apk a=1', 'apk a=2'],
      ['apk a=3'],
      { removed: ['a=1', 'a=2'], added: ['a=3'] },
    ],
    ['copies of one version', ['deb a=1', 'deb a=1'], ['deb a=1'], {}],
    ['another spelling', ['pypi Zope_X=1'], ['pypi zope.x=2'], { changed: ['zope.x: 1 -> 2'] }],
    [
      'the same name elsewhere',
      ['apk pip=1'],
      ['pypi pip=2'],
      { removed: ['pip=1'], added: ['pip=2'] },
    ],
  ])('sees %s', (_what, before, after, expected) => {
    expect(comparePackages(anInventory(...before), anInventory(...after))).toEqual({
      added: [],
      removed: [],
      changed: [],
      ...expected,
    });
  });

  it('sorts what it lists', () => {
    const { added } = comparePackages(anInventory(), anInventory('pypi b=1', 'apk a=1', 'apk B=1'));
    expect(added).toEqual(['B=1', 'a=1', 'b=1']);
  });
});
