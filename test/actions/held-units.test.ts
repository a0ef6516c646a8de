import { expect, it } from 'vitest';
import type { Target } from '../../actions/explain/find-targets.ts';
import { type HeldUnit, unitsNamed } from '../../actions/explain/held-units.ts';
import { anApk } from '../support/advisory-builders.ts';

function targetOf(name: string): Target {
  return { digest: `sha256:${name}`, platform: 'linux/amd64', rows: [] };
}

function held(name: string, source: string, ...images: string[]): HeldUnit {
  const purl = `pkg:apk/wolfi/${name}@1-r0`;
  const unit = { ...anApk({ name, purl, source: { name: source, version: '1-r0' } }), owner: null };
  return { unit, holders: () => images.map(targetOf) };
}

const UNITS = [
  held('curl', 'curl', 'a'),
  held('libcurl', 'curl', 'a', 'b'),
  held('zlib', 'zlib', 'a', 'b'),
];

it('takes a name for that of the package in each image that has it, elsewhere for that of the source', () => {
  const found = unitsNamed(UNITS, 'curl').map(({ unit, holders }) => [
    unit.name,
    holders().map(({ digest }) => digest),
  ]);
  expect(found).toEqual([
    ['curl', ['sha256:a']],
    ['libcurl', ['sha256:b']],
  ]);
});

it('takes a purl at its word', () => {
  const names = (text: string) => unitsNamed(UNITS, text).map(({ unit }) => unit.name);
  expect(names('pkg:apk/wolfi/curl')).toEqual(['curl']);
  expect(names('pkg:apk/wolfi/libcurl@1-r0')).toEqual(['libcurl']);
  expect(names('pkg:apk/wolfi/libcurl@2-r0')).toEqual([]);
  expect(names('nothing')).toEqual([]);
});
