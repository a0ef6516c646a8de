import { describe, expect, it } from 'vitest';
import type * as z from 'zod';
import { DEFAULT_POLICY } from '../../core/alert/policy.ts';
import { ListDeploymentsEnvironment } from '../../lambda/list-deployments/environment.ts';
import { FEED_LIST, WATCHED } from '../../lambda/shared/variables.ts';
import { CONFIG_EXAMPLES } from '../../lib/config-examples.ts';
import { feedsOf, mirrorsInS3 } from '../../lib/feeds-config.ts';
import { defineConfig, InvalidConfigError, TidewatchConfig } from '../../lib/tidewatch-config.ts';
import config from '../../tidewatch.config.ts';

const ECR_HOST = '123456789012.dkr.ecr.eu-west-1.amazonaws.com';
const WEB = { workload: 'vm/web', container: 'web', image: 'r.test/web:1' };

function many(of: (n: number) => string): string[] {
  return Array.from({ length: 100 }, (_, n) => of(n));
}

function secretsOf(hosts: number) {
  const each = many((n) => `registry-${n}.test`).slice(0, hosts);
  return Object.fromEntries(each.map((host) => [host, { secret: `pull/${host}` }]));
}

function deploymentsOf(count: number) {
  return Array.from({ length: count }, (_, n) => ({ ...WEB, workload: `vm/gateway-${n}` }));
}

function placesOf(count: number) {
  const role = 'arn:aws:iam::222222222222:role/reader';
  return Array.from({ length: count }, (_, n) => ({
    name: `place-${n}`,
    region: 'eu-west-1',
    role,
  }));
}

function secretIn(region: string): string {
  return `arn:aws:secretsmanager:${region}:123456789012:secret:pull-AbCdEf`;
}

const IMAGE_NAMES = [
  'r.test/web:1',
  'r.test:5000/a__b/c-d.e:v1_2.3-rc.1',
  'R.test/web:1',
  'localhost:5000/web:1',
  `r.test/web:${'a'.repeat(128)}`,
  'r.test/Web:1',
  'r.test/web:-1',
  'r.test/web:1:2',
  'r.test/web*:1',
  'r.test//web:1',
  'r.test/web-:1',
  '-r.test/web:1',
  'r.test:1/x:y/z:1',
  'https://r.test/web:1',
  `r.test/web:${'a'.repeat(129)}`,
  'r.test/web:*',
  'r.test/web:a*b*',
  `r.test/web:*${'a'.repeat(127)}`,
  `r.test/web:*${'a'.repeat(128)}`,
  `r.test/Web@sha256:${'a'.repeat(64)}`,
];

describe('an image', () => {
  const isDefined = (wanted: Parameters<typeof defineConfig>[0]) => {
    try {
      return defineConfig(wanted) !== undefined;
    } catch (error) {
      if (error instanceof InvalidConfigError) return false;
      throw error;
    }
  };

  it.each(IMAGE_NAMES)('is watched as the functions can read it: %s', (image) => {
    const isRead = WATCHED.WATCHED_TAGS.safeParse(image).success;
    expect(isDefined({ watchedTags: [image] })).toBe(isRead);
  });

  it.each(IMAGE_NAMES)('is deployed as the functions can read it: %s', (image) => {
    const deployment = { ...WEB, image, platform: 'linux/amd64' };
    const list = ListDeploymentsEnvironment.shape.STATIC_DEPLOYMENTS;
    const isRead = list.safeParse(JSON.stringify([deployment])).success;
    expect(isDefined({ deployments: [deployment] })).toBe(isRead);
  });
});

describe('a region', () => {
  it.each(['eu-west-1', 'us-gov-east-1', 'ap-southeast-7', 'il-central-1', 'eusc-de-east-1'])(
    'is taken as AWS names it: %s',
    (region) => {
      const [place] = defineConfig({ elsewhere: [{ name: 'shop', region }] }).elsewhere;
      expect(place?.region).toBe(region);
      const ecrRegistries = [`333333333333.dkr.ecr.${region}.amazonaws.com`];
      expect(defineConfig({ ecrRegistries }).ecrRegistries).toEqual(ecrRegistries);
    },
  );

  it('that opened after this version is taken as soon as it is named', () => {
    const region = 'eu-north-7';
    const image = `333333333333.dkr.ecr.${region}.amazonaws.com/web:1`;
    const wanted = {
      elsewhere: [{ name: 'shop', region }],
      ecrRegistries: [`333333333333.dkr.ecr.${region}.amazonaws.com`],
      watchedTags: [image],
      deployments: [{ ...WEB, image }],
      registries: { 'ghcr.io': { secret: secretIn(region) } },
    };
    expect(() => defineConfig(wanted)).toThrow('newRegions');
    expect(defineConfig({ ...wanted, newRegions: [region] }).elsewhere).toMatchObject([{ region }]);
  });

  it('of China has a host of its own', () => {
    const ecrRegistries = ['333333333333.dkr.ecr.cn-north-1.amazonaws.com.cn'];
    expect(defineConfig({ ecrRegistries }).ecrRegistries).toEqual(ecrRegistries);
  });
});

