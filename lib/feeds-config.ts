import * as z from 'zod';
import type { FeedSpec } from '../lambda/refresh-feeds/environment.ts';

type AmazonSpec = Extract<FeedSpec, { readonly kind: 'amazon' }>;

/** The exports of osv.dev, one archive an ecosystem: https://google.github.io/osv.dev/data/#data-dumps */
const OSV = 'https://osv-vulnerabilities.storage.googleapis.com';

/** Chainguard's and Wolfi's advisories, all of them. */
const CHAINGUARD = 'https://advisories.cgr.dev/chainguard/v3/osv/chainguard-osv.tar.gz';

/** Repositories of Amazon Linux: https://docs.aws.amazon.com/linux/al2023/ug/managing-repos-os-updates.html */
const AMAZON = 'https://cdn.amazonlinux.com';

const CHAINGUARD_TERMS = 'https://github.com/wolfi-dev/advisories/blob/main/LICENSE';

/** Of the CVE list, each night's archive; every release of a day has that of its midnight: https://github.com/CVEProject/cvelistV5#releases */
const CVE_LIST =
  'https://github.com/CVEProject/cvelistV5/releases/latest/download/{date}_all_CVEs_at_midnight.zip.zip';

/** https://www.cisa.gov/known-exploited-vulnerabilities-catalog */
const KEV = 'https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json';

/** GitHub's advisories, all of them: https://github.com/github/advisory-database */
const GHSA = 'https://github.com/github/advisory-database/archive/refs/heads/main.zip';

/** The scores of the day: https://www.first.org/epss/data_stats */
const EPSS = 'https://epss.empiricalsecurity.com/epss_scores-current.csv.gz';

/** In the CVE list, and known to be exploited, for good. */
const LOG4SHELL = 'CVE-2021-44228';
const LOG4SHELL_OF_GITHUB = 'GHSA-jfh8-c2jp-5v3q';

/** The list of feeds is a variable of a Lambda function, which takes 4 KB of them. */
const ECOSYSTEMS_AT_MOST = 12;

/** A bucket's name (https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html) and a key that is no pattern in a policy. */
const IN_S3 = /^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\/[\w./=-]*$/;

const Mirror = z
  .string()
  // Who reads a URL leaves line ends and tabs out in silence.
  .refine((text) => !/[\s\p{C}]/u.test(text), {
    error: 'expected a URL without spaces and characters that cannot be seen',
    abort: true,
  })
  .refine((text) => IN_S3.test(text) || URL.parse(text)?.protocol === 'https:', {
    error: 'expected an https URL, or s3://bucket/key of letters, digits, _ . / = -',
  })
  // A URL leaves them out, a right to read would not.
  .refine((text) => !(IN_S3.test(text) && /\/\.\.?(?:\/|$)/.test(text)), {
    error: 'expected a key without . and .. between its slashes',
  })
  .refine(isPlain, { error: 'expected a URL without credentials, query and fragment' });

const MirroredArchive = Mirror.refine(
  (url) => /\.(?:zip|tar\.gz|tgz|(?:ndjson|jsonl)(?:\.gz)?)$/i.test(url),
  { error: 'expected the URL of a .zip, .tar.gz, .tgz, .ndjson or .jsonl (or .gz of these)' },
);

/** Names of which a slip in the case would only be seen at night: osv.dev's paths know one spelling. */
const SPELLED = [
  'AlmaLinux',
  'Alpine',
  'Azure Linux',
  'Chainguard',
  'crates.io',
  'Debian',
  'Go',
  'Maven',
  'npm',
  'NuGet',
  'openSUSE',
  'Packagist',
  'PyPI',
  'Red Hat',
  'Rocky Linux',
  'RubyGems',
  'SUSE',
  'Ubuntu',
  'Wolfi',
];

