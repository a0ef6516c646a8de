/** Until when a release gets security fixes that everybody may have. */
export interface SupportDate {
  /** As os-release's `ID` or a runtime's name has it; `distroless` for Google's images. */
  readonly product: string;
  /** `12`, `3.22`, `debian12 python3`. */
  readonly release: string;
  /** The last day, `YYYY-MM-DD`; where only a month is published, its last day. */
  readonly until: string;
  /** Present where no end is published, only that it does not come before `until`. */
  readonly atLeast?: true;
  /** Who says so. */
  readonly source: string;
}

/** A product's releases, oldest first. */
export interface SupportedProduct {
  readonly product: string;
  /** For people: `Debian`. */
  readonly title: string;
  readonly source: string;
  readonly dates: Dates;
}

/** Until when, by release; `≥` before a day where no end is published, only that it does not come before. */
type Dates = readonly (readonly [release: string, until: string])[];

const DEBIAN: Dates = [
  // The end of long-term support, which comes through the same archive.
  ['8', '2020-06-30'],
  ['9', '2022-06-30'],
  ['10', '2024-06-30'],
  ['11', '2026-08-31'],
  ['12', '2028-06-30'],
  ['13', '2030-06-30'],
];

const UBUNTU: Dates = [
  // Standard maintenance: what comes after is for subscribers.
  ['16.04', '2021-04-30'],
  ['18.04', '2023-05-31'],
  ['20.04', '2025-05-31'],
  ['22.04', '2027-04-30'],
  ['22.10', '2023-07-31'],
  ['23.04', '2024-01-31'],
  ['23.10', '2024-07-31'],
  ['24.04', '2029-04-30'],
  ['24.10', '2025-07-31'],
  ['25.04', '2026-01-31'],
  ['25.10', '2026-07-31'],
  ['26.04', '2031-04-30'],
];

const ALPINE: Dates = [
  ['3.12', '2022-05-01'],
  ['3.13', '2022-11-01'],
  ['3.14', '2023-05-01'],
  ['3.15', '2023-11-01'],
  ['3.16', '2024-05-23'],
  ['3.17', '2024-11-22'],
  ['3.18', '2025-05-09'],
  ['3.19', '2025-11-01'],
  ['3.20', '2026-04-01'],
  ['3.21', '2026-11-01'],
  ['3.22', '2027-05-01'],
  ['3.23', '2027-11-01'],
  // Came in June 2026; each gets two years, less some weeks.
  ['3.24', '≥2028-04-01'],
];

const AMAZON_LINUX: Dates = [
  ['1', '2023-12-31'],
  ['2', '2026-06-30'],
  ['2023', '2029-06-30'],
];

/**
 * Google's suites: what is built on a Debian ends before Debian does. Of Debian 13 no day is set: a
 * year, of languages three months, after Debian 14 comes, two years after August 2025 at the earliest.
 */
const DISTROLESS: Dates = [
  ['debian11 base', '2024-06-01'],
  ['debian11 java', '2023-12-01'],
  ['debian11 nodejs', '2023-12-01'],
  ['debian11 python3', '2023-12-01'],
  ['debian12 base', '2026-09-30'],
  ['debian12 java', '2026-01-31'],
  ['debian12 nodejs', '2026-01-31'],
  ['debian12 python3', '2026-04-30'],
  ['debian13 base', '≥2027-06-30'],
  ['debian13 java', '≥2027-06-30'],
  ['debian13 nodejs', '≥2027-06-30'],
  ['debian13 python3', '≥2027-06-30'],
];

const RED_HAT: Dates = [
  ['6', '2020-11-30'],
  ['7', '2024-06-30'],
  ['8', '2029-05-31'],
  ['9', '2032-05-31'],
  ['10', '2035-05-31'],
];

const ROCKY: Dates = [
  ['8', '2029-05-31'],
  ['9', '2032-05-31'],
  ['10', '2035-05-31'],
];

const ALMA: Dates = [
  ['8', '2029-03-01'],
  ['9', '2032-05-31'],
  ['10', '2035-05-31'],
];

/** Premier support, whose fixes are in the public repositories. */
const ORACLE: Dates = [
  ['7', '2024-12-31'],
  ['8', '2029-07-31'],
  ['9', '2032-06-30'],
];

const CENTOS: Dates = [
  ['6', '2020-11-30'],
  ['7', '2024-06-30'],
  ['8', '2021-12-31'],
];

const CENTOS_STREAM: Dates = [
  ['8', '2024-05-31'],
  ['9', '2027-05-31'],
  // Of the tenth only the year is published.
  ['10', '≥2030-01-01'],
];

/** Four weeks after the second next one comes: of the newest no day is known. */
const FEDORA: Dates = [
  ['39', '2024-11-26'],
  ['40', '2025-05-13'],
  ['41', '2025-12-15'],
  ['42', '2026-05-13'],
  ['43', '2026-12-09'],
];

const AZURE_LINUX_POLICY =
  'https://learn.microsoft.com/azure/azure-linux/release-cadence-lifecycle';

/** Three years from when it came, to the end of the month. */
const AZURE_LINUX: Dates = [['3', '2027-08-31']];

const MARINER: Dates = [
  ['1', '2023-08-31'],
  ['2', '2025-07-31'],
];

const LEAP: Dates = [
  ['15.3', '2022-12-31'],
  ['15.4', '2023-12-07'],
  ['15.5', '2024-12-31'],
  ['15.6', '2026-04-30'],
  ['16.0', '2027-10-31'],
];

