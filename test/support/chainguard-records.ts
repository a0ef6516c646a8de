import { compileRecord } from '../../core/advisory/compile-record.ts';
import type { AdvisoryEntry } from '../../core/advisory/entry.ts';
import { parseOsvRecord } from '../../core/advisory/osv.ts';

/** One record as Chainguard publishes it (v3): one package, architecture, component and vulnerability. */
export interface CgaRecord {
  readonly id?: string;
  readonly package?: string;
  readonly ecosystem?: 'Wolfi' | 'Chainguard';
  readonly upstream?: readonly string[];
  /** Of the purl; `null` leaves it out. */
  readonly arch?: string | null;
  /** Of the `fixed` event: `0` is not affected, `null` still open. */
  readonly fixed?: string | null;
  /** `latest_event_status`; by default what goes with `fixed`. */
  readonly status?: string;
  readonly component?: { readonly name: string; readonly type: string; readonly location: string };
  readonly subpackages?: boolean;
  readonly withdrawn?: string;
}

/** A made-up record in that shape. */
export function aCgaRecord({
  id = 'CGA-2222-2222-2222',
  package: name = 'tool',
  ecosystem = 'Wolfi',
  upstream = ['CVE-2026-9000001', 'GHSA-2222-2222-2222'],
  arch = 'x86_64',
  fixed = '1.2.0-r3',
  status = statusFor(fixed),
  component = { name, type: 'apk', location: '/.PKGINFO' },
  subpackages,
  withdrawn,
}: CgaRecord = {}): object {
  const qualifier = arch === null ? '' : `?arch=${arch}`;
  return {
    id,
    modified: '2026-11-01T00:00:00Z',
    ...(withdrawn && { withdrawn }),
    upstream,
    affected: [
      {
        package: {
          ecosystem,
          name,
          purl: `pkg:apk/${ecosystem.toLowerCase()}/${name}${qualifier}`,
        },
        ranges: [
          { type: 'ECOSYSTEM', events: [{ introduced: '0' }, ...(fixed ? [{ fixed }] : [])] },
        ],
        ecosystem_specific: {
          components: [
            {
              component_location: component.location,
              component_name: component.name,
              component_type: component.type,
              component_version: '1.1.0',
              latest_event_status: status,
              latest_event_timestamp: '2026-11-01T00:00:00Z',
            },
          ],
        },
        database_specific: {
          ...(subpackages !== undefined && {
            chainguard: { applies_to_subpackages: subpackages },
          }),
        },
      },
    ],
  };
}

/** Entries as a snapshot of these records would have them. */
export function compileAll(records: readonly object[], feed = 'chainguard'): AdvisoryEntry[] {
  return records.flatMap((record) => compileRecord(feed, parseOsvRecord(record)));
}

function statusFor(fixed: string | null): string {
  if (fixed === null) return 'detection';
  return fixed === '0' ? 'false_positive_determination' : 'fixed';
}
