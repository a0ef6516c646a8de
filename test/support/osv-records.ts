import { compileRecord } from '../../core/advisory/compile-record.ts';
import type { AdvisoryEntry } from '../../core/advisory/entry.ts';
import { parseOsvRecord } from '../../core/advisory/osv.ts';
import type { Package } from '../../core/inventory/inventory.ts';
import { lookupIn } from './advisory-builders.ts';
import { matchPackages } from './match-packages.ts';

/** One `affected` of a made-up record: `name` of an ecosystem, and the events of its only range. */
export interface MadeUpAffected {
  readonly ecosystem?: string;
  readonly name?: string;
  readonly purl?: string;
  /** `introduced 0` before them, unless one of them is an `introduced`. */
  readonly events?: readonly Readonly<Record<string, string>>[];
  readonly ranges?: readonly object[];
  readonly versions?: readonly string[];
  readonly [more: string]: unknown;
}

/** A made-up OSV record; `affected` as `MadeUpAffected` has it. */
export function anOsvRecord(
  id: string,
  affected: MadeUpAffected | readonly MadeUpAffected[],
  more: Readonly<Record<string, unknown>> = {},
): object {
  const list: readonly MadeUpAffected[] = Array.isArray(affected) ? affected : [affected];
  return { id, modified: '2026-11-01T00:00:00Z', affected: list.map(affectedOf), ...more };
}

function affectedOf({ ecosystem = 'Wolfi', name = 'zlib', purl, events, ...more }: MadeUpAffected) {
  const begins = events?.some((event) => 'introduced' in event);
  return {
    package: { ecosystem, name, ...(purl && { purl }) },
    ...(events && {
      ranges: [{ type: 'ECOSYSTEM', events: begins ? events : [{ introduced: '0' }, ...events] }],
    }),
    ...more,
  };
}

/** The entries of records, as a snapshot would hold them. */
export function entriesOf(records: readonly object[], feed = 'feed'): AdvisoryEntry[] {
  return records.flatMap((record) => compileRecord(feed, parseOsvRecord(record)));
}

/** What records say of the packages of one image. */
export function matchRecords(packages: readonly Package[], records: readonly object[]) {
  return matchPackages(packages, lookupIn(entriesOf(records)), '2026-11-22T02:00:00Z');
}