/** General support: what comes after is for subscribers. */
const SLES: Dates = [
  ['12.5', '2024-10-31'],
  ['15.3', '2022-12-31'],
  ['15.4', '2023-12-31'],
  ['15.5', '2024-12-31'],
];

const PHOTON: Dates = [['3.0', '2024-03-31']];

const PYTHON: Dates = [
  ['2.7', '2020-01-01'],
  ['3.6', '2021-12-23'],
  ['3.7', '2023-06-27'],
  ['3.8', '2024-10-07'],
  ['3.9', '2025-10-31'],
  ['3.10', '2026-10-31'],
  ['3.11', '2027-10-31'],
  ['3.12', '2028-10-31'],
  ['3.13', '2029-10-31'],
  ['3.14', '2030-10-31'],
  ['3.15', '2031-10-31'],
];

const NODE: Dates = [
  ['12', '2022-04-30'],
  ['14', '2023-04-30'],
  ['15', '2021-06-01'],
  ['16', '2023-09-11'],
  ['17', '2022-06-01'],
  ['18', '2025-04-30'],
  ['19', '2023-06-01'],
  ['20', '2026-04-30'],
  ['21', '2024-06-01'],
  ['22', '2027-04-30'],
  ['23', '2025-06-01'],
  ['24', '2028-04-30'],
  ['25', '2026-06-01'],
  ['26', '2029-04-30'],
];

/** Of the free builds of Eclipse; each vendor has dates of its own beside them. */
const JAVA: Dates = [
  ['8', '≥2030-12-31'],
  ['11', '≥2027-10-31'],
  ['16', '2021-09-30'],
  ['17', '≥2027-10-31'],
  ['18', '2022-09-30'],
  ['19', '2023-03-31'],
  ['20', '2023-09-30'],
  ['21', '≥2029-12-31'],
  ['22', '2024-09-30'],
  ['23', '2025-03-31'],
  ['24', '2025-09-30'],
  ['25', '≥2031-09-30'],
  ['26', '2026-09-30'],
];

/**
 * A release is supported until the second next one is out: the days on which those came. They come
 * in February and August, of which the days are not published ahead.
 */
const GO: Dates = [
  ['1.18', '2023-02-01'],
  ['1.19', '2023-08-08'],
  ['1.20', '2024-02-06'],
  ['1.21', '2024-08-13'],
  ['1.22', '2025-02-11'],
  ['1.23', '2025-08-12'],
  ['1.24', '2026-02-10'],
  ['1.25', '2026-08-19'],
  ['1.26', '≥2027-01-31'],
  ['1.27', '≥2027-07-31'],
];

/** All of which days are known. */
export const SUPPORTED_PRODUCTS: readonly SupportedProduct[] = (
  [
    ['debian', 'Debian', 'https://wiki.debian.org/LTS', DEBIAN],
    ['ubuntu', 'Ubuntu', 'https://ubuntu.com/about/release-cycle', UBUNTU],
    ['alpine', 'Alpine', 'https://alpinelinux.org/releases/', ALPINE],
    [
      'amzn',
      'Amazon Linux',
      'https://docs.aws.amazon.com/linux/al2023/ug/release-cadence.html',
      AMAZON_LINUX,
    ],
    ['azurelinux', 'Azure Linux', AZURE_LINUX_POLICY, AZURE_LINUX],
    ['mariner', 'CBL-Mariner', AZURE_LINUX_POLICY, MARINER],
    [
      'distroless',
      'distroless',
      'https://github.com/GoogleContainerTools/distroless/blob/main/SUPPORT_POLICY.md',
      DISTROLESS,
    ],
    [
      'rhel',
      'Red Hat Enterprise Linux',
      'https://access.redhat.com/support/policy/updates/errata',
      RED_HAT,
    ],
    ['rocky', 'Rocky Linux', 'https://wiki.rockylinux.org/rocky/version/', ROCKY],
    ['almalinux', 'AlmaLinux', 'https://wiki.almalinux.org/release-notes/', ALMA],
    ['ol', 'Oracle Linux', 'https://www.oracle.com/a/ocom/docs/elsp-lifetime-069338.pdf', ORACLE],
    ['centos', 'CentOS Linux', 'https://www.centos.org/centos-linux-eol/', CENTOS],
    ['centos-stream', 'CentOS Stream', 'https://www.centos.org/cl-vs-cs/', CENTOS_STREAM],
    ['fedora', 'Fedora', 'https://docs.fedoraproject.org/en-US/releases/lifecycle/', FEDORA],
    ['opensuse-leap', 'openSUSE Leap', 'https://en.opensuse.org/Lifetime', LEAP],
    ['sles', 'SUSE Linux Enterprise', 'https://www.suse.com/lifecycle', SLES],
    ['photon', 'Photon OS', 'https://github.com/vmware/photon/wiki', PHOTON],
    ['python', 'Python', 'https://devguide.python.org/versions/', PYTHON],
    ['node', 'Node.js', 'https://github.com/nodejs/Release/blob/main/schedule.json', NODE],
    ['java', 'Java', 'https://adoptium.net/support/', JAVA],
    ['go', 'Go', 'https://go.dev/doc/devel/release#policy', GO],
  ] as const
).map(([product, title, source, dates]) => ({ product, title, source, dates }));

/** A release that is not here is one that nothing is known of. */
export const SUPPORT_DATES: readonly SupportDate[] = SUPPORTED_PRODUCTS.flatMap(
  ({ product, source, dates }) =>
    dates.map(([release, day]) => {
      const isFloor = day.startsWith('≥');
      const until = isFloor ? day.slice(1) : day;
      return { product, release, until, ...(isFloor && { atLeast: true as const }), source };
    }),
);
