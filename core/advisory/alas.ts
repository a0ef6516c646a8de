/** Releases whose advisories are read, as `VERSION_ID` has them. */
export type AmazonRelease = (typeof RELEASES)[number];

const RELEASES = ['2', '2023'] as const;

/** A package that an update brings. */
export interface UpdatedPackage {
  readonly name: string;
  /** `[epoch:]version-release`, without an epoch of 0. */
  readonly version: string;
  /** `x86_64`, `aarch64`, `noarch`. */
  readonly arch: string;
}

/** An update of Amazon Linux, as one repository of one architecture lists it (`updateinfo.xml`). */
export interface Update {
  /** `ALAS2023-2026-001` */
  readonly id: string;
  /** `critical`, `important`, `medium`, `low`, in whatever case. */
  readonly severity: string;
  /** RFC 3339, or empty. */
  readonly published: string;
  /** RFC 3339, or empty. */
  readonly modified: string;
  readonly cves: readonly string[];
  /** Binary packages; sources are none. */
  readonly packages: readonly UpdatedPackage[];
}

/**
 * What the repositories of all architectures say of one update as an OSV record: whoever has a
 * binary package of that name below its version has not got the update.
 */
export function alasRecord(release: AmazonRelease, updates: readonly Update[]): object {
  const [first] = updates;
  const packages = new Map(
    updates.flatMap((update) =>
      update.packages.map((each) => [`${each.name}\t${each.arch}\t${each.version}`, each] as const),
    ),
  );
  const latest = (times: readonly string[]) => times.toSorted().at(-1) || null;
  return {
    id: first?.id,
    modified: latest(updates.map(({ modified, published }) => modified || published)),
    published: latest(updates.map(({ published }) => published)),
    upstream: [...new Set(updates.flatMap(({ cves }) => cves))].sort(),
    affected: [...packages]
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([, each]) => affectedOf(release, each)),
    database_specific: { severity: first?.severity ?? '' },
  };
}

/**
 * Of which release an update is, by what its packages (`3.0.8-1.amzn2023.0.10`) end in; `undefined`
 * where that is none, or another one.
 */
export function releaseOfUpdate(updates: readonly Update[]): AmazonRelease | undefined {
  const said = updates.flatMap(({ packages }) =>
    packages.map(({ version }) => /\.amzn(\d+)(?=\.|$)/.exec(version)?.[1]),
  );
  const releases = new Set(said.filter((each) => each !== undefined));
  const [release] = releases;
  return releases.size === 1 ? RELEASES.find((each) => each === release) : undefined;
}

function affectedOf(release: AmazonRelease, { name, version, arch }: UpdatedPackage): object {
  const purl = `pkg:rpm/amzn/${encodeURIComponent(name)}`;
  return {
    package: {
      ecosystem: `Amazon Linux:${release}`,
      name,
      // What is built for no architecture is for each.
      purl: arch === 'noarch' ? purl : `${purl}?arch=${arch}`,
    },
    ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: version }] }],
  };
}
