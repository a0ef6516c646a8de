import { Readable } from 'node:stream';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { matchInventories } from '../../../actions/match-inventories.ts';
import { writeSnapshot } from '../../../actions/write-snapshot.ts';
import { createMemoryObjectStore } from '../../../adapters/local/memory-object-store.ts';
import { compileRecord } from '../../../core/advisory/compile-record.ts';
import type { AdvisoryEntry, LookupKey } from '../../../core/advisory/entry.ts';
import { parseOsvRecord } from '../../../core/advisory/osv.ts';
import type { Package } from '../../../core/inventory/inventory.ts';
import { createMatcher } from '../../../core/match/create-matcher.ts';
import type { Finding } from '../../../core/match/finding.ts';
import { unitKey, unitsOf } from '../../../core/match/unit.ts';
import type { FeedState } from '../../../core/run/run.ts';
import { createSuppressor } from '../../../core/suppress/create-suppressor.ts';
import { suppressibleOf } from '../../../core/suppress/suppressible.ts';
import type { SuppressedPlace, Suppression } from '../../../core/suppress/suppression.ts';
import { aDeb, anApk, aWheel } from '../../support/advisory-builders.ts';
import { aFeedState, of } from '../../support/builders.ts';
import { anIndexedInventory } from '../../support/fleet-builders.ts';
import {
  type NaiveAffected,
  type NaiveFinding,
  type NaiveRecord,
  naiveFindings,
} from '../../support/naive-match.ts';
import { type NaivePlace, naiveSuppression } from '../../support/naive-suppress.ts';

const AT = '2026-11-22T02:00:00.000Z';
const RUNS = 10_000;

/** Few names and versions, so that they meet. */
const VERSIONS: Readonly<Record<string, readonly string[]>> = {
  Wolfi: ['1-r0', '1-r1', '2-r0', '2_rc1-r0', 'odd'],
  'Debian:12': ['1-1', '1-2', '1:1-1', '2~rc1-1', 'odd version'],
  'Azure Linux:3': ['1-1', '1:1-1', '1^git1-1', '2~rc1-1', '2-1'],
  'Amazon Linux:2023': ['1-1', '1:1-1', '1-2', '2-1'],
  'AlmaLinux:9': ['1-1.el9', '2-1.el9', '1-1.module_el9+1+a', '2-1.module_el9+2+b'],
  PyPI: ['1.0', '1', '2.0', '2.0rc1', 'odd version'],
  Go: ['1.0.0', 'v1.1.0', '2.0.0', '2.0.0-rc.1', 'odd'],
};
const ECOSYSTEMS = Object.keys(VERSIONS);

/** Those of packages; all where there are none. */
function ecosystemsOf(images: readonly (readonly Package[])[]): string[] {
  const found = new Set(images.flat().map(({ ecosystem }) => ecosystem));
  return found.size > 0 ? [...found] : ECOSYSTEMS;
}

const versionIn = (ecosystem: string) => fc.constantFrom(...(VERSIONS[ecosystem] ?? []));
const osName = fc.constantFrom('a', 'b');

const apk = fc
  .record({
    name: osName,
    version: versionIn('Wolfi'),
    arch: fc.constantFrom('x86_64', 'aarch64', 'noarch'),
    origin: fc.option(fc.tuple(osName, versionIn('Wolfi')), { nil: undefined }),
  })
  .map(({ name, version, arch, origin }) =>
    anApk({ name, version, arch, source: origin ? { name: origin[0], version: origin[1] } : null }),
  );

const deb = fc
  .record({
    name: osName,
    version: versionIn('Debian:12'),
    source: osName,
    built: versionIn('Debian:12'),
  })
  .map(({ name, version, source, built }) =>
    aDeb({ name, version, source: { name: source, version: built } }),
  );

const rpm = fc
  .constantFrom('Azure Linux:3', 'Amazon Linux:2023', 'AlmaLinux:9')
  .chain((ecosystem) =>
    fc.record({
      ecosystem: fc.constant(ecosystem),
      name: osName,
      version: versionIn(ecosystem),
      arch: fc.constantFrom('x86_64', 'aarch64', 'noarch'),
      built: fc.option(fc.tuple(osName, versionIn(ecosystem))),
    }),
  )
  .map(({ ecosystem, name, version, arch, built }) =>
    aDeb({
      purl: `pkg:rpm/x/${name}@${version}?arch=${arch}&distro=${ecosystem.slice(0, 2)}`,
      ecosystem,
      type: 'rpm',
      name,
      version,
      arch,
      // A source rpm's name has no epoch.
      source: built && { name: built[0], version: built[1].replace(/^\d+:/, '') },
    }),
  );

