import { MalformedAdvisoryError, UnreadableRecord } from '../core/advisory/osv.ts';

/** Problems that are listed, at most. */
const PROBLEMS_LISTED = 20;

/** What is counted while the records of a feed are read. */
export interface RecordTally {
  /** Records left out because they could not be read. */
  malformed: number;
  /** The newest `modified` that counts; `null` when there is none. */
  newest: string | null;
  /** The first of what was wrong. */
  readonly problems: string[];
}

/** A record as `parse` reads it; `undefined` for one that cannot be read, which is counted and listed. */
export function readCounted<Parsed>(
  tally: RecordTally,
  json: unknown,
  parse: (json: unknown) => Parsed,
): Parsed | undefined {
  try {
    if (!(json instanceof UnreadableRecord)) return parse(json);
    complain(tally, `${json.path}: ${json.reason}`);
  } catch (error) {
    if (!(error instanceof MalformedAdvisoryError)) throw error;
    complain(tally, error.message);
  }
  tally.malformed++;
  return undefined;
}

/** Lists what was wrong, if it is one of the first. */
export function complain({ problems }: RecordTally, problem: string): void {
  if (problems.length < PROBLEMS_LISTED) problems.push(problem);
}

/** Remembers a time (RFC 3339 with milliseconds, or empty) unless it is after `until`. */
export function noteNewest(tally: RecordTally, modified: string, until: string | undefined): void {
  if (modified === '' || (until !== undefined && modified > until)) return;
  if (tally.newest === null || modified > tally.newest) tally.newest = modified;
}
