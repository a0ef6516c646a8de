import { expect, it } from 'vitest';
import { osEcosystem } from '../../../../core/extract/os-release/os-ecosystem.ts';

it.each([
  ['apk', 'wolfi', '20230201', 'Wolfi'],
  ['apk', 'chainguard', '20230214', 'Chainguard'],
  ['apk', 'alpine', '3.20.3', 'Alpine:v3.20'],
  ['apk', 'alpine', '3.23', 'Alpine:v3.23'],
  ['apk', 'alpine', '3.21_alpha20240807', 'Alpine:edge'],
  ['apk', 'alpine', '', ''],
  ['apk', 'debian', '12', ''],
  ['deb', 'debian', '12', 'Debian:12'],
  ['deb', 'debian', '12.5', 'Debian:12'],
  ['deb', 'debian', '', ''],
  ['deb', 'ubuntu', '22.04', 'Ubuntu:22.04:LTS'],
  ['deb', 'ubuntu', '23.04', 'Ubuntu:23.04'],
  ['deb', 'ubuntu', '24.10', 'Ubuntu:24.10'],
  ['deb', 'alpine', '3.20', ''],
  ['deb', 'kali', '2026.1', ''],
] as const)('an %s package of %s %s belongs to %j', (type, id, versionId, ecosystem) => {
  expect(osEcosystem(type, { id, versionId, name: '' })).toBe(ecosystem);
});

it('knows no ecosystem without a distribution', () => {
  expect(osEcosystem('apk', null)).toBe('');
});
