import { expect, it } from 'vitest';
import { EXTRACTORS } from '../../../core/extract/extractors.ts';
import { EXTRACTORS_FINGERPRINT, fingerprintOf } from '../../../core/extract/fingerprint.ts';
import { PART_VERSIONS } from '../../../core/extract/part-versions.ts';

it('is short, and safe in a key', () => {
  expect(EXTRACTORS_FINGERPRINT).toMatch(/^[0-9a-f]{12}$/);
});

it('changes with a name, a version, and a part more', () => {
  const prints = [
    fingerprintOf([
      ['a', 1],
      ['b', 1],
    ]),
    fingerprintOf([
      ['a', 1],
      ['b', 2],
    ]),
    fingerprintOf([
      ['a', 1],
      ['c', 1],
    ]),
    fingerprintOf([
      ['a', 1],
      ['b', 1],
      ['c', 1],
    ]),
  ];
  expect(new Set(prints).size).toBe(4);
});

it('does not depend on the order', () => {
  const parts = Object.entries(PART_VERSIONS);
  expect(fingerprintOf([...parts].reverse())).toBe(fingerprintOf(parts));
});

it('is over every extractor that runs, and over none that is gone', () => {
  const listed = Object.keys(PART_VERSIONS).filter(
    (name) => /^(?:os|language)\//.test(name) && name !== 'os/os-release',
  );
  expect(listed.sort()).toEqual(EXTRACTORS.map(({ name }) => name).sort());
});