const Ecosystem = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9 .-]*$/, 'expected an ecosystem of osv.dev, without its release')
  .superRefine((text, context) => {
    const spelled = SPELLED.find((each) => each.toLowerCase() === text.toLowerCase());
    if (spelled !== undefined && spelled !== text) {
      context.addIssue({ code: 'custom', message: `expected ${spelled}, as osv.dev writes it` });
    }
  });

/** A record's id that must be found every night. */
const Control = z
  .string()
  .regex(/^[^\s\p{C}]+$/u, 'expected a record’s id, such as CVE-2021-44228');

const OsvFeeds = z
  .strictObject({
    /** `Debian`, `PyPI`, …: https://osv-vulnerabilities.storage.googleapis.com/ecosystems.txt */
    ecosystems: z
      .array(Ecosystem)
      .min(1)
      .max(ECOSYSTEMS_AT_MOST)
      .refine((all) => new Set(all.map(osvFeedName)).size === all.length, {
        error: 'an ecosystem comes twice',
      }),
    /** Stands in for the publisher's bucket: `<mirror>/<ecosystem>/all.zip`, https or s3. */
    mirror: Mirror.optional(),
    /** By ecosystem. */
    controls: z.record(Ecosystem, Control).default({}),
  })
  .refine(
    ({ ecosystems, controls }) => Object.keys(controls).every((each) => ecosystems.includes(each)),
    { path: ['controls'], error: 'a control of an ecosystem that is not enabled' },
  );

const ChainguardFeed = z.strictObject({
  /** Whoever enables the feed takes its terms on himself. */
  acceptLicence: z.literal(true, {
    error: `read ${CHAINGUARD_TERMS}, then state acceptLicence: true if you accept these terms`,
  }),
  /** Stands in for the archive, https or s3. */
  mirror: MirroredArchive.optional(),
  control: Control.optional(),
});

/** Titles and severities of CVE ids, for findings whose own advisories have none. */
const CveFeed = z.strictObject({
  /** Stands in for the archive: a `.zip` (or `.zip.zip`) or another archive of CVE records. */
  mirror: MirroredArchive.optional(),
  control: Control.default(LOG4SHELL),
});

/** Titles and severities of GHSA ids, where neither an advisory nor a CVE record has one. */
const GhsaFeed = z.strictObject({
  /** Stands in for the archive: a `.zip` or another archive of GitHub's advisories. */
  mirror: MirroredArchive.optional(),
  control: Control.default(LOG4SHELL_OF_GITHUB),
});

/** Which vulnerabilities are known to be exploited. */
const KevFeed = z.strictObject({
  /** Stands in for the catalogue. */
  mirror: Mirror.refine((url) => /\.json$/i.test(url), {
    error: 'expected the URL of a .json',
  }).optional(),
  control: Control.default(LOG4SHELL),
});

const AmazonRelease = z.enum(['2', '2023']);

/** As in the path of its list of mirrors: `core`, `kernel-livepatch`, `extras/docker`. */
const Repository = z
  .string()
  .regex(
    /^[A-Za-z0-9][\w.-]*(?:\/[A-Za-z0-9][\w.-]*)?$/,
    'expected a repository, such as core or extras/docker',
  );

/** Amazon Linux's own advisories, which osv.dev has not. */
const AmazonFeeds = z
  .strictObject({
    releases: z
      .array(AmazonRelease)
      .min(1)
      .refine((all) => new Set(all).size === all.length, { error: 'a release comes twice' }),
    /** By release. */
    repositories: z.partialRecord(AmazonRelease, z.array(Repository).min(1)).default({}),
    /** A copy of Amazon's tree that stands in for it, https or s3. */
    mirror: Mirror.optional(),
    /** By release. */
    controls: z.partialRecord(AmazonRelease, Control).default({}),
  })
  .refine(({ releases, controls }) => isAmong(releases, controls), {
    path: ['controls'],
    error: 'a control of a release that is not enabled',
  })
  .refine(({ releases, repositories }) => isAmong(releases, repositories), {
    path: ['repositories'],
    error: 'repositories of a release that is not enabled',
  });

