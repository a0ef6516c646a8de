import type { OsvAffected, OsvRecord } from './osv.ts';

/**
 * What the publisher of an advisory says is going on, the strongest first: where several
 * records are open, this is the order in which one speaks for all
 * (https://github.com/aquasecurity/trivy-db/pull/686).
 */
export const STATUSES = [
  /** Somebody has looked, and it is so; also what stands for a word that we do not know. */
  'affected',
  'pending-upstream',
  'fix-not-planned',
  'analysis-not-planned',
  'under-investigation',
  /** The distribution's release gets no more fixes (Debian's `end-of-life`). */
  'end-of-life',
  /** Its publisher sees no danger (Debian's `unimportant`). */
  'unimportant',
  /** No vulnerability but news of the package (RUSTSEC: unmaintained, a notice). */
  'informational',
] as const;

/** Status of one record. */
export type RecordStatus = (typeof STATUSES)[number];

/** Status of a finding; `affected` says nothing that the finding does not. */
export type FindingStatus = Exclude<RecordStatus, 'affected'>;

/** Chainguard's `latest_event_status`, and what each means for a record without a fix. */
const CHAINGUARD: ReadonlyMap<string, RecordStatus | undefined> = new Map([
  ['true_positive_determination', 'affected'],
  ['pending_upstream_fix', 'pending-upstream'],
  ['fix_not_planned', 'fix-not-planned'],
  ['analysis_not_planned', 'analysis-not-planned'],
  ['detection', 'under-investigation'],
  // Of one component; the range says what it means for the record.
  ['fixed', undefined],
  ['false_positive_determination', undefined],
  ['not_affected', undefined],
]);

/** Debian's `urgency` (https://security-tracker.debian.org/tracker/data/json), where it is no severity. */
const DEBIAN: ReadonlyMap<string, RecordStatus> = new Map([
  ['end-of-life', 'end-of-life'],
  ['unimportant', 'unimportant'],
]);

/** RUSTSEC's kinds that are no vulnerability; `unsound` is one (https://github.com/rustsec/advisory-db). */
const INFORMATIONAL: ReadonlySet<unknown> = new Set(['unmaintained', 'notice']);

/**
 * What an `affected` says besides its versions; `undefined` for nothing. `words` are those
 * of its components, which count while it is open.
 */
export function statusOf(
  record: OsvRecord,
  affected: OsvAffected,
  { isOpen, words }: { readonly isOpen: boolean; readonly words: readonly string[] },
): RecordStatus | undefined {
  if (isOpen && words.length > 0) {
    const said = words.map((word) => (CHAINGUARD.has(word) ? CHAINGUARD.get(word) : 'affected'));
    const status = strongest(said);
    if (status !== undefined) return status;
  }
  const { ecosystem_specific: ecosystem, database_specific: database } = affected;
  if (isInformational(database) || isInformational(ecosystem)) return 'informational';
  if (isInformational(record.database_specific)) return 'informational';
  const urgency = fieldOf(ecosystem, 'urgency') ?? fieldOf(database, 'urgency');
  // Debian marks an urgency that nobody has confirmed: `unimportant**`.
  return typeof urgency === 'string' ? DEBIAN.get(urgency.replace(/\*+$/, '')) : undefined;
}

function isInformational(specific: unknown): boolean {
  return INFORMATIONAL.has(fieldOf(specific, 'informational'));
}

/** A field of something that nobody has checked; `undefined` when there is none. */
export function fieldOf(specific: unknown, field: string): unknown {
  if (typeof specific !== 'object' || specific === null) return undefined;
  return (specific as Readonly<Record<string, unknown>>)[field];
}

/** Of several records the strongest status speaks for all; `undefined` when none has one. */
export function strongest(
  statuses: readonly (RecordStatus | undefined)[],
): RecordStatus | undefined {
  return STATUSES.find((status) => statuses.includes(status));
}
