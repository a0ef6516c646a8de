import { describe, expect, it } from 'vitest';
import { createSuppressor } from '../../../core/suppress/create-suppressor.ts';
import type { Suppressible } from '../../../core/suppress/suppression.ts';
import { aTarget, aWorkload, CHANNEL } from '../../support/builders.ts';
import { anEntry, aSet } from '../../support/suppression-builders.ts';

const AT = '2026-06-01T02:00:00.000Z';
const REPOSITORY = CHANNEL.slice(0, -1);

function aSubject(overrides: Partial<Suppressible> = {}): Suppressible {
  return {
    ids: ['CVE-2026-0001', 'GHSA-aaaa-bbbb-cccc'],
    package: 'pkg:apk/wolfi/openssl@3.5.0-r0?arch=x86_64&distro=wolfi',
    severity: 'high',
    fixedIn: null,
    ...overrides,
  };
}

function isSilenced(
  entry: Readonly<Record<string, unknown>>,
  subject: Partial<Suppressible> = {},
  place = aWorkload(),
  at = AT,
): boolean {
  return createSuppressor(aSet(anEntry(entry)), at).judge(aSubject(subject), place) !== undefined;
}

describe('what an entry is about', () => {
  it.each<[string, Readonly<Record<string, unknown>>, boolean]>([
    ['its vulnerability', {}, true],
    ['an alias of it', { vulnerability: 'GHSA-aaaa-bbbb-cccc' }, true],
    ['another vulnerability', { vulnerability: 'CVE-2026-0009' }, false],
    ['another package', { package: 'libssl3' }, false],
    ['one of several packages', { package: ['libssl3', 'open*'] }, true],
    ['a package by its distribution', { package: 'wolfi/openssl' }, true],
    ['a purl of any version', { package: 'pkg:apk/wolfi/openssl' }, true],
    ['a purl of this version', { package: 'pkg:apk/wolfi/openssl@3.5.0-r0' }, true],
    ['a purl of other versions', { package: 'pkg:apk/wolfi/openssl@3.6*' }, false],
    ['a purl with qualifiers', { package: 'pkg:apk/wolfi/openssl@*?arch=x86_64*' }, true],
    ['its repository', { image: REPOSITORY }, true],
    ['repositories of a registry', { image: '123456789012.*' }, true],
    ['another repository', { image: `${REPOSITORY}-eu` }, false],
    ['its channel', { image: `${REPOSITORY}|` }, true],
    ['another channel of the repository', { image: `${REPOSITORY}|debug` }, false],
    ['its workload', { workload: 'ecs/prod/*' }, true],
    ['another workload', { workload: 'ecs/prod/api' }, false],
    ['package and workload, of which one is another', { workload: 'ecs/dev/*' }, false],
  ])('%s', (_name, entry, expected) => {
    expect(isSilenced(entry)).toBe(expected);
  });

  it('a workload is no repository', () => {
    const anywhere = { package: undefined, workload: '*e*' };
    expect(isSilenced(anywhere)).toBe(true);
    expect(isSilenced(anywhere, {}, aTarget())).toBe(false);
  });

  it.each([
    ['@scope/left-pad', 'pkg:npm/%40scope/left-pad@1.0.0'],
    ['left-pad', 'pkg:npm/%40scope/left-pad@1.0.0'],
    ['org.example:core', 'pkg:maven/org.example/core@2.1'],
    ['github.com/example/mod', 'pkg:golang/github.com/example/mod@v1.0.0'],
    ['pip', 'pkg:pypi/pip@25.0'],
  ])('%s is what %s is called', (name, purl) => {
    expect(isSilenced({ package: name }, { package: purl })).toBe(true);
  });
});

describe('when an entry holds', () => {
  it('from the day on which it was decided to the end of its last day', () => {
    const silencedAt = (at: string) => isSilenced({}, {}, aWorkload(), at);
    expect(silencedAt('2026-04-30T23:59:59.999Z')).toBe(false);
    expect(silencedAt('2026-05-01T00:00:00.000Z')).toBe(true);
    expect(silencedAt('2026-09-30T23:59:59.999Z')).toBe(true);
    expect(silencedAt('2026-10-01T00:00:00.000Z')).toBe(false);
  });

  it('until a fix exists', () => {
    expect(isSilenced({ until: 'fix' })).toBe(true);
    expect(isSilenced({ until: 'fix' }, { fixedIn: '3.5.1-r0' })).toBe(false);
  });

  it.each<[string, Partial<Suppressible>, boolean]>([
    ['is what it was', {}, true],
    ['is rated lower', { severity: 'medium' }, true],
    ['is rated worse', { severity: 'critical' }, false],
    ['is known to be exploited', { exploited: { since: '2026-05-20' } }, false],
  ])('until the vulnerability changes: it %s', (_name, subject, expected) => {
    const judged = { severity: 'high', exploited: false };
    expect(isSilenced({ until: 'change', judged }, subject)).toBe(expected);
  });

  it('though it is exploited, where it was when it was judged', () => {
    const judged = { severity: 'high', exploited: true };
    expect(isSilenced({ until: 'change', judged }, { exploited: {} })).toBe(true);
  });
});

it('says by whose word and in which version', () => {
  const set = aSet(anEntry());
  expect(createSuppressor(set, AT).judge(aSubject(), aWorkload())).toEqual({
    entry: 'openssl-not-reached',
    version: set.version,
    owner: 'team-web',
    author: 'Kim <kim@example.org>',
    reason: 'vulnerable_code_not_in_execute_path: We never parse such keys.',
    until: 'until 2026-09-30',
  });
});

it('is the first in the file where several apply', () => {
  const image = anEntry({ id: 'z-image', package: undefined, image: REPOSITORY });
  const workload = anEntry({ id: 'a-workload', package: undefined, workload: 'ecs/prod/web' });
  const judge = (...entries: object[]) =>
    createSuppressor(aSet(...entries), AT).judge(aSubject(), aWorkload())?.entry;
  expect(judge(image, workload)).toBe('z-image');
  expect(judge(workload, image)).toBe('a-workload');
});

it.each<[string, Readonly<Record<string, unknown>>, Partial<Suppressible>, string]>([
  ['a date', {}, {}, 'it ended on 2026-09-30'],
  ['a fix', { until: 'fix' }, { fixedIn: '3.5.1-r0' }, 'a fix exists: 3.5.1-r0'],
  [
    'a severity',
    { until: 'change', judged: { severity: 'high', exploited: false } },
    { severity: 'critical' },
    'it is rated critical, and was high when it was judged',
  ],
  [
    'an exploit',
    { until: 'change', judged: { severity: 'high', exploited: false } },
    { exploited: {} },
    'it is known to be exploited',
  ],
  ['another id', { id: 'another' }, {}, 'it was taken out of the file'],
])('says why it is over: %s', (_name, entry, subject, expected) => {
  const later = createSuppressor(aSet(anEntry(entry)), '2026-12-01T02:00:00.000Z');
  expect(later.whyOver('openssl-not-reached', aSubject(subject))).toBe(expected);
});
