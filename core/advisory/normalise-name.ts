import { baseOf } from '../version/scheme-of.ts';

/**
 * A package name as lookups spell it: PEP 503 for PyPI
 * (https://peps.python.org/pep-0503/#normalized-names), npm's without the escape of purls
 * (`%40scope/name`), else as written: Go, Maven, crates and old npm names tell case apart.
 */
export function normaliseName(ecosystem: string, name: string): string {
  const base = baseOf(ecosystem);
  if (base === 'PyPI') return name.replace(/[-_.]+/g, '-').toLowerCase();
  return base === 'npm' ? name.replace(/^%40/, '@') : name;
}
