import { expect, it } from 'vitest';
import { goRelease } from '../../../core/version/go-release.ts';

it.each([
  ['go1.22.3', '1.22.3'],
  ['1.22.3', '1.22.3'],
  ['go1.21', '1.21.0'],
  ['go1.21rc2', '1.21.0-rc.2'],
  ['go1.9.1beta1', '1.9.1-beta.1'],
  ['go1.25.4 X:boringcrypto', '1.25.4'],
  ['go1.26.0-X:synctest', '1.26.0'],
  ['go1.26.5 (Red Hat 1.26.5-1.el10)', '1.26.5'],
  ['1.22.3-fips', '1.22.3'],
  ['devel go1.27-0123456789 Mon Nov 2', null],
  ['', null],
  ['go1.22.3x', null],
])('%j is Go %j', (text, release) => {
  expect(goRelease(text)).toBe(release);
});
