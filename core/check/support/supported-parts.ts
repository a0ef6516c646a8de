import type { Distro, Inventory, Package, Runtime } from '../../inventory/inventory.ts';

/** A part of an image that somebody supports, or does not any more. */
export interface SupportedPart {
  /** As in the table of dates. */
  readonly product: string;
  readonly release: string;
  /** For people: `Debian GNU/Linux 12`. */
  readonly name: string;
}

/** What of an inventory says who supports it. */
export type SupportedImage = Pick<Inventory, 'distro' | 'packages' | 'runtimes'>;

/** Distributions without releases: what is in them is as new as its upstream, and ends with it. */
const ROLLING: ReadonlySet<string> = new Set(['wolfi', 'chainguard']);

/** Distributions that number releases by a major version alone. */
const BY_MAJOR: ReadonlySet<string> = new Set([
  'debian',
  'amzn',
  'mariner',
  'azurelinux',
  'rhel',
  'rocky',
]);

/** How distributions write a package as evidence of a runtime. */
const OF_DISTRIBUTION = /^(?:apk|deb|dpkg|rpm) /;

/** The parts of an image whose support ends some day: its distribution, and runtimes that are not the distribution's own. */
export function supportedParts({ distro, packages, runtimes }: SupportedImage): SupportedPart[] {
  return [
    ...distroParts(distro, packages, runtimes),
    ...runtimes.filter((each) => isOnItsOwn(each, distro)).flatMap(runtimePart),
  ];
}

function distroParts(
  distro: Distro | null,
  packages: readonly Package[],
  runtimes: readonly Runtime[],
): SupportedPart[] {
  const release = distro && releaseOf(distro);
  if (!distro || !release) return [];
  const part = {
    product: distro.id,
    release,
    name: `${distro.name || distro.id} ${release}`,
  };
  const isDistroless =
    distro.id === 'debian' &&
    packages.some(({ path }) => path.startsWith('var/lib/dpkg/status.d/'));
  if (!isDistroless) return [part];
  const suite = `debian${release} ${suiteOf(runtimes)}`;
  return [{ product: 'distroless', release: suite, name: `distroless ${suite}` }, part];
}

function suiteOf(runtimes: readonly Runtime[]): string {
  const languages = new Set(runtimes.map(({ language }) => language));
  if (languages.has('python')) return 'python3';
  if (languages.has('java')) return 'java';
  return languages.has('node') ? 'nodejs' : 'base';
}

/** `undefined` where nobody numbers releases, or this image does not say its own. */
function releaseOf({ id, versionId }: Distro): string | undefined {
  if (ROLLING.has(id)) return undefined;
  // Amazon's first called itself by the month.
  if (id === 'amzn' && /^201\d\./.test(versionId)) return '1';
  return (BY_MAJOR.has(id) ? /^\d+/ : /^\d+\.\d+/).exec(versionId)?.[0];
}

/** A distribution patches what it packages, for as long as it lives. */
function isOnItsOwn({ evidence }: Runtime, distro: Distro | null): boolean {
  const isPackaged = evidence.some((each) => OF_DISTRIBUTION.test(each));
  return !isPackaged || ROLLING.has(distro?.id ?? '');
}

function runtimePart({ language, version, minor }: Runtime): SupportedPart[] {
  const release = language === 'python' ? minor : (/^\d+/.exec(version)?.[0] ?? '');
  // Go supports its two newest releases, whose dates nobody publishes ahead.
  if (language === 'go' || release === '') return [];
  return [{ product: language, release, name: `${NAMES[language]} ${release}` }];
}

const NAMES = { python: 'Python', node: 'Node.js', java: 'Java' } as const;
