import { expect, it } from 'vitest';
import { createFindings } from '../../../core/extract/create-findings.ts';
import { languagePackage } from '../../../core/extract/language-package.ts';

it('what is found in many files is bounded, and what was left out is counted', () => {
  const findings = createFindings('Go', { packageLimit: 2, problemLimit: 1 });
  for (let index = 0; index < 5; index++) {
    const found = languagePackage(
      'golang',
      { name: `m${index}`, version: '1' },
      { path: 'x', layer: 0 },
    );
    findings.take('x', found);
    findings.take('x', `problem ${index}`);
  }
  const { packages, problems } = findings.finish();
  expect(packages.map(({ name }) => name)).toEqual(['m0', 'm1']);
  expect(problems).toEqual([
    { path: 'x', reason: 'problem 0' },
    { path: 'image', reason: '3 packages of Go were left out, limit 2' },
    { path: 'image', reason: 'and 4 problems of Go more' },
  ]);
});
