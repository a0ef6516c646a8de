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
  ['Azure Linux:3', 'rpm'],
  ['Amazon Linux:2023', 'rpm'],
  ['AlmaLinux:9', 'rpm'],
  ['Rocky Linux:9', 'rpm'],
  ['Red Hat:enterprise_linux:9::baseos', 'rpm'],
  ['SUSE:Linux Enterprise Server 15 SP6', 'rpm'],
  ['openSUSE:Leap 15.6', 'rpm'],
  ['Maven', 'maven'],
  ['Bitnami', 'semver'],
  ['MinimOS', 'apk'],
  ['Echo', 'deb'],
  ['Pub', undefined],
  ['constructor', undefined],
])('orders %s by %s', (ecosystem, scheme) => {
  expect(schemeOf(ecosystem)?.name).toBe(scheme);
});
