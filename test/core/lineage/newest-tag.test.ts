import { describe, expect, it } from 'vitest';
import { hasVersion, isNewerTag, newestTag } from '../../../core/lineage/newest-tag.ts';

describe('hasVersion', () => {
  it.each([
    'v1.2.3',
    '3',
    '3.14-slim',
    '1.2.3-rc1',
    'pr-17',
    '2026-04-15',
    '20260415',
    'v1.2.3-debug',
  ])('%s', (tag) => {
    expect(hasVersion(tag)).toBe(true);
  });

  it.each([
    'latest',
    'latest-dev',
    'debug',
    'facade',
    'deadbeef',
    'sha-9f3c1ab',
    // All digits by chance.
    'sha-1234567',
    'main-9f3c1ab',
    'main-20260415-abc1234',
    '9f3c1ab0c1d2e3f4a5b6c7d8e9f0a1b2c3d4e5f6',
  ])('not %s', (tag) => {
    expect(hasVersion(tag)).toBe(false);
  });
});

describe('newestTag', () => {
  const tags = [
    'latest',
    'sha-ffffff9',
    'v1.2.3',
    'v1.2.10',
    'v1.9.0-debug',
    'v2.0.0-rc1',
    'v2.0.0-rc10',
    'v2.0.0-rc9',
    '3.13-slim',
    '3.14-slim',
    'pr-9',
    'pr-17',
  ];

  it.each([
    ['v1.2.3', 'v1.2.10'],
    ['v1.9.0-debug', 'v1.9.0-debug'],
    ['v2.0.0-rc1', 'v2.0.0-rc10'],
    ['3.13-slim', '3.14-slim'],
    ['pr-9', 'pr-17'],
    ['latest', 'latest'],
    ['sha-9f3c1ab', 'sha-9f3c1ab'],
    // Deleted, and newer than all that are left.
    ['v9.0.0', 'v9.0.0'],
  ])('of the channel of %s is %s', (tag, newest) => {
    expect(newestTag(tag, tags)).toBe(newest);
    expect(newestTag(tag, tags.toReversed())).toBe(newest);
  });

  it('orders dates', () => {
    expect(newestTag('2026-04-15', ['2025-12-31', '2026-10-01', '2026-04-30'])).toBe('2026-10-01');
  });
});

it.each([
  ['v1.10.0', 'v1.9.0', true],
  ['v1.9.0', 'v1.10.0', false],
  ['v1.9.0', '1.9.0', false],
  ['1.0.0-rc2', '1.0.0-rc1', true],
])('says whether %s is newer than %s: %s', (left, right, isNewer) => {
  expect(isNewerTag(left, right)).toBe(isNewer);
});
