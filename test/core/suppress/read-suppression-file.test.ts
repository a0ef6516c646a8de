import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import {
  InvalidSuppressionsError,
  readSuppressionFile,
} from '../../../core/suppress/read-suppression-file.ts';
import { describeEnded } from '../../../core/suppress/suppression.ts';
import { SuppressionFile } from '../../../core/suppress/suppression-entry.ts';
import { anEntry } from '../../support/suppression-builders.ts';

function read(...suppressions: unknown[]) {
  return readSuppressionFile({ suppressions }, 'suppressions.yaml');
}

function errorsOf(...suppressions: unknown[]): readonly string[] {
  try {
    read(...suppressions);
    return [];
  } catch (error) {
    if (!(error instanceof InvalidSuppressionsError)) throw error;
    return error.errors;
  }
}

describe('a file of suppressions', () => {
  it('is read into what the functions take, under a version of its own', () => {
    const set = read(anEntry());
    expect(set.version).toMatch(/^[0-9a-f]{12}$/);
    expect(set.entries).toEqual([
      {
        id: 'openssl-not-reached',
        vulnerability: 'CVE-2026-0001',
        packages: ['openssl'],
        images: [],
        workloads: [],
        owner: 'team-web',
        author: 'Kim <kim@example.org>',
        reason: 'vulnerable_code_not_in_execute_path: We never parse such keys.',
        from: '2026-05-01T00:00:00.000Z',
        end: { date: { last: '2026-09-30', over: '2026-10-01T00:00:00.000Z' } },
      },
    ]);
    expect(read(anEntry({ owner: 'somebody else' })).version).not.toBe(set.version);
  });

  it('may be empty, or hold nothing but comments', () => {
    expect(readSuppressionFile(null, 'x').entries).toEqual([]);
    expect(read().entries).toEqual([]);
  });

  it.each<[string, unknown, string]>([
    [
      'nothing of an owner',
      anEntry({ owner: undefined }),
      'openssl-not-reached: owner: expected string, got nothing',
    ],
    [
      'no reason',
      anEntry({ reason: undefined }),
      'openssl-not-reached: reason: expected object, got nothing',
    ],
    [
      'a reason without a text',
      anEntry({ reason: { justification: 'risk_accepted', text: ' ' } }),
      'openssl-not-reached: reason.text: expected one line of text, got " "',
    ],
    [
      'a word that is none of VEX',
      anEntry({ reason: { justification: 'fine', text: 'x' } }),
      'openssl-not-reached: reason.justification: expected one of',
    ],
    [
      'no end',
      anEntry({ until: undefined }),
      'openssl-not-reached: until: expected string, got nothing',
    ],
    [
      'an end that is no day',
      anEntry({ until: '2026-02-30' }),
      'openssl-not-reached: until: expected a day (YYYY-MM-DD), fix or change, got "2026-02-30"',
    ],
    [
      'an end before its beginning',
      anEntry({ until: '2026-04-30' }),
      'openssl-not-reached: until: expected a day from 2026-05-01 on, got 2026-04-30',
    ],
    [
      'an end that is too far away',
      anEntry({ until: '2027-05-03' }),
      'openssl-not-reached: until: expected at most 366 days after 2026-05-01, got 2027-05-03',
    ],
    [
      'no scope',
      anEntry({ package: undefined }),
      'openssl-not-reached: package: expected a package, an image or a workload: nothing is silenced everywhere',
    ],
    [
      'a scope that is everything',
      anEntry({ package: '*' }),
      'openssl-not-reached: package: expected something that does not stand for everything, got "*"',
    ],
    [
      'an image that is no pattern of any',
      anEntry({ image: 'web latest' }),
      'openssl-not-reached: image: expected registry/repository, or registry/repository|channel, with * for any text, got "web latest"',
    ],
    [
      'nothing that it was judged at',
      anEntry({ until: 'change' }),
      'openssl-not-reached: judged: expected the severity and whether it was known to be exploited, got nothing',
    ],
    [
      'a judgement that counts for nothing',
      anEntry({ judged: { severity: 'high', exploited: false } }),
      'openssl-not-reached: judged: belongs to until: change',
    ],
    [
      'a key that is not known',
      anEntry({ expires: 'x' }),
      'openssl-not-reached: expires: no such key, expected one of id, vulnerability',
    ],
    [
      'an id that is none',
      anEntry({ id: 'Über' }),
      'Über: id: expected small letters, digits, - . _',
    ],
    [
      'a vulnerability that is any',
      anEntry({ vulnerability: '*' }),
      'openssl-not-reached: vulnerability: expected the id of a vulnerability, got "*"',
    ],
    ['something else', 'CVE-2026-0001', 'suppressions[0]: expected object, got "CVE-2026-0001"'],
  ])('names an entry with %s', (_name, entry, error) => {
    const errors = errorsOf(entry);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toContain(error);
  });

  it('names every error at once, a line each', () => {
    expect(
      errorsOf(anEntry({ owner: undefined }), anEntry({ id: 'b', until: 'soon' })),
    ).toHaveLength(2);
  });

  it('takes what ended, and says so from the day after', () => {
    const set = read(anEntry({ until: '2026-05-31' }));
    expect(set.entries).toHaveLength(1);
    expect(describeEnded(set, '2026-05-31')).toEqual([]);
    expect(describeEnded(set, '2026-06-01')).toEqual([
      'openssl-not-reached: it ended on 2026-05-31: take the entry out, or judge it again',
    ]);
  });

  it('wants an id once', () => {
    const other = anEntry({ vulnerability: 'CVE-2026-0002' });
    expect(errorsOf(anEntry(), other)).toEqual([
      'openssl-not-reached: id: expected it once in the file',
    ]);
  });
});

