import { quote } from '../../extract/token.ts';
import type { Distro, Inventory, Package, Runtime } from '../../inventory/inventory.ts';
import { SUPPORTED_PRODUCTS } from './support-dates.ts';

/** A part of an image that somebody supports, or does not any more. */
export interface SupportedPart {
  /** As in the table of dates. */
  readonly product: string;
  /** Empty where the image does not say it. */
  readonly release: string;
  /** For people: `Debian 12`. */
  readonly name: string;
}

/** What of an inventory says who supports it. */
export type SupportedImage = Pick<Inventory, 'distro' | 'packages' | 'runtimes'>;

/** Distributions without releases: what is in them is as new as its upstream, and ends with it. */
const ROLLING: ReadonlySet<string> = new Set([
  'wolfi',
  'chainguard',
  'arch',
  'opensuse-tumbleweed',
]);

/** Distributions that number releases by a major version alone. */
const BY_MAJOR: ReadonlySet<string> = new Set([
  'debian',
  'amzn',
  'mariner',
  'azurelinux',
  'rhel',
  'rocky',
  'almalinux',
  'ol',
  'centos',
  'centos-stream',
  'fedora',
]);

const TITLES: ReadonlyMap<string, string> = new Map(
  SUPPORTED_PRODUCTS.map(({ product, title }) => [product, title]),
);

/** Longest id that is kept (characters): it comes out of the image. */
const ID_LIMIT = 60;

/** How distributions write a package as evidence of a runtime. */
const OF_DISTRIBUTION = /^(?:apk|deb|dpkg|rpm) /;

/** The parts of an image whose support ends some day: its distribution, and runtimes that are not the distribution's own. Each once. */
export function supportedParts({ distro, packages, runtimes }: SupportedImage): SupportedPart[] {
  const parts = [
    ...distroParts(distro, packages, runtimes),
    ...runtimes.filter((each) => isOnItsOwn(each, distro)).flatMap(runtimePart),
  ];
  return [...new Map(parts.map((part) => [`${part.product} ${part.release}`, part])).values()];
}

function distroParts(
  distro: Distro | null,
  packages: readonly Package[],
  runtimes: readonly Runtime[],
): SupportedPart[] {
  // A system without os-release says nothing of itself: there is no more to it than what is in it.
  if (!distro || distro.id === '' || ROLLING.has(distro.id)) return [];
  const product = productOf(distro);
  const release = releaseOf(product, distro.versionId);
  const title = TITLES.get(product) ?? quote(product);
  const part = { product, release, name: `${title} ${release}`.trim() };
  const isDistroless =
    product === 'debian' && packages.some(({ path }) => path.startsWith('var/lib/dpkg/status.d/'));
  if (!isDistroless || release === '') return [part];
  const suite = `debian${release} ${suiteOf(runtimes)}`;
  return [{ product: 'distroless', release: suite, name: `distroless ${suite}` }, part];
}

/** CentOS Stream calls itself as the CentOS before it did, but for its name. */
function productOf({ id, name }: Distro): string {
  return id === 'centos' && /\bstream\b/i.test(name) ? 'centos-stream' : id.slice(0, ID_LIMIT);
}

function suiteOf(runtimes: readonly Runtime[]): string {
  const languages = new Set(runtimes.map(({ language }) => language));
  if (languages.has('python')) return 'python3';
  if (languages.has('java')) return 'java';
  return languages.has('node') ? 'nodejs' : 'base';
}

/** Empty where this image does not say its own, or is of what comes before a release (Alpine's edge). */
function releaseOf(product: string, versionId: string): string {
  // Amazon's first called itself by the month.
  if (product === 'amzn' && /^201\d\./.test(versionId)) return '1';
  if (/_alpha/.test(versionId)) return '';
  const pattern = BY_MAJOR.has(product) ? /^\d{1,6}/ : /^\d{1,6}(?:\.\d{1,6})?/;
  return pattern.exec(versionId)?.[0] ?? '';
}

/** A distribution patches what it packages, for as long as it lives. */
function isOnItsOwn({ evidence }: Runtime, distro: Distro | null): boolean {
  const isPackaged = evidence.some((each) => OF_DISTRIBUTION.test(each));
  return !isPackaged || ROLLING.has(distro?.id ?? '');
}

function runtimePart({ language, version, minor }: Runtime): SupportedPart[] {
  const isByMinor = language === 'python' || language === 'go';
  const text = isByMinor ? minor : version;
  const release = (isByMinor ? /^\d{1,6}\.\d{1,6}/ : /^\d{1,6}/).exec(text)?.[0];
  if (release === undefined) return [];
  return [{ product: language, release, name: `${TITLES.get(language)} ${release}` }];
}
