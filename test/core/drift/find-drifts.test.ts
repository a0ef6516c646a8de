import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { driftId } from '../../../core/change/tell-drifts.ts';
import { findDrifts } from '../../../core/drift/find-drifts.ts';
import { findPresent } from '../../../core/drift/find-present.ts';
import {
  type Observation,
  UNREAD_PLATFORM,
  withoutReadLater,
} from '../../../core/drift/observation.ts';
import { aDigest, anObservation } from '../../support/state-builders.ts';

const at = (day: number) => new Date(Date.UTC(2026, 0, day)).toISOString();
const BEGUN = at(10);

/** What the tag held from a day on, seen on that day unless said otherwise. */
function move(
  day: number,
  minor: string | null,
  overrides: Partial<Observation> = {},
): Observation {
  return anObservation({
    at: at(day),
    seenAt: day <= 10 ? BEGUN : at(day),
    digest: aDigest(String(day % 10)),
    python: minor === null ? null : { version: `${minor}.0`, minor, evidence: '' },
    libc: null,
    ...overrides,
  });
}

function libc(name: 'glibc' | 'musl', series: string): Pick<Observation, 'libc'> {
  return { libc: { name, version: series, series, evidence: '' } };
}

function node(series: string): Pick<Observation, 'runtimes'> {
  return { runtimes: [{ language: 'node', version: `${series}.1.0`, series }] };
}

const unread = { platform: UNREAD_PLATFORM };

function driftsOf(...series: Observation[]): string[] {
  return findDrifts(series).map(({ at, part, from, to }) =>
    [Number(at.slice(8, 10)), part, from, to].join(' '),
  );
}

describe('a drift', () => {
  it('of Node is a major that moved; to be read for the first time is none', () => {
    const series = [
      move(10, null),
      move(11, null, node('22')),
      move(12, null, node('22')),
      move(13, null),
      move(14, null, node('24')),
    ];
    expect(driftsOf(...series)).toEqual(['14 node 22 24']);
  });

  it('is a minor or a series that moved, at the digest that brought it', () => {
    expect(driftsOf(move(1, '3.13'), move(11, '3.13'), move(12, '3.14'), move(13, '3.14'))).toEqual(
      ['12 python 3.13 3.14'],
    );
    expect(
      driftsOf(
        move(1, null, libc('glibc', '2.43')),
        move(11, null, libc('glibc', '2.44')),
        move(12, null, libc('musl', '1.2')),
      ),
    ).toEqual(['11 libc glibc 2.43 glibc 2.44', '12 libc glibc 2.44 musl 1.2']);
  });

  it('is another one each time that a tag is moved back and forth', () => {
    const [older, newer] = [{ digest: aDigest('a') }, { digest: aDigest('b') }];
    const both = (day: number) => [
      move(day, '3.14', { ...newer, platform: 'linux/amd64' }),
      move(day, '3.14', { ...newer, platform: 'linux/arm64' }),
    ];
    const back = (day: number) => [
      move(day, '3.13', { ...older, platform: 'linux/amd64' }),
      move(day, '3.13', { ...older, platform: 'linux/arm64' }),
    ];
    const drifts = findDrifts([...back(1), ...both(11), ...back(12), ...both(13), ...back(14)]);

    expect(drifts.map(({ at, to, again }) => [at, to, again])).toEqual([
      [at(11), '3.14', undefined],
      [at(12), '3.13', undefined],
      [at(13), '3.14', 1],
      [at(14), '3.13', 1],
    ]);
    expect(new Set(drifts.map(driftId)).size).toBe(4);
  });

  it('is none for what had happened before the first look', () => {
    expect(driftsOf(move(1, '3.12'), move(2, '3.13'))).toEqual([]);
  });

  it('is none for a past that the first look was interrupted in and the next one recorded', () => {
    const late = move(2, '3.13', { seenAt: at(11) });
    expect(driftsOf(move(1, '3.12'), late, move(12, '3.14'))).toEqual(['12 python 3.13 3.14']);
  });

  it('is seen across images that were not read, or that name no Python', () => {
    expect(
      driftsOf(move(1, '3.13'), move(11, null, unread), move(12, null), move(13, '3.14')),
    ).toEqual(['13 python 3.13 3.14']);
  });

  it('is found once its image is read', () => {
    const series = [move(1, '3.13'), move(11, null, unread)];
    expect(driftsOf(...series)).toEqual([]);
    expect(driftsOf(...series, move(11, '3.14', { seenAt: at(20) }))).toEqual([
      '11 python 3.13 3.14',
    ]);
  });

  it('is one for all platforms of a digest, each compared with its own past', () => {
    const arm = { platform: 'linux/arm64' };
    expect(
      driftsOf(move(1, '3.13'), move(1, '3.13', arm), move(11, '3.14'), move(11, '3.14', arm)),
    ).toEqual(['11 python 3.13 3.14']);
    expect(driftsOf(move(1, '3.13'), move(11, '3.14', arm))).toEqual([]);
  });

  it('does not depend on who saw a move, or in which order it was stored', async () => {
    const series = ['3.13', '3.13', '3.14', '3.14', '3.15'].map((minor, each) =>
      move(each === 0 ? 1 : 10 + each, minor),
    );
    const expected = driftsOf(...series);
    expect(expected).toHaveLength(2);
    const seen = fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 5, maxLength: 5 });
    await fc.assert(
      fc.property(fc.shuffledSubarray(series, { minLength: 5 }), seen, (stored, days) => {
        const reseen = stored.map((each, index) =>
          each.seenAt === BEGUN ? each : { ...each, seenAt: at(15 + (days[index] ?? 0)) },
        );
        expect(driftsOf(...reseen)).toEqual(expected);
      }),
    );
  });
});

