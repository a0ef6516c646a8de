import { expect, it } from 'vitest';
import { composeQuietNight } from '../../../core/alert/quiet-night.ts';
import type { FeedState } from '../../../core/run/run.ts';
import { aDigest } from '../../support/state-builders.ts';

function aFeed(name: string, state: FeedState['state'] = 'fresh'): FeedState {
  const failure = state === 'held' ? 'timed out' : null;
  const common = { snapshot: 's', key: 'k', records: 1, newest: null, validator: null };
  return { name, ...common, state, failure, problems: [] };
}

const RUN = {
  runId: '2026-03-09T02:00:00.000Z',
  status: 'complete',
  expected: 214,
  scanned: 214,
  failed: [],
  unseen: [],
  unmatched: [],
  feeds: [aFeed('osv-debian'), aFeed('osv-pypi'), aFeed('chainguard')],
} as const;

it('is one line, with what was looked at and when the next one is', () => {
  const { title, message } = composeQuietNight(RUN, '2026-03-10 02:00 Etc/UTC');

  expect(title).toBe('Quiet night');
  expect(message).toBe(
    'Quiet night: 214 digests scanned, 3 feeds fresh, next night 2026-03-10 02:00 Etc/UTC.',
  );
});

it.each([
  [
    'a held feed',
    { feeds: [aFeed('osv-debian'), aFeed('osv-pypi', 'held')] },
    '214 digests scanned, 1 of 2 feeds fresh, held: osv-pypi.',
  ],
  [
    'an image that was not read',
    { scanned: 213, failed: [{ digest: aDigest('a'), reason: 'gone' }] },
    '213 of 214 digests scanned, 3 feeds fresh, 1 image not read.',
  ],
  [
    'scopes that were not seen',
    { unseen: ['ecs/eu-west-1: denied', 'lambda/eu-west-1: denied'] },
    '214 digests scanned, 3 feeds fresh, not seen: ecs/eu-west-1: denied, and 1 more.',
  ],
])('is not quiet with %s', (_what, gap, facts) => {
  const { title, message } = composeQuietNight({ ...RUN, status: 'partial', ...gap }, null);

  expect(message).toBe(`${title}: ${facts}`);
  expect(title).toBe('Nothing new, but not everything was seen');
});

it('is not quiet without a feed, for nothing was matched', () => {
  const { message } = composeQuietNight({ ...RUN, feeds: [] }, null);

  expect(message).not.toContain('Quiet');
  expect(message).toContain('nothing matched, since no feed is enabled');
  expect(message).not.toContain('0 feeds');
});

it('has an id of its run alone', () => {
  const id = composeQuietNight(RUN, null).alertId;

  expect(composeQuietNight({ ...RUN, scanned: 1 }, 'tomorrow').alertId).toBe(id);
  expect(composeQuietNight({ ...RUN, runId: '2026-03-10T02:00:00.000Z' }, null).alertId).not.toBe(
    id,
  );
});

it('says what could not be matched, the first of it', () => {
  const unmatched = [
    { ecosystem: 'PyPI', packages: 3, digests: 2 },
    { ecosystem: 'none', packages: 0, digests: 1 },
  ];
  const gap = { kind: 'no-version', of: 'pep440', packages: 1, digests: 1, examples: [] } as const;
  const leftOut = { ...gap, kind: 'left-out', of: 'part of a kernel' } as const;

  const { message } = composeQuietNight({ ...RUN, unmatched, problems: [leftOut, gap] }, null);

  expect(message).toContain(
    'not matched: PyPI: 3 packages in 2 images, no feed is about it, and 1 more',
  );
  expect(message).toContain('not sure: 1 package in 1 image with a version that pep440');
  expect(message).not.toContain('kernel');
});