const wheel = fc
  .record({
    name: fc.constantFrom('A.x', 'a-x', 'b'),
    version: versionIn('PyPI'),
    owner: fc.constantFrom(null, 'a', 'b', 'nobody'),
  })
  .map((each) => aWheel(each));

const module = fc
  .record({ name: osName, version: versionIn('Go'), owner: fc.constantFrom(null, 'a') })
  .map(({ name, version, owner }) =>
    aWheel({
      purl: `pkg:golang/${name}@${version}`,
      ecosystem: 'Go',
      type: 'golang',
      name,
      version,
      owner,
    }),
  );

const image = fc.array(fc.oneof(apk, apk, deb, rpm, rpm, wheel, wheel, module), { maxLength: 4 });

/** Images of one fleet share most of their packages, and differ in whose files they are. */
const fleet = fc
  .tuple(image, fc.array(image, { maxLength: 2 }), fc.array(fc.nat(3), { maxLength: 2 }))
  .map(([first, others, shared]) =>
    [first, ...others.map((each, index) => [...first.slice(0, shared[index] ?? 0), ...each])].map(
      asDatabase,
    ),
  );

/** A database has a package once; what is in files may be at several places. */
function asDatabase(packages: readonly Package[]): Package[] {
  const seen = new Set<string>();
  return packages.filter(({ type, purl }) => {
    const isFirst = !seen.has(purl);
    seen.add(purl);
    return isFirst || !['apk', 'deb', 'rpm'].includes(type);
  });
}

const event = (ecosystem: string) =>
  fc.tuple(
    fc.constantFrom('introduced', 'fixed', 'fixed', 'last_affected', 'limit'),
    fc.oneof(
      { weight: 4, arbitrary: versionIn(ecosystem) },
      { weight: 1, arbitrary: fc.constantFrom('0', '*') },
    ),
  );

const range = (ecosystem: string) =>
  fc.oneof(
    fc.array(event(ecosystem), { maxLength: 3 }).map((more) => ({
      type: 'ECOSYSTEM' as const,
      events: [['introduced', '0'] as const, ...more],
    })),
    fc
      .array(event(ecosystem), { minLength: 1, maxLength: 5 })
      .map((events) => ({ type: 'ECOSYSTEM' as const, events })),
    fc.constant({ type: 'GIT' as const, events: [['introduced', '0'] as const] }),
  );

const STATUS_WORDS: Readonly<Record<string, string>> = {
  true_positive_determination: 'affected',
  pending_upstream_fix: 'pending-upstream',
  fix_not_planned: 'fix-not-planned',
  detection: 'under-investigation',
  unimportant: 'unimportant',
  'end-of-life': 'end-of-life',
};

interface Generated extends NaiveAffected {
  readonly osv: object;
}

const affectedIn = (ecosystem: string): fc.Arbitrary<Generated> =>
  fc
    .record({
      name: fc.constantFrom(...(ecosystem === 'PyPI' ? ['a_X', 'a-x', 'b'] : ['a', 'b'])),
      release: fc.boolean(),
      arch: fc.option(fc.constantFrom('x86_64', 'aarch64')),
      severity: fc.option(fc.constantFrom('critical', 'high', 'medium', 'low')),
      ranges: fc.array(range(ecosystem), { maxLength: 2 }),
      versions: fc.array(versionIn(ecosystem), { maxLength: 2 }),
      word: fc.option(fc.constantFrom(...Object.keys(STATUS_WORDS))),
      subpackages: fc.boolean(),
    })
    .map((each) => generatedOf(ecosystem, each));

interface Drawn {
  readonly name: string;
  readonly release: boolean;
  readonly arch: string | null;
  readonly severity: string | null;
  readonly ranges: NaiveAffected['ranges'];
  readonly versions: readonly string[];
  readonly word: string | null;
  readonly subpackages: boolean;
}

/** What was drawn, as the rules see it and as an OSV record has it. */
function generatedOf(full: string, drawn: Drawn): Generated {
  const isApk = full === 'Wolfi';
  const isDebians = drawn.word === 'unimportant' || drawn.word === 'end-of-life';
  // Each word where its publisher has it.
  const word = isDebians === isApk ? null : drawn.word;
  const said = {
    ...drawn,
    word,
    ecosystem: drawn.release ? full : (full.split(':')[0] ?? ''),
    arch: PURLS[full] ? drawn.arch : null,
    subpackages: drawn.subpackages || !isApk,
  };
  const counts = word !== null && (isDebians || drawn.ranges.some(isOpen));
  return {
    ...said,
    // Debian's word for it is a rating too.
    severity: word === 'unimportant' ? 'low' : drawn.severity,
    status: counts ? (STATUS_WORDS[word] ?? null) : null,
    osv: osvAffectedOf(full, said),
  };
}

function isOpen({ type, events }: NaiveAffected['ranges'][number]): boolean {
  return type === 'ECOSYSTEM' && events.every(([kind]) => kind === 'introduced');
}

