import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeLoss, describeSilence } from '../../../core/feed/guard.ts';
import { countDifference } from '../../../core/feed/id-difference.ts';
import { closingsOf, isSaid } from '../../../core/feed/silent-closings.ts';
import { noticeOf, termsOf } from '../../../core/feed/terms.ts';
import { anEntry } from '../../support/advisory-builders.ts';
import { aFeedState, aFinding } from '../../support/builders.ts';

describe('a loss', () => {
  const measure = { records: 100, ecosystems: ['Debian:12', 'Debian:13'] };

  it.each([
    [{ ...measure, records: 90 }, undefined],
    [{ ...measure, records: 89 }, 'it has lost 11 of its 100 records'],
    [{ ...measure, records: 500 }, undefined],
    [{ records: 500, ecosystems: ['Debian:13'] }, 'it says nothing of Debian:12 any more'],
    [{ ...measure, ecosystems: ['Alpine', ...measure.ecosystems] }, undefined],
  ])('is %j: %s', (now, words) => {
    expect(describeLoss(measure, now)).toBe(words);
  });

  it('is one record of a feed that has nine', () => {
    const ecosystems = ['Wolfi'];
    expect(describeLoss({ records: 10, ecosystems }, { records: 9, ecosystems })).toBeUndefined();
    expect(describeLoss({ records: 9, ecosystems }, { records: 8, ecosystems })).toBeDefined();
  });
});

describe('a silence', () => {
  it.each([
    [10, 4, false],
    [10, 5, true],
    [250, 5, false],
    [249, 5, true],
    [10_000, 200, false],
    [10_000, 201, true],
  ])('of %i open findings, %i without a word: %s', (open, silent, isHeld) => {
    const words = describeSilence({ open, silent, ecosystems: { PyPI: 1, Wolfi: silent - 1 } });
    expect(words !== undefined).toBe(isHeld);
    if (isHeld) expect(words).toContain(`(Wolfi ${silent - 1}, PyPI 1)`);
  });
});

describe('what a feed closes', () => {
  const finding = aFinding({ feeds: ['wolfi'] });
  const before = [finding];

  it('counts once, however many units have it', () => {
    const units = [
      { before, after: [] },
      { before, after: [] },
    ];
    expect(closingsOf('wolfi', units)).toEqual({ open: 1, closed: [finding] });
  });

  it('is none of what another feed had', () => {
    expect(closingsOf('ghsa', [{ before, after: [] }])).toEqual({ open: 0, closed: [] });
  });

  it('is nothing that goes on under another of its names', () => {
    const renamed = { ...finding, id: 'GHSA-1', aliases: [finding.id], feeds: ['ghsa'] };
    const units = [{ before, after: [renamed] }];
    expect(closingsOf('wolfi', units)).toEqual({ open: 1, closed: [] });
  });

  it('is what is over in one unit, though it goes on in another of the same package', () => {
    const units = [
      { before, after: before },
      { before, after: [] },
    ];
    expect(closingsOf('wolfi', units).closed).toEqual([finding]);
  });
});

describe('a record', () => {
  const finding = aFinding({ records: [{ id: 'CGA-1', hash: '1' }] });
  const entry = anEntry({ record: 'CGA-1' });
  const said = (entries: readonly (typeof entry)[], there: readonly string[] = []) =>
    isSaid(finding, { entries, hasRecord: (id) => there.includes(id) });

  it.each([
    ['has versions', [entry], [], true],
    [
      'is withdrawn, without any',
      [{ ...entry, ranges: [], withdrawn: '2026-01-01T00:00:00Z' }],
      [],
      true,
    ],
    ['has no version', [{ ...entry, ranges: [[]] }], ['CGA-1'], false],
    ['names the package no more', [], ['CGA-1'], true],
    ['is gone', [], [], false],
    [
      'is gone, another of the same package is not',
      [{ ...entry, record: 'CGA-2' }],
      ['CGA-2'],
      false,
    ],
  ])('that %s', (_name, entries, there, expected) => {
    expect(said(entries, there)).toBe(expected);
  });
});

it('counts the difference of two states as that of their sets, however they come in batches', async () => {
  const ids = fc.uniqueArray(fc.string());
  await fc.assert(
    fc.asyncProperty(ids, ids, fc.integer({ min: 1, max: 5 }), async (before, after, size) => {
      const batches = async function* (all: readonly string[]) {
        const sorted = [...all].sort();
        yield [];
        for (let at = 0; at < sorted.length; at += size) yield sorted.slice(at, at + size);
      };
      const lost = before.filter((id) => !after.includes(id)).length;
      const added = after.filter((id) => !before.includes(id)).length;
      const counted = await countDifference(batches(before), batches(after));
      expect(counted).toMatchObject({ lost, added });
    }),
  );
});

it('names each publisher once with the place of its terms, and nobody for a world’s feed', () => {
  const feeds = ['osv-pypi', 'chainguard', 'mine'].map((name) => {
    const terms = termsOf(name);
    return { ...aFeedState({ name }), ...(terms && { terms }) };
  });
  const notice = noticeOf(feeds);
  expect(notice).toContain('osv-pypi: osv.dev, its export of pypi');
  expect(notice).toContain('https://github.com/wolfi-dev/advisories/blob/main/LICENSE');
  expect(notice).not.toContain('mine');
  expect(noticeOf([aFeedState({ name: 'mine' })])).toBe('');
});
