import { expect, it } from 'vitest';
import { digestOf } from '../../../core/image/digest.ts';
import { buildInventory } from '../../../core/inventory/build-inventory.ts';
import { buildTree } from '../../support/build-tree.ts';

/** A package, and its source and that one's version where they are others (GoogleContainerTools/distroless, PACKAGE_METADATA.md). */
type Deb = readonly [name: string, version: string, source?: string, sourceVersion?: string];

const STATIC: readonly Deb[] = [
  ['base-files', '13.8+deb13u1'],
  ['netbase', '6.5'],
  ['tzdata', '2025b-4+deb13u1'],
  ['media-types', '13.0.0'],
];
const BASE: readonly Deb[] = [
  ...STATIC,
  ['libc6', '2.41-12', 'glibc'],
  ['libssl3t64', '3.5.1-1', 'openssl'],
  ['zlib1g', '1:1.3.dfsg+really1.3.1-1+b1', 'zlib', '1:1.3.dfsg+really1.3.1-1'],
];
const CC: readonly Deb[] = [
  ...BASE,
  ['gcc-14-base', '14.2.0-19', 'gcc-14'],
  ['libgcc-s1', '14.2.0-19', 'gcc-14'],
  ['libstdc++6', '14.2.0-19', 'gcc-14'],
];
const IMAGES: readonly (readonly [image: string, release: string, debs: readonly Deb[]])[] = [
  ['static', '12', STATIC],
  ['static', '13', STATIC],
  ['base', '13', BASE],
  ['cc', '13', CC],
  [
    'python3',
    '13',
    [
      ...CC,
      ['python3.13-minimal', '3.13.5-2+deb13u4', 'python3.13'],
      ['libpython3.13-minimal', '3.13.5-2+deb13u4', 'python3.13'],
    ],
  ],
  ['java21', '13', [...CC, ['openjdk-21-jre-headless', '21.0.8+9-1', 'openjdk-21']]],
  ['nodejs24', '13', CC],
];

function stanza([name, version, source, sourceVersion]: Deb): string {
  const from = sourceVersion ? `${source} (${sourceVersion})` : source;
  const lines = [`Package: ${name}`, `Version: ${version}`, 'Architecture: amd64'];
  return [...lines, ...(from ? [`Source: ${from}`] : []), ''].join('\n');
}

it.each(IMAGES)('%s of Debian %s has each package with its source', async (_, release, debs) => {
  const folder = 'var/lib/dpkg/status.d';
  const tree = buildTree({
    'etc/os-release': { link: '../usr/lib/os-release' },
    'usr/lib/os-release': `PRETTY_NAME="Distroless"\nNAME="Debian GNU/Linux"\nID="debian"\nVERSION_ID="${release}"\n`,
    ...Object.fromEntries(debs.map((deb) => [`${folder}/${deb[0]}`, stanza(deb)])),
    ...Object.fromEntries(
      debs.map(([name]) => [
        `${folder}/${name}.md5sums`,
        `0123456789abcdef0123456789abcdef  usr/share/doc/${name}/copyright\n`,
      ]),
    ),
  });
  const { packages, distro, problems } = await buildInventory({
    digest: digestOf('image'),
    platform: 'linux/amd64',
    config: { architecture: 'amd64', os: 'linux', rootfs: { type: 'layers', diff_ids: [] } },
    layers: [],
    tree,
    problems: [],
  });
  expect(problems).toEqual([]);
  expect(distro).toEqual({ id: 'debian', versionId: release, name: 'Debian GNU/Linux' });
  const expected = debs.map(([name, version, source = name, sourceVersion = version]) => ({
    name,
    version,
    source: { name: source, version: sourceVersion },
    ecosystem: `Debian:${release}`,
  }));
  expect(
    packages.map(({ name, version, source, ecosystem }) => ({ name, version, source, ecosystem })),
  ).toEqual(expected.sort((a, b) => (a.name < b.name ? -1 : 1)));
});
