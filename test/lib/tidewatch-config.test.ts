import { describe, expect, it } from 'vitest';
import { DEFAULT_POLICY } from '../../core/alert/policy.ts';
import { defineConfig, InvalidConfigError } from '../../lib/tidewatch-config.ts';
import config from '../../tidewatch.config.ts';

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
    ['alerts.disclosed', { alerts: { disclosed: 'severe' } }],
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
  ])('names %s in %j', (name, wrong) => {
    const define = () => defineConfig(wrong as Parameters<typeof defineConfig>[0]);

    expect(define).toThrow(InvalidConfigError);
    expect(define).toThrow(name);
  });
});
