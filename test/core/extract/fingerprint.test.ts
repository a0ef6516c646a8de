import { expect, it } from 'vitest';
import { IMAGE_CHECKS } from '../../../core/check/image-checks.ts';
import { EXTRACTORS } from '../../../core/extract/extractors.ts';
import { EXTRACTORS_FINGERPRINT, fingerprintOf } from '../../../core/extract/fingerprint.ts';

it('is short, and safe in a key', () => {
  expect(EXTRACTORS_FINGERPRINT).toMatch(/^[0-9a-f]{12}$/);
});

it('changes with a name, a version, and a part more', () => {
  const parts = [
    { name: 'a', version: 1 },
    { name: 'b', version: 1 },
  ];
  const prints = [
    parts,
    [parts[0], { name: 'b', version: 2 }],
    [parts[0], { name: 'c', version: 1 }],
    [...parts, { name: 'c', version: 1 }],
  ].map((each) => fingerprintOf(each.filter((part) => part !== undefined)));
  expect(new Set(prints).size).toBe(4);
});

it('does not depend on the order', () => {
  expect(fingerprintOf([...EXTRACTORS].reverse())).toBe(fingerprintOf(EXTRACTORS));
});

it('is over parts with names of their own', () => {
  const names = [...EXTRACTORS, ...IMAGE_CHECKS].map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});
