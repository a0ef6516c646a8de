import { expect, it } from 'vitest';
import { debEcosystem, osEcosystem } from '../../../../core/extract/os-release/os-ecosystem.ts';

it.each([
  ['apk', 'wolfi', '20230201', 'Wolfi'],
  ['apk', 'chainguard', '20230214', 'Chainguard'],
  ['apk', 'alpine', '3.20.3', 'Alpine:v3.20'],
  ['apk', 'alpine', '3.23', 'Alpine:v3.23'],
  ['apk', 'alpine', '3.21_alpha20240807', 'Alpine:edge'],
  ['apk', 'alpine', 'edge', 'Alpine:edge'],
  ['apk', 'alpine', '', 'Alpine'],
  ['apk', 'debian', '12', ''],
  ['deb', 'debian', '12', 'Debian:12'],
  ['deb', 'debian', '12.5', 'Debian:12'],
  ['deb', 'debian', '', ''],
  ['deb', 'ubuntu', '22.04', 'Ubuntu:22.04:LTS'],
  ['deb', 'ubuntu', '23.04', 'Ubuntu:23.04'],
  ['deb', 'ubuntu', '24.10', 'Ubuntu:24.10'],
  ['deb', 'alpine', '3.20', ''],
  ['deb', 'ubuntu', '', 'Ubuntu'],
  ['deb', 'kali', '2026.1', ''],
  ['rpm', 'azurelinux', '3.0', 'Azure Linux:3'],
  ['rpm', 'mariner', '2.0', 'Azure Linux:2'],
  ['rpm', 'amzn', '2023', 'Amazon Linux:2023'],
  ['rpm', 'amzn', '2', 'Amazon Linux:2'],
  ['rpm', 'amzn', '2018.03', 'Amazon Linux:1'],
  ['rpm', 'rhel', '9.4', 'Red Hat:enterprise_linux:9'],
  ['rpm', 'rhel', '10.0', 'Red Hat:enterprise_linux:10'],
  ['rpm', 'almalinux', '9.5', 'AlmaLinux:9'],
  ['rpm', 'rocky', '8.10', 'Rocky Linux:8'],
  ['rpm', 'sles', '15.6', 'SUSE:Linux Enterprise Server 15 SP6'],
  ['rpm', 'sles', '15', 'SUSE:Linux Enterprise Server 15'],
  ['rpm', 'sles', '16.0', 'SUSE:Linux Enterprise Server 16.0'],
  ['rpm', 'sle-micro', '5.5', 'SUSE:Linux Enterprise Micro 5.5'],
  ['rpm', 'sl-micro', '6.1', 'SUSE:Linux Micro 6.1'],
  ['rpm', 'sl-micro', '', ''],
  ['rpm', 'mageia', '9', 'Mageia:9'],
  ['rpm', 'ol', '9.4', ''],
  ['rpm', 'photon', '5.0', ''],
  ['rpm', 'opensuse-leap', '15.6', 'openSUSE:Leap 15.6'],
  ['rpm', 'opensuse-tumbleweed', '20261101', 'openSUSE:Tumbleweed'],
  ['rpm', 'amzn', '', ''],
  ['rpm', 'rhel', '', ''],
  ['rpm', 'sles', 'next', ''],
  ['rpm', 'opensuse-leap', '', ''],
  ['rpm', 'fedora', '43', ''],
  ['rpm', 'debian', '12', ''],
] as const)('an %s package of %s %s belongs to %j', (type, id, versionId, ecosystem) => {
  expect(osEcosystem(type, { id, versionId, name: '' })).toBe(ecosystem);
});

it('knows no ecosystem without a distribution', () => {
  expect(osEcosystem('apk', null)).toBe('');
});

it.each([
  ['ubuntu', '22.04', '3.0.2-0ubuntu1.1', 'Ubuntu:22.04:LTS'],
  ['ubuntu', '22.04', '3.0.2-0ubuntu1.1+esm1', 'Ubuntu:Pro:22.04:LTS'],
  ['ubuntu', '20.04', '2.0~esm2', 'Ubuntu:Pro:20.04:LTS'],
  ['ubuntu', '', '2.0+esm2', 'Ubuntu'],
  ['debian', '12', '2.0+esm2', 'Debian:12'],
])('a deb of %s %s built from version %s belongs to %s', (id, versionId, version, ecosystem) => {
  expect(debEcosystem({ id, versionId, name: '' }, version)).toBe(ecosystem);
});
