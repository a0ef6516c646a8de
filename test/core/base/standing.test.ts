import { describe, expect, it } from 'vitest';
import type { KnownBuild, KnownTag } from '../../../core/base/origin.ts';
import { buildsSince, createStandingReader } from '../../../core/base/standing.ts';
import { aStanding } from '../../support/origin-builders.ts';
import { aDigest } from '../../support/state-builders.ts';

const IMAGE = 'cgr.dev/chainguard/python:latest';

function aBuild(name: string, day: number, series: KnownBuild['series'] = {}): KnownBuild {
  const at = new Date(Date.UTC(2026, 10, day)).toISOString();
  const digest = aDigest(name);
  return { digest, platformDigest: digest, at, seenAt: at, diffIds: [], packages: [], series };
}

function standOn(build: string, tag: Partial<KnownTag>) {
  const builds = [aBuild('a', 1, { python: '3.13' }), aBuild('b', 5, { python: '3.14' })];
  const moves = ['a', 'b'].map(aDigest);
  const newest = { platformDigest: aDigest('b'), at: '2026-11-05T00:00:00.000Z' };
  const whole = { image: IMAGE, platform: 'linux/amd64', builds, moves, newest, ...tag };
  const findings = { [aDigest('b')]: ['finding|x|y'] };
  const { base } = aStanding({}, { platformDigest: aDigest(build) });
  return createStandingReader({ tags: [whole], findings })(base, 'linux/amd64');
}

describe('how a base stands', () => {
  it('is told by what the tag has pointed at since', () => {
    expect(standOn('a', {})).toMatchObject({
      buildsBehind: 1,
      daysBehind: 4,
      newestFindings: new Set(['finding|x|y']),
      moves: [{ language: 'python', from: '3.13', to: '3.14' }],
    });
    expect(standOn('b', {})).toMatchObject({ buildsBehind: 0, daysBehind: 0, moves: [] });
  });

  it('is not behind where the tag was moved back to it', () => {
    const newest = { platformDigest: aDigest('a'), at: '2026-11-06T00:00:00.000Z' };
    const moves = ['a', 'b', 'a'].map(aDigest);
    expect(standOn('a', { moves, newest }).buildsBehind).toBe(0);
    expect(standOn('b', { moves, newest }).buildsBehind).toBe(1);
  });

  it('counts a build that nobody read, and says nothing of what it has', () => {
    const newest = { platformDigest: aDigest('c'), at: '2026-11-09T00:00:00.000Z' };
    const moves = ['a', 'b', 'c'].map(aDigest);
    expect(standOn('a', { moves, newest })).toMatchObject({
      buildsBehind: 2,
      daysBehind: 8,
      newestFindings: null,
      moves: [],
    });
  });

  it('is unknown of a build that is not known', () => {
    expect(standOn('f', {})).toMatchObject({ at: null, buildsBehind: null, packages: null });
    expect(buildsSince([aDigest('a')], aDigest('f'))).toBeNull();
  });
});
