import { describe, expect, it } from 'vitest';
import { DEFAULT_POLICY } from '../../core/alert/policy.ts';
import { feedsOf } from '../../lib/feeds-config.ts';
import { defineConfig, InvalidConfigError } from '../../lib/tidewatch-config.ts';
import config from '../../tidewatch.config.ts';

const ECR_HOST = '123456789012.dkr.ecr.eu-west-1.amazonaws.com';
const WEB = { workload: 'vm/web', container: 'web', image: 'r.test/web:1' };

describe('defineConfig', () => {
  it('fills in what is left out, as the shipped configuration says it', () => {
    expect(defineConfig({})).toEqual(config);
    expect(config.alerts).toEqual(DEFAULT_POLICY);
  });

  it.each([
    'r.test/web:1',
    `r.test/web:1@sha256:${'a'.repeat(64)}`,
    `r.test/a/b@sha256:${'a'.repeat(64)}`,
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
    ['deployments[0].image', { deployments: [{ ...WEB, image: 'web:1' }] }],
    ['deployments[0].image', { deployments: [{ ...WEB, image: 'r.test/web' }] }],
    ['deployments[0].workload', { deployments: [{ ...WEB, workload: 'a|b' }] }],
    ['deployments[0].platform', { deployments: [{ ...WEB, platform: 'amd64' }] }],
    ['once', { deployments: [WEB, { ...WEB, image: 'r.test/web:2' }] }],
    [
      '3000 bytes',
      { deployments: Array.from({ length: 50 }, (_, n) => ({ ...WEB, workload: `vm/${n}` })) },
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
    ['feeds.github', { feeds: { github: {} } }],
  ])('names %s in %j', (name, wrong) => {
    const define = () => defineConfig(wrong as Parameters<typeof defineConfig>[0]);

    expect(define).toThrow(InvalidConfigError);
    expect(define).toThrow(name.replace(/^feeds\.github$/, 'github'));
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

describe('the feeds of a configuration', () => {
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