describe('defineConfig', () => {
  it('fills in what is left out, as the shipped configuration says it', () => {
    expect(defineConfig({})).toEqual(config);
    expect(config.alerts).toEqual({ ...DEFAULT_POLICY, quietNight: true });
  });

  it.each([
    'r.test/web:1',
    `r.test/web:1@sha256:${'a'.repeat(64)}`,
    `r.test/a/b@sha256:${'a'.repeat(64)}`,
    'r.test/web:prod*',
    'r.test/web:*-v1.*',
  ])('takes %s for what runs, on the usual platform', (image) => {
    expect(defineConfig({ deployments: [{ ...WEB, image }] }).deployments).toEqual([
      { ...WEB, image, platform: 'linux/amd64' },
    ]);
  });

  it.each([
    ['nightAt', { nightAt: '24:00' }],
    ['nightAt', { nightAt: '2:00' }],
    ['watchedTags[0]', { watchedTags: ['python:latest'] }],
    ['watchedTags[0]', { watchedTags: ['cgr.dev/chainguard/python'] }],
    ['watchedTags[0]', { watchedTags: ['cgr.dev/a:1,cgr.dev/b:1'] }],
    ['each tag once', { watchedTags: ['cgr.dev/a:1', 'cgr.dev/a:1'] }],
    ['watchedTags', { watchedTags: many((n) => `cgr.dev/chainguard/some-image-${n}:latest`) }],
    ['ecr', { ecr: { repositories: many((n) => `some-team/some-repository-of-it-${n}/*`) } }],
    ['registries', { registries: secretsOf(90) }],
    ['deployments', { registries: secretsOf(40), deployments: deploymentsOf(25) }],
    [
      'feeds: expected at most',
      {
        feeds: {
          osv: {
            ecosystems: many((n) => `E${'x'.repeat(n)}`).slice(0, 12),
            mirror: `https://mirror.test/${'a'.repeat(250)}`,
          },
        },
      },
    ],
    ['ecrRegistries', { ecrRegistries: many((n) => ECR_HOST.replace('789', String(n + 100))) }],
    ['ecrRegistries', { ecrRegistries: [ECR_HOST, ECR_HOST] }],
    ['nightTimeZone', { nightTimeZone: 'Europe/BERLIN' }],
    [
      'feeds.osv.mirror',
      { feeds: { osv: { ecosystems: ['PyPI'], mirror: 's3://bucket/a/../b' } } },
    ],
    ['reread.images', { reread: { images: -1 } }],
    ['reread.gigabytes', { reread: { gigabytes: 0 } }],
    ['backfillDays', { backfillDays: -1 }],
    ['backfillDays', { backfillDays: 1.5 }],
    ['backfillDays', { backfillDays: 4000 }],
    ['alerts.disclosed', { alerts: { disclosed: 'severe' } }],
    ['registries', { registries: { ghcr: { secret: 'ghcr' } } }],
    ['registries', { registries: { [ECR_HOST]: { secret: 'ecr' } } }],
    ['registries["ghcr.io"].secret', { registries: { 'ghcr.io': { secret: 'a b' } } }],
    ['registries["ghcr.io"].secret', { registries: { 'ghcr.io': { secret: 'arn:aws:s3:::x' } } }],
    ['registries["ghcr.io"]', { registries: { 'ghcr.io': { password: 'hunter2' } } }],
    ['ecr.repositories[1]', { ecr: { repositories: ['web', 'Team/*'] } }],
    ['ecr.repositories[0]', { ecr: { repositories: ['a,b'] } }],
    ['orchestrators', { orchestrators: { nomad: true } }],
    ['orchestrators.eks[0]', { orchestrators: { eks: ['a b'] } }],
    ['orchestrators.eks', { orchestrators: { eks: ['main', 'main'] } }],
    ['deployments[0].image', { deployments: [{ ...WEB, image: 'web:1' }] }],
    ['deployments[0].image', { deployments: [{ ...WEB, image: 'r.test/web' }] }],
    ['deployments[0].image', { deployments: [{ ...WEB, image: 'r.test/w*b:1' }] }],
    ['deployments[0].image', { deployments: [{ ...WEB, image: 'r.test/web:v?' }] }],
    [
      'deployments[0].image',
      { deployments: [{ ...WEB, image: `r.test/web:v*@sha256:${'a'.repeat(64)}` }] },
    ],
    ['alerts.imageMegabytes', { alerts: { imageMegabytes: 0 } }],
    ['rememberDays', { rememberDays: 91 }],
    ['rememberDays', { rememberDays: 1.5 }],
    ['elsewhere[0].region', { elsewhere: [{ name: 'shop', region: 'eu' }] }],
    ['elsewhere[0].name', { elsewhere: [{ name: 'My Shop', region: 'eu-west-1' }] }],
    [
      'elsewhere[0].role',
      { elsewhere: [{ name: 'shop', region: 'eu-west-1', role: 'arn:aws:iam::2:user/me' }] },
    ],
    [
      'elsewhere[0].role',
      {
        elsewhere: [
          { name: 'shop', region: 'eu-west-1', role: 'arn:aws-cn:iam::222222222222:role/a' },
        ],
      },
    ],
    [
      'elsewhere[0].externalId',
      { elsewhere: [{ name: 'shop', region: 'eu-west-1', externalId: 'secret' }] },
    ],
    [
      'each name once',
      {
        elsewhere: [
          { name: 'shop', region: 'eu-west-1' },
          { name: 'shop', region: 'eu-north-1' },
        ],
      },
    ],
    ['elsewhere[0].eks[0]', { elsewhere: [{ name: 'shop', region: 'eu-west-1', eks: ['a/b'] }] }],
    [
      'expected each cluster once',
      { elsewhere: [{ name: 'shop', region: 'eu-west-1', eks: ['main', 'main'] }] },
    ],
    [
      'at most 20 clusters of EKS',
      {
        orchestrators: { eks: Array.from({ length: 12 }, (_, n) => `home-${n}`) },
        elsewhere: [
          { name: 'shop', region: 'eu-west-1', eks: Array.from({ length: 9 }, (_, n) => `c${n}`) },
        ],
      },
    ],
    [
      'orchestrators.eks: expected at most 3000 bytes',
      {
        orchestrators: { eks: Array.from({ length: 20 }, (_, n) => `c${n}-${'x'.repeat(90)}`) },
        elsewhere: Array.from({ length: 12 }, (_, n) => ({
          name: `place-${n}`,
          region: 'eu-west-1',
          role: 'arn:aws:iam::222222222222:role/reader',
        })),
      },
    ],
    ['ecrRegistries[0]', { ecrRegistries: ['registry.example'] }],
    ['deployments[0].workload', { deployments: [{ ...WEB, workload: 'a|b' }] }],
    ['deployments[0].platform', { deployments: [{ ...WEB, platform: 'amd64' }] }],
    ['once', { deployments: [WEB, { ...WEB, image: 'r.test/web:2' }] }],
    [
      'deployments: expected at most 3000 bytes',
      { deployments: Array.from({ length: 50 }, (_, n) => ({ ...WEB, workload: `vm/${n}` })) },
    ],
    [
      'elsewhere: expected at most 3000 bytes',
      {
        elsewhere: Array.from({ length: 60 }, (_, n) => ({
          name: `place-${n}`,
          region: 'eu-west-1',
          role: 'arn:aws:iam::222222222222:role/reader',
        })),
      },
    ],
    ['nightTime', { nightTime: '02:00' }],
    ['feeds.osv.ecosystems', { feeds: { osv: { ecosystems: [] } } }],
    ['feeds.osv.ecosystems', { feeds: { osv: { ecosystems: ['PyPI', 'pypi'] } } }],
    ['feeds.osv.ecosystems[0]', { feeds: { osv: { ecosystems: ['Debian:13'] } } }],
    [
      'feeds.osv.mirror',
      { feeds: { osv: { ecosystems: ['PyPI'], mirror: 'http://mirror.test' } } },
    ],
    ['feeds.osv.controls', { feeds: { osv: { ecosystems: ['PyPI'], controls: { npm: 'A' } } } }],
    [
      'feeds.chainguard.mirror',
      { feeds: { chainguard: { acceptLicence: true, mirror: 'https://mirror.test/osv' } } },
    ],
    [
      'feeds.chainguard.mirror',
      { feeds: { chainguard: { acceptLicence: true, mirror: 'https://me:pw@mirror.test/a.tgz' } } },
    ],
    [
      'feeds.chainguard.mirror',
      { feeds: { chainguard: { acceptLicence: true, mirror: 's3://bucket/feed.exe' } } },
    ],
    ['feeds.osv.mirror', { feeds: { osv: { ecosystems: ['PyPI'], mirror: 's3://bucket/a*' } } }],
    ['feeds.osv.mirror', { feeds: { osv: { ecosystems: ['PyPI'], mirror: 's3://B/osv' } } }],
    ['feeds.cve.mirror', { feeds: { cve: { mirror: 'https://mirror.test/cves.json' } } }],
    ['feeds.kev.mirror', { feeds: { kev: { mirror: 'https://mirror.test/kev.zip' } } }],
    ['feeds.epss.mirror', { feeds: { epss: { mirror: 'https://mirror.test/epss.zip' } } }],
    ['feeds.kev', { feeds: { kev: { url: 'https://mirror.test/kev.json' } } }],
    ['feeds.amazon.releases', { feeds: { amazon: { releases: ['2023', '2023'] } } }],
    ['feeds.amazon.releases[0]', { feeds: { amazon: { releases: ['1'] } } }],
    [
      'feeds.amazon.repositories',
      { feeds: { amazon: { releases: ['2'], repositories: { 2023: ['core'] } } } },
    ],
    [
      'feeds.amazon.repositories.2[0]',
      { feeds: { amazon: { releases: ['2'], repositories: { 2: ['../core'] } } } },
    ],
    ['feeds.amazon.controls', { feeds: { amazon: { releases: ['2'], controls: { 2023: 'A' } } } }],
    [
      'feeds.amazon.mirror',
      { feeds: { amazon: { releases: ['2'], mirror: 'http://mirror.test' } } },
    ],
    ['feeds.github', { feeds: { github: {} } }],
  ])('names %s in %j', (name, wrong) => {
    const define = () => defineConfig(wrong as Parameters<typeof defineConfig>[0]);

    expect(define).toThrow(InvalidConfigError);
    expect(define).toThrow(name.replace(/^feeds\.github$/, 'github'));
  });

  // What a person gets wrong, and all that he is told of it.
  it.each([
    [{ nightAt: '2am' }, 'nightAt: expected HH:MM, got "2am"'],
    [{ nightAt: 2 }, 'nightAt: expected a text, got 2'],
    [
      { nightTimeZone: 'CET+1' },
      'nightTimeZone: expected a time zone of IANA, such as Europe/Berlin, got "CET+1"',
    ],
    [
      { nightTimeZone: 'europe/berlin' },
      'nightTimeZone: expected a time zone of IANA, such as Europe/Berlin, got "europe/berlin"',
    ],
    [{ nightWindowMinutes: 900 }, 'nightWindowMinutes: expected 0 to 240 minutes, got 900'],
    [{ rememberDays: -1 }, 'rememberDays: expected 0 to 90 days, got -1'],
    [
      { registries: { 'https://ghcr.io': { secret: 'ghcr' } } },
      'registries["https://ghcr.io"]: expected a registry’s host, such as ghcr.io, got "https://ghcr.io"',
    ],
    [{ nightWindowMinutes: 1.5 }, 'nightWindowMinutes: expected a whole number, got 1.5'],
    [{ nightWindowMinutes: '15' }, 'nightWindowMinutes: expected a number, got "15"'],
    [
      { watchedTags: ['cgr.dev/a/b:1', 'python:latest'] },
      'watchedTags[1]: expected registry/repository:tag, got "python:latest"',
    ],
    [
      { registries: { GHCR: { secret: 'ghcr' } } },
      'registries.GHCR: expected a registry’s host, such as ghcr.io, got "GHCR"',
    ],
    [
      { watchedTags: 'cgr.dev/a/b:1' },
      'watchedTags: expected a list, such as [\'cgr.dev/chainguard/python:latest\'], got "cgr.dev/a/b:1"',
    ],
    [{ orchestrators: { ecs: 'yes' } }, 'orchestrators.ecs: expected true or false, got "yes"'],
    [
      { deployments: [{ workload: 'vm/web', container: 'web' }] },
      'deployments[0].image: expected a text, got nothing',
    ],
    [
      { alerts: { disclosed: 'severe' } },
      'alerts.disclosed: expected one of "critical"|"high"|"medium"|"low", got "severe"',
    ],
    [
      { alerts: { quietnight: true } },
      'alerts.quietnight: no such setting, expected one of disclosed, regression, imageMegabytes, quietNight',
    ],
    [{ alerts: { quietNight: 'no' } }, 'alerts.quietNight: expected true or false, got "no"'],
    [
      { slack: { workspaceId: 'acme', channelId: 'C0123ABCD' } },
      'slack.workspaceId: expected a workspace\'s id, T…, got "acme"',
    ],
    [
      { slack: { workspaceId: 'T0123ABCD', channelId: '#alerts' } },
      'slack.channelId: expected a channel\'s id, C… or G…, got "#alerts"',
    ],
    [{ slack: { workspaceId: 'T0123ABCD' } }, 'slack.channelId: expected a text, got nothing'],
    [
      { alarms: { subscribers: ['slack'] } },
      'alarms.subscribers[0]: expected one of "people"|"operations"|"machines", got "slack"',
    ],
    [{ alarms: { incompleteNights: 0 } }, 'alarms.incompleteNights: expected 1 to 7 nights, got 0'],
    [{ retention: { runDays: 7 } }, 'retention.runDays: expected 35 days at least, got 7'],
    [{ retention: { logDays: 42 } }, /^retention\.logDays: expected one of 1\|3\|5\|.*, got 42$/],
    [
      { data: { onDelete: 'delete' } },
      "data.deletionProtection: expected deletionProtection: false beside onDelete: 'delete', got nothing",
    ],
    [
      { feeds: { osv: { ecosystems: ['Debian:13'] } } },
      'feeds.osv.ecosystems[0]: expected an ecosystem of osv.dev, without its release, got "Debian:13"',
    ],
    [
      { feeds: { osv: { ecosystems: ['pypi'] } } },
      'feeds.osv.ecosystems[0]: expected PyPI, as osv.dev writes it, got "pypi"',
    ],
    [
      { feeds: { amazon: { releases: ['2023'], controls: { '2022': 'ALAS' } } } },
      'feeds.amazon.controls.2022: no such setting, expected one of 2, 2023',
    ],
    [
      { feeds: { github: {} } },
      'feeds.github: no such setting, expected one of osv, chainguard, amazon, cve, ghsa, kev, epss',
    ],
    [
      { deployments: [{ ...WEB, tag: '1' }] },
      'deployments[0].tag: no such setting, expected one of workload, container, image, platform',
    ],
    [
      { elsewhere: [{ name: 'shop', region: 'eu-west1' }] },
      'elsewhere[0].region: expected a region of AWS, perhaps eu-west-1 or eu-west-2 or eu-west-3, got "eu-west1"',
    ],
    [
      { elsewhere: [{ name: 'shop', region: 'eu-wset-1' }] },
      'elsewhere[0].region: expected a region of AWS, perhaps eu-west-1 or eu-west-2 or eu-west-3, got "eu-wset-1"',
    ],
    [
      { ecrRegistries: ['333333333333.dkr.ecr.eu-west1.amazonaws.com'] },
      'ecrRegistries[0]: expected <account>.dkr.ecr.<region>.amazonaws.com, got "333333333333.dkr.ecr.eu-west1.amazonaws.com"',
    ],
    [
      { ecrRegistries: ['333333333333.dkr.ecr.cn-north-1.amazonaws.com'] },
      'ecrRegistries[0]: expected <account>.dkr.ecr.<region>.amazonaws.com, got "333333333333.dkr.ecr.cn-north-1.amazonaws.com"',
    ],
    [
      { deployments: [{ ...WEB, image: `${ECR_HOST.replace('west-1', 'west1')}/w:1` }] },
      'deployments[0].image: expected <account>.dkr.ecr.<region>.amazonaws.com, got "123456789012.dkr.ecr.eu-west1.amazonaws.com/w:1"',
    ],
    [
      { watchedTags: [`${ECR_HOST.replace('12.', '.')}/w:1`] },
      'watchedTags[0]: expected <account>.dkr.ecr.<region>.amazonaws.com, got "1234567890.dkr.ecr.eu-west-1.amazonaws.com/w:1"',
    ],
    [
      { registries: { 'ghcr.io': { secret: secretIn('eu-west1') } } },
      'registries["ghcr.io"].secret: expected an ARN with a region, as eu-west-1, got a text (not shown here, since it may be secret)',
    ],
    [
      {
        registries: {
          'ghcr.io': { secret: secretIn('eu-west-1') },
          'quay.io': { secret: secretIn('us-east-1') },
        },
      },
      'registries["quay.io"].secret: expected a secret of the stack’s own account and region, as the first one’s ARN says them, got a text (not shown here, since it may be secret)',
    ],
    [
      { deployments: [{ ...WEB, workload: 'vm/\u202eweb' }] },
      'deployments[0].workload: expected a name without spaces, | and characters that cannot be seen, got "vm/\\u{202e}web"',
    ],
    [
      { deployments: [{ ...WEB, container: 'web\u0000' }] },
      'deployments[0].container: expected a name without spaces, | and characters that cannot be seen, got "web\\u0000"',
    ],
    [
      { deployments: [{ ...WEB, image: 'r.test/web:1\n' }] },
      'deployments[0].image: expected registry/repository:tag (with * for any characters), or one with @sha256:…, got "r.test/web:1\\n"',
    ],
    [
      { ecr: { repositories: ['we\u200bb'] } },
      'ecr.repositories[0]: expected a repository’s name, with * for any text, got "we\\u{200b}b"',
    ],
    [
      { feeds: { kev: { mirror: 'https://mirror.test/a\nb.json' } } },
      'feeds.kev.mirror: expected a URL without spaces and characters that cannot be seen, got "https://mirror.test/a\\nb.json"',
    ],
    [
      { feeds: { kev: { control: 'CVE-2021-44228\u0007' } } },
      'feeds.kev.control: expected a record’s id, such as CVE-2021-44228, got "CVE-2021-44228\\u0007"',
    ],
    [
      { deployments: deploymentsOf(22), elsewhere: placesOf(12), orchestrators: { eks: ['main'] } },
      /^deployments: expected at most 3000 bytes as JSON together with what is listed beside it, variables of one Lambda function: deployments \(\d{4}\), elsewhere \(\d{3,4}\), orchestrators\.eks \(4\), got \[/,
    ],
    [
      { registries: { 'docker.io': 'mysecret' } },
      'registries["docker.io"]: expected an object, such as { secret: \'team/ghcr\' } (the name or ARN of a secret of AWS Secrets Manager, never the secret itself), got a text (not shown here, since it may be secret)',
    ],
    [
      { registries: ['mysecret'] },
      "registries: expected an object, such as { 'ghcr.io': { secret: 'team/ghcr' } }, got a list (not shown here, since it may be secret)",
    ],
    [
      [{ registries: { 'docker.io': 'mysecret' } }],
      'config: expected an object, such as { nightAt: \'02:00\' }, got [{"registries":"…"}]',
    ],
    [
      { watchedTags: ['me:mysecret@registry.example/app:v1'] },
      'watchedTags[0]: expected registry/repository:tag, got "…@registry.example/app:v1"',
    ],
    [
      { elsewhere: ['eu-west-1'] },
      "elsewhere[0]: expected an object, such as { name: 'dr', region: 'eu-north-1' }, got \"eu-west-1\"",
    ],
    [
      { feeds: { osv: { ecosystems: [] } } },
      "feeds.osv.ecosystems: expected at least 1 entry, such as ['Debian', 'PyPI'], got []",
    ],
    [
      { elsewhere: [{ name: 'shop', region: 'eu-north-7' }] },
      'elsewhere[0].region: expected a region of AWS, perhaps eu-north-1; one that is newer than this version of Tidewatch is named in newRegions, got "eu-north-7"',
    ],
    [
      { ecrRegistries: ['333333333333.dkr.ecr.eu-north-7.amazonaws.com'] },
      'ecrRegistries[0]: expected a host in a region of AWS, perhaps eu-north-1; one that is newer than this version of Tidewatch is named in newRegions, got "333333333333.dkr.ecr.eu-north-7.amazonaws.com"',
    ],
    [
      { watchedTags: ['333333333333.dkr.ecr.eu-north-7.amazonaws.com/web:1'] },
      /^watchedTags\[0\]: expected a host in a region of AWS, perhaps eu-north-1;/,
    ],
    [
      { registries: { 'ghcr.io': { secret: secretIn('eu-north-7') } } },
      /^registries\["ghcr\.io"\]\.secret: expected an ARN in a region of AWS, perhaps eu-north-1;/,
    ],
    [null, "config: expected an object, such as { nightAt: '02:00' }, got null"],
  ])('says of %j in one line what is allowed', (wrong, line) => {
    const [title, ...lines] = messageOf(wrong).split('\n');

    expect(title).toBe('bad configuration:');
    expect(lines).toHaveLength(1);
    if (line instanceof RegExp) expect(lines[0]?.trim()).toMatch(line);
    else expect(lines[0]).toBe(`  ${line}`);
  });

  it('names every mistake at once, and cuts what is long', () => {
    const lines = messageOf({ nightAt: 'x'.repeat(500), night: 1, slack: true }).split('\n');

    expect(lines).toHaveLength(4);
    expect(Math.max(...lines.slice(1, 3).map((line) => line.length))).toBeLessThan(120);
  });

  it.each([
    { registries: { GHCR: { password: 'hunter2' } } },
    { registries: { 'ghcr.io': 'hunter2' } },
    { registries: [{ password: 'hunter2' }] },
    { elsewhere: { externalId: 'hunter2' } },
    {
      elsewhere: [
        { externalId: 'hunter2', role: 'arn:aws:iam::2:role/a', name: 'a', region: 'eu-west-1' },
        { name: 'a', region: 'eu-west-1' },
      ],
    },
    { feeds: { kev: { mirror: 'https://me:hunter2@mirror.test/kev.json' } } },
  ])('repeats no secret of %j', (wrong) => {
    expect(messageOf(wrong)).not.toContain('hunter2');
  });

  it.each([{}, { acceptLicence: false }])(
    'enables no feed whose terms are not accepted: %j',
    (chainguard) => {
      const define = () =>
        defineConfig({ feeds: { chainguard } } as Parameters<typeof defineConfig>[0]);

      expect(define).toThrow(InvalidConfigError);
      expect(define).toThrow('https://github.com/wolfi-dev/advisories/blob/main/LICENSE');
      expect(define).toThrow('acceptLicence: true');
    },
  );
});

/** What of a schema is made of other settings, by the way to it. */
function structuresIn(schema: unknown, path = ''): [path: string, schema: z.ZodType][] {
  const { def } = schema as { readonly def: Record<string, unknown> & { readonly type: string } };
  if (def.innerType !== undefined) return structuresIn(def.innerType, path);
  const below = (name: string) => (path === '' ? name : `${path}.${name}`);
  const inner: Record<string, () => [string, z.ZodType][]> = {
    object: () =>
      Object.entries(def.shape as object).flatMap(([key, each]) => structuresIn(each, below(key))),
    array: () => structuresIn(def.element, below('*')),
    record: () => structuresIn(def.valueType, below('*')),
  };
  const found = inner[def.type]?.();
  return found ? [[path, schema as z.ZodType], ...found] : [];
}

describe('an example of what is made of other settings', () => {
  const structures = structuresIn(TidewatchConfig);

  it('is there for each', () => {
    expect(Object.keys(CONFIG_EXAMPLES).sort()).toEqual(structures.map(([path]) => path).sort());
  });

  it.each(structures)('is right: %j', (path, schema) => {
    expect(schema.safeParse(CONFIG_EXAMPLES[path])).toMatchObject({ success: true });
  });
});

/** What is said of a configuration that is wrong. */
function messageOf(wrong: unknown): string {
  try {
    defineConfig(wrong as Parameters<typeof defineConfig>[0]);
  } catch (error) {
    if (error instanceof InvalidConfigError) return error.message;
    throw error;
  }
  throw new Error('nothing is wrong');
}

describe('the feeds of a configuration', () => {
  it('are details of vulnerabilities too, from their publishers or a mirror, with a control', () => {
    const { feeds } = defineConfig({
      feeds: {
        cve: {},
        ghsa: {},
        kev: { mirror: 'https://mirror.test/kev.json', control: 'CVE-2026-1' },
        epss: {},
      },
    });
    const specs = feedsOf(feeds);
    expect(specs).toEqual([
      {
        name: 'cve',
        kind: 'details',
        url: expect.stringMatching(/^https:\/\/github\.com\/CVEProject\/.*\{date\}.*\.zip\.zip$/),
        control: 'CVE-2021-44228',
      },
      {
        name: 'ghsa',
        kind: 'details',
        url: 'https://github.com/github/advisory-database/archive/refs/heads/main.zip',
        control: 'GHSA-jfh8-c2jp-5v3q',
      },
      {
        name: 'kev',
        kind: 'details',
        url: 'https://mirror.test/kev.json',
        control: 'CVE-2026-1',
      },
      {
        name: 'epss',
        kind: 'scores',
        url: 'https://epss.empiricalsecurity.com/epss_scores-current.csv.gz',
        control: 'CVE-2021-44228',
      },
    ]);
    // What the stack sets is what the function takes.
    expect(FEED_LIST.FEEDS.parse(JSON.stringify(specs))).toEqual(specs);
  });

  it('are none unless they are enabled', () => {
    expect(feedsOf(config.feeds)).toEqual([]);
  });

  it('are one for each ecosystem of osv.dev, and Chainguard’s', () => {
    const { feeds } = defineConfig({
      feeds: {
        osv: { ecosystems: ['PyPI', 'Azure Linux'], controls: { PyPI: 'PYSEC-0000-1' } },
        chainguard: { acceptLicence: true },
      },
    });
    const bucket = 'https://osv-vulnerabilities.storage.googleapis.com';
    expect(feedsOf(feeds)).toEqual([
      { name: 'osv-pypi', url: `${bucket}/PyPI/all.zip`, control: 'PYSEC-0000-1' },
      { name: 'osv-azure-linux', url: `${bucket}/Azure%20Linux/all.zip`, control: null },
      {
        name: 'chainguard',
        url: 'https://advisories.cgr.dev/chainguard/v3/osv/chainguard-osv.tar.gz',
        control: null,
      },
    ]);
  });

  it('are Amazon Linux’s own, one for each release, with the repositories that are named', () => {
    const { feeds } = defineConfig({
      feeds: {
        amazon: {
          releases: ['2023', '2'],
          repositories: { '2': ['core', 'extras/docker'] },
          controls: { '2023': 'ALAS2023-2023-001' },
        },
      },
    });
    const specs = feedsOf(feeds);
    const url = 'https://cdn.amazonlinux.com';
    expect(specs).toEqual([
      {
        name: 'amazon-2023',
        kind: 'amazon',
        release: '2023',
        url,
        repositories: ['core'],
        control: 'ALAS2023-2023-001',
      },
      {
        name: 'amazon-2',
        kind: 'amazon',
        release: '2',
        url,
        repositories: ['core', 'extras/docker'],
        control: null,
      },
    ]);
    expect(FEED_LIST.FEEDS.parse(JSON.stringify(specs))).toEqual(specs);

    const mirrored = defineConfig({
      feeds: { amazon: { releases: ['2023', '2'], mirror: 's3://bucket/amazon/' } },
    });
    expect(feedsOf(mirrored.feeds).map((each) => each.url)).toEqual([
      's3://bucket/amazon',
      's3://bucket/amazon',
    ]);
    expect(mirrorsInS3(mirrored.feeds), 'what is in it has other names each time').toEqual([
      'bucket/amazon/*',
    ]);
  });

  it('are read from mirrors in S3, of which each object is named', () => {
    const { feeds } = defineConfig({
      feeds: {
        osv: { ecosystems: ['Azure Linux'], mirror: 's3://bucket/osv' },
        chainguard: { acceptLicence: true, mirror: 's3://bucket/cg/feed.ndjson.gz' },
      },
    });
    expect(feedsOf(feeds).map(({ url }) => url)).toEqual([
      's3://bucket/osv/Azure%20Linux/all.zip',
      's3://bucket/cg/feed.ndjson.gz',
    ]);
    expect(mirrorsInS3(feeds)).toEqual([
      'bucket/osv/Azure Linux/all.zip',
      'bucket/cg/feed.ndjson.gz',
    ]);
  });

  it('are read from their mirrors', () => {
    const { feeds } = defineConfig({
      feeds: {
        osv: { ecosystems: ['PyPI'], mirror: 'https://mirror.test/osv/' },
        chainguard: {
          acceptLicence: true,
          mirror: 'https://mirror.test/cg.tgz',
          control: 'CGA-0000-0000-0000',
        },
      },
    });
    expect(feedsOf(feeds)).toEqual([
      { name: 'osv-pypi', url: 'https://mirror.test/osv/PyPI/all.zip', control: null },
      { name: 'chainguard', url: 'https://mirror.test/cg.tgz', control: 'CGA-0000-0000-0000' },
    ]);
  });
});
