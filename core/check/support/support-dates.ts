/** Until when a release gets security fixes that everybody may have. */
export interface SupportDate {
  /** As os-release's `ID` or a runtime's name has it; `distroless` for Google's images. */
  readonly product: string;
  /** `12`, `3.22`, `debian12 python3`. */
  readonly release: string;
  /** The last day, `YYYY-MM-DD`; where only a month is published, its last day. */
  readonly until: string;
  /** Who says so. */
  readonly source: string;
}

/** Until when, by release. */
type Dates = Readonly<Record<string, string>>;

const DEBIAN: Dates = {
  // The end of long-term support, which comes through the same archive.
  9: '2022-06-30',
  10: '2024-06-30',
  11: '2026-08-31',
  12: '2028-06-30',
  13: '2030-06-30',
};

const UBUNTU: Dates = {
  // Standard maintenance: what comes after is for subscribers.
  '18.04': '2023-05-31',
  '20.04': '2025-05-31',
  '22.04': '2027-04-30',
  '24.04': '2029-04-30',
  '26.04': '2031-04-30',
};

const ALPINE: Dates = {
  3.16: '2024-05-23',
  3.17: '2024-11-22',
  3.18: '2025-05-09',
  3.19: '2025-11-01',
  '3.20': '2026-04-01',
  3.21: '2026-11-01',
  3.22: '2027-05-01',
  3.23: '2027-11-01',
};

const AMAZON_LINUX: Dates = { 1: '2023-12-31', 2: '2026-06-30', 2023: '2029-06-30' };

/** Google's suites: what is built on a Debian ends before Debian does. */
const DISTROLESS: Dates = {
  'debian12 python3': '2026-04-30',
  'debian12 java': '2026-01-31',
  'debian12 nodejs': '2026-01-31',
  'debian12 base': '2026-09-30',
};

const ENTERPRISE_LINUX: Dates = { 8: '2029-05-31', 9: '2032-05-31', 10: '2035-05-31' };

const PYTHON: Dates = {
  3.7: '2023-06-27',
  3.8: '2024-10-07',
  3.9: '2025-10-31',
  '3.10': '2026-10-31',
  3.11: '2027-10-31',
  3.12: '2028-10-31',
  3.13: '2029-10-31',
  3.14: '2030-10-31',
};

const NODE: Dates = {
  14: '2023-04-30',
  16: '2023-09-11',
  18: '2025-04-30',
  20: '2026-04-30',
  21: '2024-06-01',
  22: '2027-04-30',
  23: '2025-06-01',
  24: '2028-04-30',
  25: '2026-06-01',
};

/** Of the free builds; each vendor has dates of its own beside them. "At least until". */
const JAVA: Dates = {
  8: '2030-12-31',
  11: '2027-10-31',
  17: '2027-10-31',
  21: '2029-12-31',
  25: '2031-09-30',
};

const TABLES: readonly (readonly [product: string, source: string, dates: Dates])[] = [
  ['debian', 'https://wiki.debian.org/LTS', DEBIAN],
  ['ubuntu', 'https://ubuntu.com/about/release-cycle', UBUNTU],
  ['alpine', 'https://alpinelinux.org/releases/', ALPINE],
  ['amzn', 'https://docs.aws.amazon.com/linux/al2023/ug/release-cadence.html', AMAZON_LINUX],
  ['mariner', 'https://learn.microsoft.com/azure/azure-linux/support-cycle', { 2: '2025-11-30' }],
  [
    'distroless',
    'https://github.com/GoogleContainerTools/distroless/blob/main/SUPPORT_POLICY.md',
    DISTROLESS,
  ],
  ['rhel', 'https://access.redhat.com/support/policy/updates/errata', ENTERPRISE_LINUX],
  ['rocky', 'https://wiki.rockylinux.org/rocky/version/', ENTERPRISE_LINUX],
  ['python', 'https://devguide.python.org/versions/', PYTHON],
  ['node', 'https://github.com/nodejs/Release/blob/main/schedule.json', NODE],
  ['java', 'https://adoptium.net/support/', JAVA],
];

/** A release that is not here is one that nothing is known of. */
export const SUPPORT_DATES: readonly SupportDate[] = TABLES.flatMap(([product, source, dates]) =>
  Object.entries(dates).map(([release, until]) => ({ product, release, until, source })),
);
