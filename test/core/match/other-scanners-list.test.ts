import { globSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

it('lists each of these tests in docs/matching.md, and none that is not there', () => {
  const listed = [
    ...readFileSync('docs/matching.md', 'utf8').matchAll(/ “(?<test>[^“”|]+)” \|$/gm),
  ].map(({ groups }) => groups?.test ?? '');
  const texts = globSync('test/core/match/other-scanners*.test.ts')
    .filter((file) => !file.endsWith('-list.test.ts'))
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');
  expect(listed.filter((test) => !texts.includes(`'${test}'`))).toEqual([]);
  expect(new Set(listed).size).toBe(listed.length);
  expect(listed.length).toBeGreaterThan(50);
  // A scanner's name begins each title; what begins otherwise is a rule beside them.
  const titles = [
    ...texts.matchAll(
      /'(?<title>(?:Trivy|trivy-db|Grype|Clair|osv|go-apk|a scanner|a parser)[^']+)'/g,
    ),
  ];
  const unlisted = titles.map(({ groups }) => groups?.title ?? '');
  expect(unlisted.filter((title) => !listed.includes(title))).toEqual([]);
});
