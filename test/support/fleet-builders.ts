import fc from 'fast-check';
import { compact } from '../../core/fleet/compact.ts';
import {
  type FleetIndex,
  type IndexedInventory,
  indexInventory,
} from '../../core/fleet/fleet-index.ts';
import type { Package } from '../../core/inventory/inventory.ts';
import { anApk, aWheel } from './advisory-builders.ts';
import { of } from './builders.ts';

/** An inventory of these packages, and nothing else. */
export function anIndexedInventory(
  name: string,
  packages: readonly Package[] = [anApk()],
  overrides: Partial<IndexedInventory> = {},
): IndexedInventory {
  return {
    digest: of(name),
    packages,
    distro: null,
    size: 0,
    checks: [],
    problems: [],
    runtimes: [],
    ...overrides,
  };
}

/** The index of inventories, made in one go. */
export function anIndexOf(inventories: readonly IndexedInventory[]): FleetIndex {
  return compact(inventories.map(indexInventory));
}

/** Few names and versions, so that images share units, hold some twice, and own the files of others. */
const packages: fc.Arbitrary<Package> = fc.oneof(
  fc
    .record({
      name: fc.constantFrom('zlib', 'openssl', 'py3-idna', 'ünïcode\n"'),
      version: fc.constantFrom('1.2.3-r0', '1.2.3-r1', '2.0-r0'),
      arch: fc.constantFrom('x86_64', 'aarch64'),
      isSub: fc.boolean(),
    })
    .map(({ isSub, ...each }) =>
      anApk({ ...each, ...(isSub && { source: { name: 'origin', version: each.version } }) }),
    ),
  fc
    .record({
      name: fc.constantFrom('idna', 'requests'),
      version: fc.constantFrom('3.6', '3.7', 'not a version'),
      owner: fc.constantFrom(null, 'py3-idna', 'gone'),
      path: fc.constantFrom('venv', 'usr/lib/python3'),
    })
    .map((each) => aWheel(each)),
  fc.constant(anApk({ ecosystem: '', source: null, arch: null })),
);

/** Inventories with digests of their own, in no order. */
export const someInventories: fc.Arbitrary<readonly IndexedInventory[]> = fc
  .array(
    fc.record({
      packages: fc.array(packages, { maxLength: 8 }),
      isRoot: fc.boolean(),
      isBroken: fc.boolean(),
    }),
    { maxLength: 8 },
  )
  .map((images) =>
    images.map(({ packages: list, isRoot, isBroken }, n) =>
      anIndexedInventory(`image ${n}`, list, {
        ...(isRoot && {
          checks: [{ id: 'root-user', status: 'fail', message: 'Runs as root.', evidence: null }],
        }),
        ...(isBroken && { problems: [{ path: 'etc/os-release', reason: 'broken' }] }),
      }),
    ),
  );