describe('an image that is read otherwise than it was recorded', () => {
  const upgraded = (minor: string, before: string | null) =>
    driftsOf(move(11, '3.13'), move(12, minor, { reread: { python: before } }), move(13, '3.15'));

  it('has not moved by that', () => {
    expect(upgraded('3.14', '3.14')).toEqual(['13 python 3.14 3.15']);
    expect(upgraded('3.14', null)).toEqual(['13 python 3.14 3.15']);
  });

  it('is compared as it is read now', () => {
    expect(upgraded('3.14', '3.12')).toEqual(['12 python 3.12 3.14', '13 python 3.14 3.15']);
  });
});

describe('what a tag holds now', () => {
  const presentOf = (...series: Observation[]) => findPresent(series, 'linux/amd64', 'python');

  it('is dated by the first move of the unbroken row', () => {
    expect(presentOf(move(1, '3.14'), move(2, '3.13'), move(3, '3.14'), move(11, '3.14'))).toEqual({
      value: '3.14',
      since: at(3),
      isOldest: false,
    });
  });

  it('may be older than the series', () => {
    expect(presentOf(move(1, null, unread), move(2, '3.14'))).toMatchObject({ isOldest: true });
  });

  it('may be older than a row that ends where an earlier version read otherwise', () => {
    const recorded = move(11, '3.13');
    const next = (python: string) => move(12, '3.14', { reread: { python } });
    expect(presentOf(recorded, next('3.14'))).toMatchObject({ since: at(12), isOldest: true });
    expect(presentOf(recorded, next('3.12'))).toMatchObject({ since: at(12), isOldest: false });
  });

  it('is unknown where the newest image that was read says nothing', () => {
    expect(presentOf(move(1, '3.13'), move(2, null))).toBeUndefined();
    expect(presentOf()).toBeUndefined();
  });
});

it('shows an unread image only until it is read', () => {
  const [first, later] = [move(11, null, unread), move(11, '3.14', { seenAt: at(12) })];
  expect(withoutReadLater([first])).toEqual([first]);
  expect(withoutReadLater([later, first])).toEqual([later]);
});
