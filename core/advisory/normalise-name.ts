import { baseOf } from '../version/scheme-of.ts';

/**
 * A package name as lookups spell it: PEP 503 for PyPI
 * (https://peps.python.org/pep-0503/#normalized-names), else as written.
 */
export function normaliseName(ecosystem: string, name: string): string {
  return baseOf(ecosystem) === 'PyPI' ? name.replace(/[-_.]+/g, '-').toLowerCase() : name;
}
