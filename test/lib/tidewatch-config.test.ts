import { describe, expect, it } from 'vitest';
import { DEFAULT_POLICY } from '../../core/alert/policy.ts';
import { defineConfig, InvalidConfigError } from '../../lib/tidewatch-config.ts';
import config from '../../tidewatch.config.ts';

describe('defineConfig', () => {
  it('fills in what is left out, as the shipped configuration says it', () => {
    expect(defineConfig({})).toEqual(config);
    expect(config.alerts).toEqual(DEFAULT_POLICY);
  });

  it.each([
    ['nightAt', { nightAt: '24:00' }],
    ['nightAt', { nightAt: '2:00' }],
    ['watchedTags[0]', { watchedTags: ['python:latest'] }],
    ['watchedTags[0]', { watchedTags: ['cgr.dev/chainguard/python'] }],
    ['watchedTags[0]', { watchedTags: ['cgr.dev/a:1,cgr.dev/b:1'] }],
    ['alerts.disclosed', { alerts: { disclosed: 'severe' } }],
    ['nightTime', { nightTime: '02:00' }],
  ])('names %s in %j', (name, wrong) => {
    const define = () => defineConfig(wrong as Parameters<typeof defineConfig>[0]);

    expect(define).toThrow(InvalidConfigError);
    expect(define).toThrow(name);
  });
});
