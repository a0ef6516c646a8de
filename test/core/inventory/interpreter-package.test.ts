import { expect, it } from 'vitest';
import { interpreterPackage } from '../../../core/inventory/interpreter-package.ts';

// Names: https://github.com/bitnami/vulndb/tree/main/data
it.each([
  ['python', '3.15.0rc1', 'pkg:bitnami/python@3.15.0-rc.1'],
  ['node', '22.11.0', 'pkg:bitnami/node@22.11.0'],
  ['java', '8.0.432', 'pkg:bitnami/java@8.0.432'],
  ['go', '1.26.0', 'pkg:bitnami/golang@1.26.0'],
] as const)('names %s as its advisories do', (language, version, purl) => {
  const found = interpreterPackage({ language, version, path: 'x' });
  expect(found).toMatchObject({ purl, ecosystem: 'Bitnami', type: 'bitnami' });
});
