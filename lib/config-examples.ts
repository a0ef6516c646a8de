/**
 * What may stand where an object or a list does, by the way to it (`*`: any key or place in a list).
 * A setting that is made of others is easier shown than told; a test holds each against the schema.
 */
export const CONFIG_EXAMPLES: Readonly<Record<string, unknown>> = {
  '': { nightAt: '02:00' },
  watchedTags: ['cgr.dev/chainguard/python:latest'],
  ecr: { repositories: ['team/*'] },
  'ecr.repositories': ['team/*'],
  registries: { 'ghcr.io': { secret: 'team/ghcr' } },
  'registries.*': { secret: 'team/ghcr' },
  orchestrators: { ecs: true, eks: ['main'] },
  'orchestrators.eks': ['main'],
  deployments: [{ workload: 'vm/gateway', container: 'envoy', image: 'registry.example/envoy:v1' }],
  'deployments.*': {
    workload: 'vm/gateway',
    container: 'envoy',
    image: 'registry.example/envoy:v1',
  },
  elsewhere: [{ name: 'dr', region: 'eu-north-1' }],
  'elsewhere.*': { name: 'dr', region: 'eu-north-1' },
  'elsewhere.*.eks': ['spare'],
  ecrRegistries: ['333333333333.dkr.ecr.eu-west-1.amazonaws.com'],
  newRegions: ['eu-north-2'],
  alerts: { disclosed: 'medium' },
  slack: { workspaceId: 'T0123ABCD', channelId: 'C0123ABCD' },
  alarms: { subscribers: ['people'] },
  'alarms.subscribers': ['people'],
  reread: { images: 200, gigabytes: 50 },
  retention: { runDays: 400 },
  data: { onDelete: 'keep' },
  vex: { folder: 'vex' },
  'vex.trustAttachedFrom': ['registry.example/team/*'],
  feeds: { osv: { ecosystems: ['Debian', 'PyPI'] } },
  'feeds.osv': { ecosystems: ['Debian', 'PyPI'] },
  'feeds.osv.ecosystems': ['Debian', 'PyPI'],
  'feeds.osv.controls': { PyPI: 'PYSEC-0000-1' },
  'feeds.chainguard': { acceptLicence: true },
  'feeds.amazon': { releases: ['2023'] },
  'feeds.amazon.releases': ['2023'],
  'feeds.amazon.repositories': { '2023': ['core', 'kernel-livepatch'] },
  'feeds.amazon.repositories.*': ['core', 'kernel-livepatch'],
  'feeds.amazon.controls': { '2023': 'ALAS2023-2023-001' },
  'feeds.cve': {},
  'feeds.ghsa': {},
  'feeds.kev': {},
  'feeds.epss': {},
};

/** What a setting stands for, where the names in its example do not say so. */
const MEANINGS: Readonly<Record<string, string>> = {
  'registries.*': 'the name or ARN of a secret of AWS Secrets Manager, never the secret itself',
  'feeds.chainguard': 'after reading its terms',
};

/** An example of what belongs at a place, as it would be written: `{ secret: 'team/ghcr' }`; `undefined` where there is none. */
export function exampleAt(path: readonly PropertyKey[]): string | undefined {
  const pattern = Object.keys(CONFIG_EXAMPLES).find((each) => isAt(each, path));
  if (pattern === undefined) return undefined;
  const meaning = MEANINGS[pattern];
  return literal(CONFIG_EXAMPLES[pattern]) + (meaning === undefined ? '' : ` (${meaning})`);
}

function isAt(pattern: string, path: readonly PropertyKey[]): boolean {
  const parts = pattern === '' ? [] : pattern.split('.');
  return (
    parts.length === path.length &&
    parts.every((part, index) => part === '*' || part === String(path[index]))
  );
}

/** A value as somebody writes it in TypeScript. */
function literal(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  const entries = Object.entries(value).map(
    ([key, each]) => `${/^[A-Za-z]\w*$/.test(key) ? key : `'${key}'`}: ${literal(each)}`,
  );
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
}
