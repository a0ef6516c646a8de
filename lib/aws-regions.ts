import { RegionInfo } from 'aws-cdk-lib/region-info';
import { closest } from '../core/explain/closest.ts';
import { isRegionName, regionOfEcr } from './region-names.ts';
import { placeOfSecret } from './secret-places.ts';

/**
 * Regions that AWS has, as the CDK's own table says them: it comes with each version of `aws-cdk-lib`
 * (https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.region_info-readme.html), so that an
 * update knows new ones. What opens before that is named in `newRegions`.
 */
const REGIONS: ReadonlySet<string> = new Set(RegionInfo.regions.map(({ name }) => name));

/** What of a configuration names regions. */
interface Regional {
  readonly elsewhere: readonly { readonly region: string }[];
  readonly ecrRegistries: readonly string[];
  readonly watchedTags: readonly string[];
  readonly deployments: readonly { readonly image: string }[];
  readonly registries: Readonly<Record<string, { readonly secret: string }>>;
  readonly newRegions: readonly string[];
}

interface Problem {
  readonly path: Path;
  readonly message: string;
}

type Path = (string | number)[];

/** Regions that have a name as AWS gives them, and are not there: nothing would be seen in them, every night. */
export function strangeRegions(config: Regional): readonly Problem[] {
  return regionsIn(config).flatMap(({ path, what, region }) => {
    const isKnown = REGIONS.has(region) || config.newRegions.includes(region);
    // What is no name of a region at all is told where it stands.
    return isKnown || !isRegionName(region) ? [] : [{ path, message: noSuchRegion(what, region) }];
  });
}

interface Named {
  readonly path: Path;
  /** What is expected to be there. */
  readonly what: string;
  readonly region: string;
}

function regionsIn(config: Regional): readonly Named[] {
  const { elsewhere, ecrRegistries, watchedTags, deployments, registries } = config;
  return [
    ...elsewhere.map(({ region }, n) => ({
      path: ['elsewhere', n, 'region'],
      what: 'a region',
      region,
    })),
    ...ecrRegistries.flatMap((host, n) => inHost(['ecrRegistries', n], host)),
    ...watchedTags.flatMap((image, n) => inHost(['watchedTags', n], image)),
    ...deployments.flatMap(({ image }, n) => inHost(['deployments', n, 'image'], image)),
    ...Object.entries(registries).flatMap(([host, { secret }]) => {
      const { region } = placeOfSecret(secret) ?? {};
      const path = ['registries', host, 'secret'];
      return region === undefined ? [] : [{ path, what: 'an ARN in a region', region }];
    }),
  ];
}

function inHost(path: Path, image: string): Named[] {
  const region = regionOfEcr(image);
  return region === undefined ? [] : [{ path, what: 'a host in a region', region }];
}

function noSuchRegion(what: string, region: string): string {
  return `expected ${what} of AWS${perhaps(region)}; one that is newer than this version of Tidewatch is named in newRegions`;
}

/** What is said of a text that no region can be called. */
export function expectedRegion(text: string): string {
  return `expected a region of AWS${perhaps(text) || ', as eu-west-1'}`;
}

function perhaps(text: string): string {
  const near = closest(text, REGIONS);
  return near.length === 0 ? '' : `, perhaps ${near.join(' or ')}`;
}
