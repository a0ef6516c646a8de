import { expect, it } from 'vitest';
import { schemeOf } from '../../../core/version/scheme-of.ts';

it.each([
  ['Wolfi', 'apk'],
  ['Chainguard', 'apk'],
  ['Alpine:v3.20', 'apk'],
  ['Debian:12', 'deb'],
  ['Ubuntu:22.04:LTS', 'deb'],
  ['PyPI', 'pep440'],
  ['npm', 'semver'],
  ['Go', 'semver'],
  ['crates.io', 'semver'],
  ['Azure Linux:3', undefined],
  ['constructor', undefined],
])('orders %s by %s', (ecosystem, scheme) => {
  expect(schemeOf(ecosystem)?.name).toBe(scheme);
});
