import { MalformedObjectError } from '../object/json-object.ts';
import { type BlockRef, detach } from './block.ts';
import type { AdvisoryEntry, LookupKey, RangeEvent } from './entry.ts';
import { SEVERITIES, type Severity } from './severity.ts';

/** Format of a snapshot's index object. */
export const SNAPSHOT_FORMAT = 'snapshot/1';

/** The sparse index of a snapshot: small, read whole; the blocks are read in ranges. */
export interface SnapshotIndex {
  readonly feed: string;
  /** Hash of the sorted contents. */
  readonly id: string;
  /** Distinct records. */
  readonly records: number;
  /** Ecosystems that its records speak of, sorted: of others its silence says nothing. */
  readonly ecosystems: readonly string[];
  /** Key of the object that holds all blocks. */
  readonly blocks: string;
  /** Blocks of entries, by (ecosystem, name). */
  readonly entries: readonly BlockRef[];
  /** Blocks of record ids. */
  readonly ids: readonly BlockRef[];
}

/** An entry as a line holds it, after its key and record. */
type Packed = readonly [
  hash: string,
  severity: number,
  arch: string | null,
  withdrawn: string | null,
  aliases: readonly string[],
  upstream: readonly string[],
  ranges: readonly (readonly string[])[],
  versions: readonly string[],
];

const EVENT_LETTERS = {
  introduced: 'i',
  fixed: 'f',
  last_affected: 'a',
  limit: 'l',
} as const;

const EVENT_KINDS: ReadonlyMap<string, RangeEvent[0]> = new Map([
  ['i', 'introduced'],
  ['f', 'fixed'],
  ['a', 'last_affected'],
  ['l', 'limit'],
]);

/**
 * An entry as one line, without its feed. Lines sort by (ecosystem, name, record): the
 * tab is below every character that these may hold.
 */
export function encodeEntry(entry: AdvisoryEntry): string {
  const packed: Packed = [
    entry.hash,
    SEVERITIES.indexOf(entry.severity),
    entry.arch,
    entry.withdrawn,
    entry.aliases,
    entry.upstream,
    entry.ranges.map((events) => events.map(([kind, version]) => EVENT_LETTERS[kind] + version)),
    entry.versions,
  ];
  return `${encodeKey(entry)}\t${entry.record}\t${JSON.stringify(packed)}`;
}

/** The reverse of `encodeEntry`. @throws MalformedObjectError */
export function decodeEntry(feed: string, line: string): AdvisoryEntry {
  const [ecosystem = '', name = '', record = '', json = ''] = line.split('\t');
  const [hash, severity, arch, withdrawn, aliases, upstream, ranges, versions] = readPacked(json);
  return {
    feed,
    ecosystem: detach(ecosystem),
    name: detach(name),
    record: detach(record),
    hash,
    aliases,
    upstream,
    withdrawn,
    severity: severityAt(severity),
    arch,
    ranges: ranges.map((events) => events.map(decodeEvent)),
    versions,
  };
}

/** What entries are found by: the beginning of their lines. */
export function encodeKey({ ecosystem, name }: LookupKey): string {
  return `${ecosystem}\t${name}`;
}

/** The key that a line begins with. */
export function keyOfLine(line: string): string {
  return line.slice(0, line.indexOf('\t', line.indexOf('\t') + 1));
}

function readPacked(json: string): Packed {
  try {
    // We wrote it: the format of the index vouches for the type.
    return JSON.parse(json);
  } catch (cause) {
    throw new MalformedObjectError('broken line in a snapshot', { cause });
  }
}

function severityAt(index: number): Severity {
  const severity = SEVERITIES[index];
  if (!severity) throw new MalformedObjectError(`no severity ${index} in a snapshot`);
  return severity;
}

function decodeEvent(text: string): RangeEvent {
  const kind = EVENT_KINDS.get(text.charAt(0));
  if (!kind) throw new MalformedObjectError(`no event ${JSON.stringify(text)} in a snapshot`);
  return [kind, text.slice(1)];
}
