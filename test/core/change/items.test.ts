import { expect, it } from 'vitest';
import {
  barePurl,
  factsOf,
  findingOfKey,
  type ImageFacts,
  itemsOf as itemsOn,
} from '../../../core/change/items.ts';
import type { PythonEnvironment } from '../../../core/inventory/python-environment.ts';
import type { Finding } from '../../../core/match/finding.ts';
import { aFinding } from '../../support/builders.ts';

const NONE = { checks: [], runtimes: [], supported: [], megabytes: 0 };

/** Of an image without a system. */
const BARE = { size: 0, distro: null, packages: [] };

const AT = '2026-11-22T02:00:00Z';

const itemsOf = (facts: ImageFacts, findings: readonly Finding[], at = AT) =>
  itemsOn(facts, findings, { at });

it.each([
  ['pkg:apk/wolfi/openssl@3.5.0-r0?arch=x86_64&distro=wolfi', 'pkg:apk/wolfi/openssl'],
  ['pkg:pypi/requests@2.0', 'pkg:pypi/requests'],
  ['pkg:npm/%40scope/name@1.0#sub/path', 'pkg:npm/%40scope/name'],
])('leaves version and qualifiers out of %s', (purl, bare) => {
  expect(barePurl(purl)).toBe(bare);
});

it('keys a finding by what outlives a rebuild: its id and its package', () => {
  const old = itemsOf(NONE, [aFinding()]);
  const rebuilt = itemsOf(NONE, [
    aFinding({ package: 'pkg:apk/wolfi/openssl@3.5.0-r9?arch=x86_64', version: '3.5.0-r9' }),
  ]);
  expect([...rebuilt.keys()]).toEqual([...old.keys()]);
});

it('makes one item of several versions of a package: what holds for any of them holds', () => {
  const version = (name: string, more: Partial<Finding>) =>
    aFinding({ package: `pkg:pypi/requests@${name}`, version: name, ...more });
  const records = [{ id: 'PYSEC-1', hash: 'h1' }];
  const exploited = { feed: 'kev', since: '2026-05-01', ransomware: false };
  const all = [
    version('1.0', { severity: 'critical', fixedIn: '1.10', records, status: 'unimportant' }),
    version('2.0', { severity: 'low', fixedIn: '2.1', aliases: ['GHSA-1'] }),
    version('2.0.1', { severity: 'low', fixedIn: '2.1', exploited }),
  ];
  for (const some of [all, all.toReversed()]) {
    const items = [...itemsOf(NONE, some).values()];
    expect(items).toEqual([
      {
        key: 'finding|CVE-2026-0001|pkg:pypi/requests',
        title: expect.stringMatching(
          /^CVE-2026-0001 in requests (1.0, 2.0, 2.0.1|2.0.1, 2.0, 1.0)$/,
        ),
        severity: 'critical',
        fixedIn: '2.1',
        ids: ['CVE-2026-0001', 'GHSA-1'],
        records: [{ id: 'CGA-CVE-2026-0001', hash: 'h1' }, ...records],
        feeds: ['wolfi'],
        exploited,
      },
    ]);
  }
  const open = [...all, version('3.0', { fixedIn: null, status: 'fix-not-planned' })];
  expect([...itemsOf(NONE, open).values()]).toMatchObject([
    { fixedIn: null, status: 'fix-not-planned' },
  ]);
});

it('gives root the higher severity among checks', () => {
  const items = itemsOf(
    {
      checks: [
        { id: 'root-user', message: 'Runs as root.' },
        { id: 'shell', message: 'Has a shell.' },
      ],
      runtimes: [],
    },
    [],
  );
  expect([...items.values()].map(({ key, severity }) => [key, severity])).toEqual([
    ['check|root-user', 'high'],
    ['check|shell', 'medium'],
  ]);
});

