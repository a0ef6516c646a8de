import { describe, expect, it } from 'vitest';
import type { Borne } from '../../../core/base/borne.ts';
import { adviseOnBases, baseText } from '../../../core/base/describe-base.ts';
import { aStanding } from '../../support/origin-builders.ts';
import { aDigest } from '../../support/state-builders.ts';

const BASE = 'cgr.dev/chainguard/python:latest';
const KEY = 'finding|CVE-2026-0001|pkg:apk/wolfi/openssl';
const OTHER = 'finding|CVE-2026-0002|pkg:apk/wolfi/openssl';
const ONE = { findings: 1, lineages: 1 };

function borne(overrides: Partial<Borne> = {}): Borne {
  return { lineage: 'ecs/prod/web|app|linux/amd64', key: KEY, standing: aStanding(), ...overrides };
}

describe('what a remedy says of bases', () => {
  it('is nothing where nothing comes with one', () => {
    expect(adviseOnBases([], ONE)).toBe('');
  });

  it('says once for all findings and places what holds for all of them', () => {
    const api = 'ecs/prod/api|app|linux/amd64';
    const all = [borne(), borne({ lineage: api }), borne({ key: OTHER })];
    expect(
      adviseOnBases([...all, borne({ lineage: api, key: OTHER })], { findings: 2, lineages: 2 }),
    ).toBe(
      `All 2 findings come with the base ${BASE} (9 days and 8 builds behind): its newest build is without them, rebuild on that.`,
    );
  });

  it('says how many of them, and where, and how many the newest build is without', () => {
    const newestFindings = new Set([OTHER]);
    const standing = aStanding({ newestFindings });
    const all = [borne({ standing }), borne({ standing, key: OTHER })];
    expect(adviseOnBases(all, { findings: 3, lineages: 4 })).toBe(
      `In 1 of 4 places 2 of 3 findings come with the base ${BASE} (9 days and 8 builds behind): its newest build is without 1 of them, rebuild on that.`,
    );
  });

  it('has a sentence for each base, and counts those that it does not name', () => {
    const all = ['a', 'b', 'c', 'd', 'e'].map((name) =>
      borne({ lineage: name, standing: aStanding({}, { name: `registry.test/${name}:1` }) }),
    );
    const text = adviseOnBases(all, { findings: 1, lineages: 5 });
    expect(
      text.match(/In 1 of 5 places CVE-2026-0001 comes with the base registry\.test\/[abc]:1 /g),
    ).toHaveLength(3);
    expect(text).toMatch(/So with 2 bases more\.$/);
  });

  it('says "it" where nothing else can be meant', () => {
    expect(adviseOnBases([borne()], { ...ONE, isBeside: true })).toMatch(
      /^It comes with the base /,
    );
  });

  it('promises nothing of a newest build that is not known, or that the image is built on', () => {
    const unknown = aStanding({ newestFindings: null });
    expect(adviseOnBases([borne({ standing: unknown })], ONE)).toBe(
      `CVE-2026-0001 comes with the base ${BASE} (9 days and 8 builds behind).`,
    );
    const newest = aStanding({ buildsBehind: 0, daysBehind: 0, newestFindings: new Set([KEY]) });
    expect(adviseOnBases([borne({ standing: newest })], ONE)).toBe(
      `CVE-2026-0001 comes with the base ${BASE} (its newest build), so a rebuild on it does not help yet.`,
    );
  });

  it('says what it is not sure of, and which series a rebuild crosses', () => {
    const moves = [
      { language: 'python', from: '3.13', to: '3.14' },
      { language: 'libc', from: 'glibc 2.42', to: 'glibc 2.43' },
    ];
    const doubtful = aStanding({ moves }, { method: 'packages', confidence: 'low' });
    const all = [borne({ standing: doubtful }), borne({ lineage: 'ecs/prod/api|app|linux/amd64' })];
    expect(adviseOnBases(all, { findings: 1, lineages: 2 })).toBe(
      `CVE-2026-0001 comes with the base ${BASE} (9 days and 8 builds behind; partly by its packages, low confidence): its newest build is without it, rebuild on that, which moves Python 3.13 to 3.14 and glibc 2.42 to 2.43.`,
    );
  });
});

describe('a base in a table', () => {
  it('says which build, how far behind, and why that is not sure', () => {
    expect(baseText(aStanding())).toBe(`${BASE}, of 2026-11-12, 9 days and 8 builds behind`);
    const named = { at: null, buildsBehind: null, daysBehind: null };
    expect(baseText(aStanding(named, { digest: null, method: 'history', confidence: 'low' }))).toBe(
      `${BASE}, which build is not known, by its history, low confidence`,
    );
    expect(baseText(aStanding({ daysBehind: 0, buildsBehind: 1 }))).toMatch(/, 1 build behind$/);
    const claimed = { digest: aDigest('c'), method: 'annotation', confidence: 'medium' } as const;
    expect(baseText(aStanding(named, claimed))).toBe(
      `${BASE}, sha256:cccccccccccc, as the image says, medium confidence`,
    );
    expect(baseText(undefined)).toBe('none known');
  });
});
