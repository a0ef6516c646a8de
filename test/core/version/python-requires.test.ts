import { expect, it } from 'vitest';
import { allowsMinor } from '../../../core/version/python-requires.ts';

it.each([
  ['>=3.9', '3.14', true],
  ['>=3.9,<3.14', '3.14', false],
  ['>=3.9, <3.14', '3.13', true],
  ['<=3.14', '3.14', true],
  ['<3.14.1', '3.14', true],
  ['<3.14.0', '3.14', false],
  ['>3.14', '3.14', true],
  ['==3.13.*', '3.13', true],
  ['==3.13.*', '3.14', false],
  ['==3.1.*', '3.14', false],
  ['!=3.14.*', '3.14', false],
  ['!=3.14.0', '3.14', true],
  ['~=3.9', '3.14', true],
  ['~=3.13.0', '3.14', false],
  ['==3.14.2', '3.14', true],
  ['>=3.9,<4', '3.14', true],
  ['<3.14', '3.14t', false],
  ['', '3.14', true],
  ['whatever', '3.14', true],
])('%j of %s is %s', (requires, minor, allowed) => {
  expect(allowsMinor(requires, minor)).toBe(allowed);
});
