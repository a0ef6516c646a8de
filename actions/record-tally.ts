import { MalformedAdvisoryError, PassedOver, UnreadableRecord } from '../core/advisory/osv.ts';

/** Problems that are listed, at most. */
const PROBLEMS_LISTED = 20;

/** Kinds of what is passed over that are counted by their names, at most; of the others each is `other`. */
const KINDS_COUNTED = 20;

/** What is counted while the records of a feed are read. */
export interface RecordTally {
  /** Records left out because they could not be read. */
  malformed: number;
  /** The newest `modified` that counts; `null` when there is none. */
  newest: string | null;
  /** The first of what was wrong. */
  readonly problems: string[];
  /** What was none of the feed's advisories, by its kind. */
  readonly passedOver: Map<string, number>;
}

export function createTally(): RecordTally {
  return { malformed: 0, newest: null, problems: [], passedOver: new Map() };
}

/** A record as `parse` reads it; `undefined` for one that cannot be read, which is counted and listed. */
export function readCounted<Parsed>(
  tally: RecordTally,
  json: unknown,
  parse: (json: unknown) => Parsed,
): Parsed | undefined {
  if (json instanceof PassedOver) {
    passOver(tally, json.kind);
    return undefined;
  }
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

function passOver({ passedOver }: RecordTally, kind: string): void {
  const name = passedOver.has(kind) || passedOver.size < KINDS_COUNTED ? kind : 'other';
  passedOver.set(name, (passedOver.get(name) ?? 0) + 1);
}

/** What a state of a feed says of what was passed over; nothing where nothing was. */
export function passedOverIn({ passedOver }: Pick<RecordTally, 'passedOver'>): {
  readonly passedOver?: Readonly<Record<string, number>>;
} {
  const counts = [...passedOver].sort(([left], [right]) => (left < right ? -1 : 1));
  return counts.length > 0 ? { passedOver: Object.fromEntries(counts) } : {};
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
