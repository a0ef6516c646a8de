import type { Problem } from '../image/capture.ts';
import type { Package } from '../inventory/inventory.ts';
import type { Extraction } from './extractor.ts';

/** Packages of one language in an image: a fifth of them is far above any. A small program may list thousands. */
const PACKAGE_LIMIT = 100_000;
/** What is wrong with single packages, of an image; the others are counted. */
const PROBLEM_LIMIT = 10_000;

/** Gathers what an extractor finds in many files, no more than one image may cost. */
export interface Findings {
  /** A package, or what is wrong with one of that path. */
  take(path: string, found: Package | string): void;
  /** All of it; what was too much is a problem. */
  finish(): Extraction;
}

/** Of `language`, as its files call it. */
export function createFindings(
  language: string,
  { packageLimit = PACKAGE_LIMIT, problemLimit = PROBLEM_LIMIT } = {},
): Findings {
  const packages: Package[] = [];
  const problems: Problem[] = [];
  const left = { packages: 0, problems: 0 };
  return {
    take(path, found) {
      if (typeof found === 'string') {
        if (problems.length < problemLimit) problems.push({ path, reason: found });
        else left.problems += 1;
      } else if (packages.length < packageLimit) packages.push(found);
      else left.packages += 1;
    },
    finish() {
      const rest = [
        left.packages > 0 &&
          `${left.packages} packages of ${language} were left out, limit ${packageLimit}`,
        left.problems > 0 && `and ${left.problems} problems of ${language} more`,
      ].flatMap((reason) => (reason === false ? [] : [{ path: 'image', reason }]));
      return { packages, owned: [], problems: [...problems, ...rest] };
    },
  };
}
