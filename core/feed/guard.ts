import { counted, limited } from '../alert/compose-alert.ts';
import type { FeedClosings } from '../run/run.ts';

/** What of a snapshot tells whether it has lost something. */
export interface FeedMeasure {
  readonly records: number;
  /** As its records write them, releases included. */
  readonly ecosystems: readonly string[];
}

/**
 * Part of its records that a feed may lose between two nights: osv.dev's own guard stands there.
 * Publishers withdraw records, they hardly ever take them away.
 */
const RECORDS_LOST = 0.1;

/** Part of its open findings that a feed may close without a record that says why. */
const SILENTLY_CLOSED = 0.02;

/**
 * So many must be closed in silence besides: one record that is taken away is often a handful of
 * findings (each package built of one source, in each version that runs), and of ten
 * findings a single one would be more than the part above.
 */
const FEWEST_CLOSED = 5;

const ECOSYSTEMS_NAMED = 5;

/**
 * What a feed has lost against the state that it is measured by, in words; `undefined` when
 * that is no more than a feed may lose.
 */
export function describeLoss(measure: FeedMeasure, now: FeedMeasure): string | undefined {
  const ecosystems = new Set(now.ecosystems);
  const lost = measure.ecosystems.filter((each) => !ecosystems.has(each));
  if (lost.length > 0) {
    return `it says nothing of ${limited(lost, ECOSYSTEMS_NAMED).join(', ')} any more`;
  }
  const gone = measure.records - now.records;
  if (gone <= measure.records * RECORDS_LOST) return undefined;
  return `it has lost ${gone} of its ${counted(measure.records, 'record')}`;
}

/** The same of the findings that it would close. */
export function describeSilence({
  open,
  silent,
  ecosystems,
}: Pick<FeedClosings, 'open' | 'silent' | 'ecosystems'>): string | undefined {
  if (silent < FEWEST_CLOSED || silent <= open * SILENTLY_CLOSED) return undefined;
  const byCount = Object.entries(ecosystems).sort(([, a], [, b]) => b - a);
  const named = limited(
    byCount.map(([ecosystem, count]) => `${ecosystem} ${count}`),
    ECOSYSTEMS_NAMED,
  );
  return `it would close ${silent} of ${counted(open, 'open finding')} without a word of them (${named.join(', ')})`;
}