describe('entries that overlap', () => {
  const broad = anEntry({ id: 'broad', package: undefined, image: 'registry.example/*' });
  it.each<[string, unknown, unknown, string[]]>([
    [
      'the same twice',
      anEntry({ id: 'one' }),
      anEntry({ id: 'two' }),
      ['two: would never be used: one silences all of CVE-2026-0001 that it would'],
    ],
    [
      'a narrower one after a broader one',
      broad,
      anEntry({ id: 'narrow', image: 'registry.example/web' }),
      ['narrow: would never be used: broad silences all of CVE-2026-0001 that it would'],
    ],
    [
      'a broader one after a narrower one',
      anEntry({ id: 'narrow', image: 'registry.example/web|debug' }),
      broad,
      ['broad: has all of CVE-2026-0001 that narrow has: when that ends, nothing comes back'],
    ],
    [
      'patterns that meet',
      anEntry({ id: 'one', package: 'lib*' }),
      anEntry({ id: 'two', package: '*3' }),
      ['two: overlaps with one: both have some of CVE-2026-0001'],
    ],
    [
      'other packages',
      anEntry({ id: 'one', package: 'libssl3' }),
      anEntry({ id: 'two', package: 'libcrypto3' }),
      [],
    ],
    [
      'other vulnerabilities',
      anEntry({ id: 'one' }),
      anEntry({ id: 'two', vulnerability: 'CVE-2026-0002' }),
      [],
    ],
    [
      'an image and a workload, which nobody can compare',
      broad,
      anEntry({ id: 'two', package: undefined, workload: 'ecs/prod/*' }),
      [],
    ],
  ])('%s', (_name, one, two, expected) => {
    expect(errorsOf(one, two)).toEqual(expected);
  });

  // No time is asserted: what took half a minute and more would end the test.
  it('are found in a long file of one vulnerability', () => {
    const entries = Array.from({ length: 2000 }, (_, n) =>
      anEntry({ id: `e-${n}`, image: [`registry.example/team-${n}/*`, `mirror.example/${n}`] }),
    );
    const twice = anEntry({ id: 'twice', image: 'registry.example/team-7/web' });
    expect(errorsOf(...entries)).toEqual([]);
    expect(errorsOf(...entries.slice(1), twice)).toEqual([
      'twice: would never be used: e-7 silences all of CVE-2026-0001 that it would',
    ]);
  });

  it.each([
    ['stars', (n: number, at: number) => `a${'*a'.repeat(240)}${n}-${at}*`],
    ['a text and stars', (n: number) => (n % 2 ? `${'a'.repeat(490)}${n}` : '*a'.repeat(240))],
    ['many that never meet', (n: number, at: number) => `${n}*${at}`],
  ])('are compared for a bounded time: %s', (_name, pattern) => {
    const length = 400;
    const entries = Array.from({ length }, (_, n) =>
      anEntry({ id: `e-${n}`, package: Array.from({ length: 50 }, (_, at) => pattern(n, at)) }),
    );
    const errors = errorsOf(...entries);
    expect(errors.length).toBeLessThanOrEqual(101);
    expect(errors.at(-1)).toMatch(/^CVE-2026-0001: too many patterns to say|^more entries overlap/);
  });
});

it('is what docs/suppressions.schema.json says', () => {
  const published = JSON.parse(readFileSync('docs/suppressions.schema.json', 'utf8'));
  const { title, description, ...schema } = published;
  expect(title).toBeTruthy();
  expect(description).toBeTruthy();
  expect(schema).toEqual(z.toJSONSchema(SuppressionFile, { io: 'input' }));
});