type Said = Drawn & Pick<NaiveAffected, 'ecosystem'>;

/** Of which ecosystems an architecture may be said. */
const PURLS: Readonly<Record<string, string>> = {
  Wolfi: 'pkg:apk/wolfi',
  'Azure Linux:3': 'pkg:rpm/azure-linux',
  'Amazon Linux:2023': 'pkg:rpm/amzn',
  'AlmaLinux:9': 'pkg:rpm/almalinux',
};

function osvAffectedOf(full: string, said: Said): object {
  const { ecosystem, name, arch, ranges, versions, severity, subpackages, word } = said;
  const components = [{ component_name: name, latest_event_status: word }];
  return {
    package: { ecosystem, name, ...(arch && { purl: `${PURLS[full]}/${name}?arch=${arch}` }) },
    ranges: ranges.map(({ type, events }) => ({
      type,
      events: events.map(([kind, at]) => ({ [kind]: at })),
    })),
    versions,
    ecosystem_specific: word && (ecosystem === 'Wolfi' ? { components } : { urgency: word }),
    database_specific: {
      ...(severity && { severity }),
      ...(!subpackages && { chainguard: { applies_to_subpackages: false } }),
    },
  };
}

const otherId = fc.constantFrom('CVE-1', 'CVE-2', 'CVE-3', 'GHSA-1', 'GHSA-2', 'X-1');

const recordsIn = (ecosystems: readonly string[]): fc.Arbitrary<readonly GeneratedRecord[]> =>
  fc
    .uniqueArray(
      fc.record({
        id: fc.constantFrom(
          'CGA-1',
          'CGA-2',
          'GHSA-1',
          'GHSA-2',
          'CVE-1',
          'PYSEC-1',
          'DSA-1',
          'GO-1',
        ),
        feed: fc.constantFrom('one', 'two'),
        aliases: fc.oneof(fc.constant([]), fc.uniqueArray(otherId, { maxLength: 2 })),
        upstream: fc.oneof(fc.constant([]), fc.uniqueArray(otherId, { maxLength: 3 })),
        withdrawn: fc.constantFrom(
          undefined,
          undefined,
          undefined,
          '2026-01-01T00:00:00.000Z',
          '2027-01-01T00:00:00.000Z',
        ),
        affected: fc.array(fc.constantFrom(...ecosystems).chain(affectedIn), {
          minLength: 1,
          maxLength: 3,
        }),
      }),
      { minLength: 1, maxLength: 5, selector: ({ id, feed }) => `${feed} ${id}` },
    )
    .map((all) =>
      all.map(({ aliases, upstream, ...each }) => ({
        ...each,
        aliases: aliases.toSorted(),
        upstream: upstream.toSorted(),
      })),
    );

const someOf = (...patterns: readonly string[]) =>
  fc.oneof(fc.constant([]), fc.uniqueArray(fc.constantFrom(...patterns), { maxLength: 2 }));

const end: fc.Arbitrary<Suppression['end']> = fc.record(
  {
    date: fc.constantFrom(
      { last: '2026-11-21', over: '2026-11-22T00:00:00.000Z' },
      { last: '2026-11-22', over: '2026-11-23T00:00:00.000Z' },
    ),
    fix: fc.constant(true as const),
    change: fc.record({
      severity: fc.constantFrom('high' as const, 'unrated' as const, 'low' as const),
      exploited: fc.constant(false),
    }),
  },
  { requiredKeys: [] },
);

const suppressions: fc.Arbitrary<readonly Suppression[]> = fc
  .array(
    fc.record({
      vulnerability: fc.constantFrom('CVE-1', 'CVE-2', 'CVE-3', 'GHSA-1', 'CGA-1', 'DSA-1'),
      packages: someOf('a', 'b', 'a*', '*x', 'pkg:apk/*', 'pkg:pypi/a-x', 'pkg:deb/debian/b'),
      images: someOf('registry.example/0', 'registry.example/*', '*/1'),
      workloads: someOf('ecs/0', 'ecs/*', '*/1'),
      from: fc.constantFrom('2026-11-01T00:00:00.000Z', '2026-11-30T00:00:00.000Z'),
      end,
    }),
    { maxLength: 4 },
  )
  .map((list) =>
    list.map((each, index) => ({
      ...each,
      id: `entry-${index}`,
      owner: 'team-web',
      author: 'Kim',
      reason: 'risk_accepted: so',
    })),
  );

/** Each image of a fleet runs in a workload of its own. */
function placeOf(index: number): NaivePlace & { readonly place: SuppressedPlace } {
  const [image, workload] = [`registry.example/${index}`, `ecs/${index}`];
  const place = { lineage: `${workload}|web|linux/amd64`, channel: `${image}|`, kind: 'workload' };
  const digest = of(`${index}`);
  return { image, workload, place: { ...place, kind: 'workload', imageDigest: digest, digest } };
}

