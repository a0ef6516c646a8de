import * as z from 'zod';
import { isPlainRecord, isTime } from './is-plain-record.ts';

/** An advisory that is no OSV record, or one we cannot trust to have read. */
export class MalformedAdvisoryError extends Error {
  override readonly name = 'MalformedAdvisoryError';
}

/** Stands in a feed for a record whose bytes could not be read. */
export class UnreadableRecord {
  /** File, archive member or line it came from. */
  readonly path: string;
  readonly reason: string;

  constructor(path: string, reason: string) {
    this.path = path;
    this.reason = reason;
  }
}

/** Stands in a feed for what is none of its advisories, such as an update that only mends bugs: it is counted by its kind. */
export class PassedOver {
  readonly kind: string;

  constructor(kind: string) {
    this.kind = kind;
  }
}

/** A text that may stand in a key or in a line: not blank, no control characters, no half of a pair. */
const Line = z.string().regex(/^(?=.*\S)[^\p{Cc}\p{Cs}]+$/u);

const Time = z.string().refine(isTime, { error: 'not an RFC 3339 time' });

const EVENT_KINDS = ['introduced', 'fixed', 'last_affected', 'limit'] as const;

const Event = z
  .object({
    introduced: z.string().optional(),
    fixed: z.string().optional(),
    last_affected: z.string().optional(),
    limit: z.string().optional(),
  })
  // An event that says nothing we know would change the range's meaning unseen.
  .refine((event) => EVENT_KINDS.some((kind) => event[kind] !== undefined), {
    error: 'an event of no known kind',
  });

const Severities = z.array(z.object({ type: z.string(), score: z.string() })).nullish();

const Affected = z.object({
  package: z.object({ ecosystem: Line, name: Line, purl: z.string().nullish() }).nullish(),
  ranges: z.array(z.object({ type: z.string(), events: z.array(Event) })).nullish(),
  versions: z.array(z.string()).nullish(),
  severity: Severities,
  ecosystem_specific: z.unknown().optional(),
  database_specific: z.unknown().optional(),
});

/**
 * An OSV record (https://ossf.github.io/osv-schema/, 1.7.5): what decides or describes a
 * match. Unknown keys are let pass, and so is a missing `modified`, which sorts as the oldest.
 */
export const OsvRecord = z.object({
  id: Line,
  modified: Time.nullish(),
  withdrawn: Time.nullish(),
  aliases: z.array(Line).nullish(),
  upstream: z.array(Line).nullish(),
  related: z.array(Line).nullish(),
  severity: Severities,
  affected: z.array(Affected).nullish(),
  database_specific: z.unknown().optional(),
});
export type OsvRecord = z.infer<typeof OsvRecord>;
export type OsvAffected = z.infer<typeof Affected>;
export type OsvEvent = z.infer<typeof Event>;
export type OsvSeverities = z.infer<typeof Severities>;

/** @throws MalformedAdvisoryError that names the record's id, when it has one */
export function parseOsvRecord(json: unknown): OsvRecord {
  if (isPlainRecord(json)) return json;
  const result = OsvRecord.safeParse(json);
  if (!result.success) {
    const issues = result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    throw new MalformedAdvisoryError(`malformed advisory ${idOf(json)}: ${issues.join('; ')}`);
  }
  return result.data;
}

/** The kinds and versions that events state; those of one event in the schema's order. */
export function readEvents(
  events: readonly OsvEvent[],
): [kind: (typeof EVENT_KINDS)[number], version: string][] {
  const read: [kind: (typeof EVENT_KINDS)[number], version: string][] = [];
  for (const event of events) {
    for (const kind of EVENT_KINDS) {
      const version = event[kind];
      if (version !== undefined) read.push([kind, version]);
    }
  }
  return read;
}

function idOf(json: unknown): string {
  const id = typeof json === 'object' && json !== null && 'id' in json ? json.id : undefined;
  return typeof id === 'string' ? JSON.stringify(id) : 'without id';
}
