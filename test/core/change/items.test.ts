import { expect, it } from 'vitest';
import { barePurl, factsOf, findingOfKey, itemsOf } from '../../../core/change/items.ts';
import { aFinding } from '../../support/builders.ts';

const NONE = { checks: [], runtimes: [] };

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

it.each(['CVE-2026-0001', 'X|Y', 'X|%zz', 'a\nb'])('reads an id of a feed back: %j', (id) => {
  const [key = ''] = itemsOf(NONE, [aFinding({ id })]).keys();
  expect(findingOfKey(key)).toEqual({ id, purl: 'pkg:apk/wolfi/openssl' });
});

it('finds no finding in a check', () => {
  expect(findingOfKey('check|shell')).toBeUndefined();
});