function isAmong(names: readonly string[], byName: object): boolean {
  return Object.keys(byName).every((each) => names.includes(each));
}

/** How likely vulnerabilities are to be exploited. */
const EpssFeed = z.strictObject({
  /** Stands in for the table. */
  mirror: Mirror.refine((url) => /\.csv(?:\.gz)?$/i.test(url), {
    error: 'expected the URL of a .csv or .csv.gz',
  }).optional(),
  control: Control.default(LOG4SHELL),
});

/** Which advisories are read each night; none unless enabled. */
export const FeedsConfig = z.strictObject({
  osv: OsvFeeds.optional(),
  chainguard: ChainguardFeed.optional(),
  amazon: AmazonFeeds.optional(),
  cve: CveFeed.optional(),
  ghsa: GhsaFeed.optional(),
  kev: KevFeed.optional(),
  epss: EpssFeed.optional(),
});
type FeedsConfig = z.output<typeof FeedsConfig>;

/** The feeds that a configuration enables. */
export function feedsOf(config: FeedsConfig): readonly FeedSpec[] {
  return [...advisoriesOf(config), ...amazonOf(config), ...detailsOf(config)];
}

function detailsOf({ cve, ghsa, kev, epss }: FeedsConfig): FeedSpec[] {
  const details = (name: string, url: string, control: string): FeedSpec[] => [
    { name, kind: 'details', url, control },
  ];
  return [
    ...(cve ? details('cve', cve.mirror ?? CVE_LIST, cve.control) : []),
    ...(ghsa ? details('ghsa', ghsa.mirror ?? GHSA, ghsa.control) : []),
    ...(kev ? details('kev', kev.mirror ?? KEV, kev.control) : []),
    ...(epss
      ? [{ name: 'epss', kind: 'scores' as const, url: epss.mirror ?? EPSS, control: epss.control }]
      : []),
  ];
}

function advisoriesOf({ osv, chainguard }: FeedsConfig): FeedSpec[] {
  const { ecosystems = [], mirror = OSV, controls = {} } = osv ?? {};
  const exports = ecosystems.map((ecosystem) => ({
    name: osvFeedName(ecosystem),
    url: `${mirror.replace(/\/+$/, '')}/${encodeURIComponent(ecosystem)}/all.zip`,
    control: controls[ecosystem] ?? null,
  }));
  if (!chainguard) return exports;
  const { mirror: url = CHAINGUARD, control = null } = chainguard;
  return [...exports, { name: 'chainguard', url, control }];
}

function amazonOf({ amazon }: FeedsConfig): AmazonSpec[] {
  if (!amazon) return [];
  const { releases, repositories, mirror = AMAZON, controls } = amazon;
  return releases.map((release) => ({
    name: `amazon-${release}`,
    kind: 'amazon' as const,
    release,
    url: mirror.replace(/\/+$/, ''),
    repositories: repositories[release] ?? ['core'],
    control: controls[release] ?? null,
  }));
}

/** What has to be read in S3, as `bucket/key`; of a copy of Amazon's tree all of it, since its names change with what is in it. */
export function mirrorsInS3(config: FeedsConfig): readonly string[] {
  const keys = feedsOf(config).flatMap((feed) => {
    if (!feed.url.startsWith('s3://')) return [];
    const key = decodeURIComponent(feed.url.slice('s3://'.length));
    return [feed.kind === 'amazon' ? `${key}/*` : key];
  });
  return [...new Set(keys)];
}

/** `osv-azure-linux` */
function osvFeedName(ecosystem: string): string {
  return `osv-${ecosystem.toLowerCase().replaceAll(' ', '-')}`;
}

function isPlain(text: string): boolean {
  const url = URL.parse(text);
  return !url || !(url.username || url.password || url.search || url.hash);
}
