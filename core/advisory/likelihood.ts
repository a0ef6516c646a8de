import * as z from 'zod';
import { MalformedObjectError } from '../object/json-object.ts';
import { detach } from './block.ts';
import { cleanId } from './clean-id.ts';
import { idOfLine } from './details.ts';
import { MalformedAdvisoryError } from './osv.ts';

/** Format of a scores snapshot's index object. */
export const SCORES_FORMAT = 'scores/2';

/** As `LINES_FORMAT` of `snapshot.ts`. */
export const SCORES_LINES_FORMAT = 'scores/1';

/** As `OLDER_DETAILS_FORMATS`. */
export const OLDER_SCORES_FORMATS: readonly string[] = ['scores/1'];

/**
 * How likely a vulnerability is to be exploited within 30 days, by EPSS
 * (https://www.first.org/epss/model). It is another one each day: it is said where a
 * finding is shown, and is no part of the finding.
 */
export interface Likelihood {
  /** Probability, 0 to 1. */
  readonly score: number;
  /** Part of all scored vulnerabilities that have this score or less, 0 to 1. */
  readonly percentile: number;
  /** The day of the score, `YYYY-MM-DD`. */
  readonly date: string;
}

const Part = z
  .string()
  .regex(/^\d(?:\.\d+)?(?:[eE]-\d+)?$/, 'not a number from 0 to 1')
  .transform(Number)
  .pipe(z.number().min(0).max(1));

/** A row of the table that FIRST publishes each day, with what its first line says of the day. */
const EpssRow = z.object({
  cve: z
    .string()
    .transform(cleanId)
    .pipe(z.string().regex(/^CVE-\d{4}-\d{4,19}$/, 'not a CVE id')),
  epss: Part,
  percentile: Part,
  scoreDate: z
    .string()
    .refine((text) => !Number.isNaN(Date.parse(text)), { error: 'not a time' })
    .transform((text) => new Date(text).toISOString()),
});

/**
 * A row as the line that is kept of it, and the time of its score.
 *
 * @throws MalformedAdvisoryError
 */
export function compileLikelihood(row: unknown): {
  readonly line: string;
  readonly modified: string;
} {
  const result = EpssRow.safeParse(row);
  if (!result.success) {
    const issues = result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    throw new MalformedAdvisoryError(`malformed score: ${issues.join('; ')}`);
  }
  const { cve, epss, percentile, scoreDate } = result.data;
  const date = scoreDate.slice(0, 'YYYY-MM-DD'.length);
  return { line: `${cve}\t${JSON.stringify([epss, percentile, date])}`, modified: scoreDate };
}

/** What a line of `compileLikelihood` says. @throws MalformedObjectError */
export function decodeLikelihood(line: string): Likelihood {
  const [score, percentile, date] = readPacked(line);
  return { score, percentile, date: detach(date) };
}

/** The likelihood of what has several ids: the highest that any of them has. */
export function highestLikelihood(
  ids: readonly string[],
  likelihoodOf: (id: string) => Likelihood | undefined,
): Likelihood | undefined {
  const known = ids.flatMap((id) => likelihoodOf(id) ?? []);
  return known.toSorted((left, right) => right.score - left.score)[0];
}

/** `EPSS 0.942 (percentile 99.9)`. Never rounded to what it is not: neither none nor certain. */
export function describeLikelihood({ score, percentile }: Likelihood): string {
  return `EPSS ${fixed(score, 3)} (percentile ${fixed(percentile * 100, 1)})`;
}

/** The same for a table: `0.942 (99.9)`. */
export function scoreCell(likelihood: Likelihood | undefined): string {
  if (!likelihood) return 'not scored';
  return `${fixed(likelihood.score, 3)} (${fixed(likelihood.percentile * 100, 1)})`;
}

/** Cut, not rounded up: 99.99 % is not all. */
function fixed(value: number, digits: number): string {
  const least = 10 ** -digits;
  if (value > 0 && value < least) return `< ${least}`;
  // A little is added for what binary fractions lack (0.29 * 100).
  return (Math.floor(value / least + 1e-9) * least).toFixed(digits);
}

type Packed = readonly [score: number, percentile: number, date: string];

function readPacked(line: string): Packed {
  try {
    // We wrote it: the format of the index vouches for the type.
    return JSON.parse(line.slice(idOfLine(line).length + 1));
  } catch (cause) {
    throw new MalformedObjectError('broken line in a snapshot', { cause });
  }
}
