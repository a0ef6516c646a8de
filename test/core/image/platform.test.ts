import { expect, it } from 'vitest';
import { formatPlatform } from '../../../core/image/platform.ts';

it.each([
  [{ os: 'linux', architecture: 'amd64' }, 'linux/amd64'],
  [{ os: 'linux', architecture: 'arm64', variant: 'v8' }, 'linux/arm64'],
  [{ os: 'linux', architecture: 'arm64', variant: 'v9' }, 'linux/arm64/v9'],
  [{ os: 'linux', architecture: 'arm', variant: 'v7' }, 'linux/arm/v7'],
  [{ os: 'linux', architecture: 'arm', variant: 'v8' }, 'linux/arm/v8'],
  [{ os: 'linux', architecture: 'amd64', variant: '' }, 'linux/amd64'],
])('writes %o as %s', (platform, text) => {
  expect(formatPlatform(platform)).toBe(text);
});
