import type { RecordBatch } from '../actions/ports.ts';
import type { FleetIndex } from '../core/fleet/fleet-index.ts';
import { digestOf } from '../core/image/digest.ts';
import type { Package } from '../core/inventory/inventory.ts';
import { type OwnerUnit, type Unit, unitKey } from '../core/match/unit.ts';

// A large installation, made up: images on some hundreds of bases of two distributions, with
// Python packages of which OS packages own a part, and the advisories of three feeds, of which
// it has a fraction of the names.

export const IMAGES = 100_000;
const BASES = 400;
const BASE_PACKAGES = 120;
const OWN_PACKAGES = 60;
const BATCH = 2_000;

/** Names that advisories know, and the first of them that the fleet has. */
const APK = { names: 12_500, inFleet: 2_500, versions: 9, records: 80 };
const DEB = { names: 30_000, inFleet: 2_000, versions: 4, records: 10 };
const PYPI = { names: 40_000, inFleet: 4_000, versions: 5, records: 5 };

/** The feeds with their numbers of records: 1,500,000 in all. */
export const FEEDS = {
  chainguard: APK.names * APK.records,
  debian: DEB.names * DEB.records,
  pypi: PYPI.names * PYPI.records,
};
export type FeedName = keyof typeof FEEDS;

/** The records of a feed; those of another `day` differ in 500 of them. */
export async function* recordsOf(feed: FeedName, day: number): AsyncGenerator<RecordBatch> {
  const make = { chainguard: chainguardRecord, debian: debianRecord, pypi: pypiRecord }[feed];
  for (let first = 0; first < FEEDS[feed]; first += BATCH) {
    const last = Math.min(first + BATCH, FEEDS[feed]);
    yield Array.from({ length: last - first }, (_, n) => make(first + n, day));
  }
}

/** The index of the whole fleet. */
export function makeFleet(): FleetIndex {
  const random = createRandom(1);
  const units = allUnits().sort((left, right) => (unitKey(left) < unitKey(right) ? -1 : 1));
  const places = Map.groupBy(units.keys(), (place) => units[place]?.type);
  const pools = [places.get('apk') ?? [], places.get('deb') ?? []];
  const python = places.get('pypi') ?? [];
  const bases = Array.from({ length: BASES }, (_, n) =>
    draw(pools[n % 2] ?? [], BASE_PACKAGES, random),
  );
  const digests = Array.from({ length: IMAGES }, (_, n) => digestOf(`image ${n}`)).sort();
  const size = BASE_PACKAGES + OWN_PACKAGES;
  const starts = Uint32Array.from({ length: IMAGES + 1 }, (_, image) => image * size);
  const members = new Uint32Array(IMAGES * size);
  for (const start of starts.subarray(0, IMAGES)) {
    // Some bases are far more common than others.
    const base = Math.floor(random() ** 2 * BASES);
    const own = [
      ...draw(pools[base % 2] ?? [], OWN_PACKAGES / 3, random),
      ...draw(python, (OWN_PACKAGES * 2) / 3, random),
    ];
    members.set(
      [...(bases[base] ?? []), ...own].sort((a, b) => a - b),
      start,
    );
  }
  const facts = [{ checks: [], runtimes: [{ language: 'python' as const, minor: '3.14' }] }];
  const platforms = (digest: string) => [{ platform: 'linux/amd64', digest }];
  return {
    units,
    facts,
    digests,
    factsAt: new Uint32Array(IMAGES),
    starts,
    members,
    images: digests.map((digest) => ({ digest, platforms: platforms(digest) })),
  };
}

/** Packages of an image that is not in the fleet yet: most units are known, some are new. */
export function newPackages(image: number): Package[] {
  const random = createRandom(1_000 + image);
  const units = Array.from({ length: BASE_PACKAGES + OWN_PACKAGES }, (_, n) =>
    n < BASE_PACKAGES
      ? apkUnit(Math.floor(random() * APK.inFleet * 2), Math.floor(random() * APK.versions))
      : pypiUnit(Math.floor(random() * PYPI.inFleet), n % 20 === 0 ? 100 + image : 1),
  );
  return units.map((unit) => ({ ...unit, path: 'made-up', owner: null }));
}

function allUnits(): Unit[] {
  return [
    // Each origin with one sub-package.
    ...grid(APK.inFleet * 2, APK.versions).map(([name, version]) => apkUnit(name, version)),
    ...grid(DEB.inFleet * 2, DEB.versions).map(([name, version]) => debUnit(name, version)),
    ...grid(PYPI.inFleet, PYPI.versions).map(([name, version]) => pypiUnit(name, version)),
  ];
}

function apkUnit(place: number, version: number): Unit {
  const origin = `package-${spread(place >> 1, APK.names)}`;
  const name = place % 2 === 0 ? origin : `${origin}-libs`;
  const text = versionOf(version, 'r0');
  return {
    type: 'apk',
    ecosystem: 'Chainguard',
    purl: `pkg:apk/chainguard/${name}@${text}?arch=x86_64&distro=chainguard-20230214`,
    name,
    version: text,
    source: { name: origin, version: text },
    arch: 'x86_64',
    owner: null,
  };
}

