import { MalformedObjectError } from '../object/json-object.ts';
import type { BlockRef } from './block.ts';
import type { AdvisoryEntry, Component, LookupKey, RangeEvent } from './entry.ts';
import { SEVERITIES, type Severity } from './severity.ts';
import { STATUSES } from './status.ts';

/** Format of a snapshot's index object. */
export const SNAPSHOT_FORMAT = 'snapshot/3';

/** Format of its lines, which is part of its id: how they are compressed is not. */
export const LINES_FORMAT = 'snapshot/2';

/**
 * Lines of before lack only what is optional, and a block says itself how it is compressed: the
 * nights of before an upgrade must stay readable, or nothing could tell its own differences from news.
 */
export const OLDER_SNAPSHOT_FORMATS: readonly string[] = ['snapshot/1', 'snapshot/2'];

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
  /** What most records do not say. */
  more?: {
    /** Place of the status. */
    readonly s?: number;
    /** That it does not hold for sub-packages. */
    readonly o?: 1;
  },
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
 * tab is below every character that these may hold. Its components come last: they
 * explain a match and decide none, and are only read by who asks for them.
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
  const line = `${encodeKey(entry)}\t${entry.record}\t${JSON.stringify(withMore(packed, entry))}`;
  const { components } = entry;
  return components ? `${line}\t${JSON.stringify(components.map(packComponent))}` : line;
}

function withMore(packed: Packed, { status, subpackages }: AdvisoryEntry): Packed {
  if (status === undefined && subpackages === undefined) return packed;
  const more = {
    ...(status !== undefined && { s: STATUSES.indexOf(status) }),
    ...(subpackages === false && { o: 1 as const }),
  };
  const [hash, severity, arch, withdrawn, aliases, upstream, ranges, versions] = packed;
  return [hash, severity, arch, withdrawn, aliases, upstream, ranges, versions, more];
}

/**
 * The reverse of `encodeEntry`, for all lines of one key: `lines` are apart by line feeds.
 *
 * @throws MalformedObjectError
 */
export function decodeLines(
  feed: string,
  lines: string,
  { withComponents = false }: DecodingOptions = {},
): AdvisoryEntry[] {
  const entries: AdvisoryEntry[] = [];
  const key = keyOfLine(lines);
  const [ecosystem = '', name = ''] = key.split('\t');
  const start = key.length + 1;
  for (let at = 0; at < lines.length; ) {
    const feedAt = lines.indexOf('\n', at);
    const end = feedAt < 0 ? lines.length : feedAt;
    const record = lines.indexOf('\t', at + start);
    const last = lines.indexOf('\t', record + 1);
    const hasMore = last >= 0 && last < end;
    const entry = decodeUnder(
      { feed, ecosystem, name },
      lines.slice(at + start, record),
      lines.slice(record + 1, hasMore ? last : end),
    );
    entries.push(
      withComponents && hasMore
        ? { ...entry, components: readComponents(lines.slice(last + 1, end)) }
        : entry,
    );
    at = end + 1;
  }
  return entries;
}

/** What of entries is read. */
export interface DecodingOptions {
  /** Which components they are about too: to explain a match, not to make one. */
  readonly withComponents?: boolean;
}

function decodeUnder(
  { feed, ecosystem, name }: Pick<AdvisoryEntry, 'feed' | 'ecosystem' | 'name'>,
  record: string,
  json: string,
): AdvisoryEntry {
  const [hash, severity, arch, withdrawn, aliases, upstream, ranges, versions, more] =
    readJson<Packed>(json);
  const entry: AdvisoryEntry = {
    feed,
    ecosystem,
    name,
    record,
    hash,
    aliases,
    upstream,
    withdrawn,
    severity: severityAt(severity),
    arch,
    ranges: ranges.map((events) => events.map(decodeEvent)),
    versions,
  };
  return more ? { ...entry, ...decodeMore(more) } : entry;
}

function decodeMore({ s, o }: NonNullable<Packed[8]>): Partial<AdvisoryEntry> {
  const status = s === undefined ? undefined : STATUSES[s];
  if (s !== undefined && !status) throw new MalformedObjectError(`no status ${s} in a snapshot`);
  return {
    ...(status && { status }),
    ...(o === 1 && { subpackages: false }),
  };
}

function packComponent({ name, version, type, location, status }: Component): string[] {
  return [name, version, type, location, status];
}

function readComponents(json: string): Component[] {
  return readJson<string[][]>(json).map(
    ([name = '', version = '', type = '', location = '', status = '']) => {
      return { name, version, type, location, status };
    },
  );
}

/** What entries are found by: the beginning of their lines. */
export function encodeKey({ ecosystem, name }: LookupKey): string {
  return `${ecosystem}\t${name}`;
}

/** The key that a line begins with. */
export function keyOfLine(line: string): string {
  return line.slice(0, line.indexOf('\t', line.indexOf('\t') + 1));
}

function readJson<Value>(json: string): Value {
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

/** Nearly every range begins so: one for all. */
const FROM_THE_FIRST: RangeEvent = ['introduced', '0'];

function decodeEvent(text: string): RangeEvent {
  if (text === 'i0') return FROM_THE_FIRST;
  const kind = EVENT_KINDS.get(text.charAt(0));
  if (!kind) throw new MalformedObjectError(`no event ${JSON.stringify(text)} in a snapshot`);
  return [kind, text.slice(1)];
}