/** A fleet, records that are about what is in it, and what nobody is to hear of. */
const world = fleet.chain((images) =>
  fc.tuple(fc.constant(images), recordsIn(ecosystemsOf(images)), suppressions),
);

type GeneratedRecord = Omit<NaiveRecord, 'affected' | 'withdrawn'> & {
  readonly withdrawn: string | undefined;
  readonly affected: readonly Generated[];
};

function osvOf({ id, aliases, upstream, withdrawn, affected: list }: GeneratedRecord): object {
  return { id, aliases, upstream, withdrawn, affected: list.map((each) => each.osv) };
}

function entriesOf(record: GeneratedRecord): AdvisoryEntry[] {
  return compileRecord(record.feed, parseOsvRecord(osvOf(record)));
}

function naiveOf({ withdrawn, ...each }: GeneratedRecord): NaiveRecord {
  return { ...each, ...(withdrawn !== undefined && { withdrawn }) };
}

/** As snapshots answer. */
function lookupIn(entries: readonly AdvisoryEntry[]) {
  const byKey = Map.groupBy(entries, ({ ecosystem, name }) => `${ecosystem}\t${name}`);
  return ({ ecosystem, name }: LookupKey) => byKey.get(`${ecosystem}\t${name}`) ?? [];
}

/** The engine: one matcher for the fleet, each distinct unit judged once. */
function engineFindings(
  images: readonly (readonly Package[])[],
  entries: readonly AdvisoryEntry[],
): Finding[][] {
  const matcher = createMatcher(lookupIn(entries), AT);
  const judged = new Map<string, readonly Finding[]>();
  return images.map((packages) => {
    const units = new Map(unitsOf({ packages }).map((unit) => [unitKey(unit), unit]));
    const found = [...units]
      .sort(([a], [b]) => (a < b ? 1 : -1))
      .flatMap(([key, unit]) => {
        const findings = judged.get(key) ?? matcher.judge(unit);
        judged.set(key, findings);
        return findings;
      });
    // The last one stays: what nobody owns.
    const distinct = new Map(found.map((each) => [`${each.package}\n${each.id}`, each]));
    return [...distinct].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, finding]) => finding);
  });
}

function withoutHashes({ records: list, ...finding }: Finding): NaiveFinding {
  return { ...finding, records: [...new Set(list.map(({ id }) => id))].sort() };
}

it(`is what the rules say of each image by itself, for ${RUNS} fleets`, {
  timeout: 120_000,
}, () => {
  let found = 0;
  let silenced = 0;
  fc.assert(
    fc.property(world, ([images, list, entries]) => {
      const suppressor = createSuppressor({ version: '0', entries }, AT);
      const naive = list.map(({ withdrawn, ...each }) => ({
        ...each,
        ...(withdrawn && { withdrawn }),
      }));
      const engine = engineFindings(images, list.flatMap(entriesOf));
      for (const [index, packages] of images.entries()) {
        const expected = naiveFindings(packages, { records: naive, at: AT });
        found += expected.length;
        expect(engine[index]?.map(withoutHashes)).toEqual(expected);
        const { place, ...naivePlace } = placeOf(index);
        const by = expected.map((each) => naiveSuppression(each, naivePlace, entries, AT));
        silenced += by.filter((entry) => entry !== null).length;
        expect(
          engine[index]?.map(
            (each) => suppressor.judge(suppressibleOf(each), place)?.entry ?? null,
          ),
        ).toEqual(by);
      }
    }),
    { numRuns: RUNS },
  );
  // Generators that never meet would prove nothing.
  expect(found).toBeGreaterThan(RUNS);
  expect(silenced).toBeGreaterThan(RUNS / 20);
});

it('is what a night finds by its snapshots, for 100 fleets', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(world, async ([images, list]) => {
      const objects = createMemoryObjectStore();
      const feeds: FeedState[] = [];
      for (const name of ['one', 'two']) {
        const own = list.filter(({ feed }) => feed === name).map(osvOf);
        const { key } = await writeSnapshot(objects, name, Readable.from([own]));
        feeds.push(aFeedState({ name, key }));
      }
      const inventories = images.map((packages, n) => anIndexedInventory(`${n}`, packages));
      const found = await matchInventories(objects, feeds, inventories, AT);
      const covered = new Set(
        list.flatMap((each) => each.affected.map(({ ecosystem }) => ecosystem)),
      );
      for (const { digest, packages } of inventories) {
        const expected = naiveFindings(packages, { records: list.map(naiveOf), at: AT, covered });
        expect(found.get(digest)?.map(withoutHashes)).toEqual(expected);
      }
    }),
    { numRuns: 100 },
  );
});