function debUnit(place: number, version: number): Unit {
  const source = `source-${spread(place >> 1, DEB.names)}`;
  const name = place % 2 === 0 ? source : `lib${source}1`;
  const text = `1:${versionOf(version, '3+deb12u1')}`;
  return {
    type: 'deb',
    ecosystem: 'Debian:12',
    purl: `pkg:deb/debian/${name}@${encodeURIComponent(text)}?arch=amd64&distro=debian-12`,
    name,
    version: text,
    source: { name: source, version: text },
    arch: 'amd64',
    owner: null,
  };
}

function pypiUnit(place: number, version: number): Unit {
  const name = `project-${spread(place, PYPI.names)}`;
  const text = `${version}.2.0`;
  return {
    type: 'pypi',
    ecosystem: 'PyPI',
    purl: `pkg:pypi/${name}@${text}`,
    name,
    version: text,
    source: null,
    arch: null,
    owner: place % 4 === 0 ? ownerOf(apkUnit((place * 2) % (APK.inFleet * 2), version % 9)) : null,
  };
}

function ownerOf({ type, ecosystem, name, version, source, arch }: Unit): OwnerUnit {
  return { type, ecosystem, name, version, source, arch };
}

/** In the shape of Chainguard's OSV v3: one record for each vulnerability, architecture and component. */
function chainguardRecord(n: number): unknown {
  const origin = Math.floor(n / APK.records);
  const part = n % APK.records;
  const [vulnerability, component] = [Math.floor(part / 4), Math.floor(part / 2) % 2];
  const arch = part % 2 === 0 ? 'x86_64' : 'aarch64';
  const name = `package-${origin}`;
  return {
    id: `CGA-${idOf(n)}`,
    modified: timeOf(n),
    upstream: [`CVE-2026-${100_000 + ((origin * 20 + vulnerability) % 90_000)}`],
    ...(n % 50 === 0 && { withdrawn: timeOf(n) }),
    affected: [
      {
        package: { ecosystem: 'Chainguard', name, purl: `pkg:apk/chainguard/${name}?arch=${arch}` },
        ranges: [{ type: 'ECOSYSTEM', events: eventsOf(n, (v) => versionOf(v, 'r0')) }],
        ecosystem_specific: {
          components: [
            {
              component_name: component === 0 ? name : `example.org/module-${n % 900}`,
              component_type: component === 0 ? 'apk' : 'go-module',
              component_version: '1.0.0',
              component_location: '/usr/bin/tool',
              latest_event_status: 'fixed',
            },
          ],
        },
      },
    ],
  };
}

function debianRecord(n: number): unknown {
  const cve = `CVE-2025-${100_000 + n}`;
  const name = `source-${Math.floor(n / DEB.records)}`;
  return {
    id: `DEBIAN-${cve}`,
    modified: timeOf(n),
    upstream: [cve],
    affected: [
      {
        package: { ecosystem: 'Debian:12', name, purl: `pkg:deb/debian/${name}?arch=source` },
        ranges: [{ type: 'ECOSYSTEM', events: eventsOf(n, (v) => `1:${versionOf(v, '3')}`) }],
        ecosystem_specific: { urgency: 'not yet assigned' },
      },
    ],
  };
}

function pypiRecord(n: number, day: number): unknown {
  const isChanged = day > 0 && n % 400 === 7;
  return {
    id: `GHSA-${idOf(n)}`,
    modified: timeOf(n + day),
    aliases: [`CVE-2024-${100_000 + n}`, `PYSEC-2024-${n}`],
    severity: [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' }],
    affected: [
      {
        package: { ecosystem: 'PyPI', name: `project-${Math.floor(n / PYPI.records)}` },
        ranges: [
          {
            type: 'ECOSYSTEM',
            events: [{ introduced: '0' }, { fixed: `${(n % 7) + (isChanged ? 2 : 0)}.0.0` }],
          },
        ],
      },
    ],
  };
}

/** A quarter is cleared, a tenth has no fix, the rest one. */
function eventsOf(n: number, write: (version: number) => string): Record<string, string>[] {
  const kind = Math.floor(n / 4);
  if (kind % 4 === 0) return [{ introduced: '0' }, { fixed: '0' }];
  if (kind % 10 === 1) return [{ introduced: '0' }];
  return [{ introduced: '0' }, { fixed: write(kind % 5) }];
}

function versionOf(version: number, release: string): string {
  return `${version}.${(version * 7) % 10}.3-${release}`;
}

/** The fleet's names lie among all others: what it needs of a snapshot is everywhere. */
function spread(place: number, names: number): number {
  return (place * 7_919) % names;
}

function grid(names: number, versions: number): [number, number][] {
  return Array.from({ length: names * versions }, (_, n) => [
    Math.floor(n / versions),
    n % versions,
  ]);
}

/** So many of them, each once at most. */
function draw(pool: readonly number[], count: number, random: () => number): number[] {
  const drawn = new Set<number>();
  while (drawn.size < count) drawn.add(pool[Math.floor(random() * pool.length)] ?? 0);
  return [...drawn];
}

function idOf(n: number): string {
  return digestOf(String(n)).slice('sha256:'.length, 'sha256:'.length + 12);
}

function timeOf(n: number): string {
  return new Date(Date.UTC(2026, 0, 1) + n * 1000).toISOString();
}

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