it('compares of a runtime what breaks: the minor, of Node and Java the major, each once', () => {
  const about = { version: '', evidence: [] };
  const { runtimes } = factsOf({
    ...BARE,
    checks: [],
    problems: [],
    runtimes: [
      { ...about, language: 'python', minor: '3.13' },
      { ...about, language: 'python', minor: '3.13' },
      { ...about, language: 'node', minor: '22.11' },
      { ...about, language: 'node', minor: '22.4' },
      { ...about, language: 'java', minor: '21.0' },
      { ...about, language: 'go', minor: '1.25' },
    ],
  });
  expect(runtimes.map(({ language, minor }) => `${language} ${minor}`)).toEqual([
    'python 3.13',
    'node 22',
    'java 21',
    'go 1.25',
  ]);
});

it('keeps of a Python environment that works what ties it to its minor', () => {
  const environment = (path: string, broken: boolean): PythonEnvironment => {
    const bound = { rule: 'wheel' as const, evidence: `${path}/WHEEL`, message: 'Wheels for one.' };
    return {
      kind: 'venv',
      path,
      minor: '3.13',
      runsOn: { path: 'usr/bin/python3.13', minor: '3.13' },
      packages: 1,
      broken: broken ? [bound] : [],
      bounds: [{ ...bound, worksOn: { minors: ['3.13'] } }],
    };
  };
  const { runtimes } = factsOf({
    ...BARE,
    checks: [],
    problems: [],
    runtimes: [
      { language: 'python', version: '3.13.1', minor: '3.13', evidence: [] },
      { language: 'python', version: '3.14.1', minor: '3.14', evidence: [] },
    ],
    pythonEnvironments: [environment('a', true), environment('b', false)],
  });
  expect(runtimes).toEqual([
    {
      language: 'python',
      minor: '3.13',
      ties: [{ path: 'b', why: 'Wheels for one. (b/WHEEL)', worksOn: { minors: ['3.13'] } }],
    },
    { language: 'python', minor: '3.14' },
  ]);
});

it.each(['CVE-2026-0001', 'X|Y', 'X|%zz', 'a\nb'])('reads an id of a feed back: %j', (id) => {
  const [key = ''] = itemsOf(NONE, [aFinding({ id })]).keys();
  expect(findingOfKey(key)).toEqual({ id, purl: 'pkg:apk/wolfi/openssl' });
});

it('finds no finding in a check', () => {
  expect(findingOfKey('check|shell')).toBeUndefined();
});

it('makes items of checks that fail, but of advice; what cannot start is graver than what is not hardened', () => {
  const facts = factsOf({
    ...BARE,
    checks: ['shell', 'libraries', 'stop-signal', 'setuid'].map((id) => ({
      id,
      status: id === 'setuid' ? ('unknown' as const) : ('fail' as const),
      message: `About ${id}.`,
      evidence: null,
    })),
    problems: [],
    runtimes: [],
  });
  const items = itemsOf(facts, []);
  expect([...items.values()].map(({ key, severity }) => [key, severity])).toEqual([
    ['check|shell', 'medium'],
    ['check|libraries', 'high'],
  ]);
});

it('takes no image for clean that holds what is opaque, and tells no other’s by it', () => {
  const inventory = { ...BARE, checks: [], problems: [], runtimes: [] };
  const none = { owned: 1, listed: 1, partly: 1, scripts: 1, opaque: 0, opaqueFiles: [] };
  expect(factsOf({ ...inventory, coverage: none })).toEqual(NONE);
  const remedy = 'install it';
  const opaqueFiles = ['a', 'b', 'c'].map((path) => ({ path, why: 'a program', remedy }));
  const items = itemsOf(
    factsOf({ ...inventory, coverage: { ...none, opaque: 60, opaqueFiles } }),
    [],
  );
  expect([...items.values()]).toMatchObject([
    {
      key: 'check|opaque',
      severity: 'unrated',
      title: 'Holds code that no advisory can speak of: a: a program; b: a program; and 58 more.',
    },
  ]);
});
