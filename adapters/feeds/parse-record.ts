import { UnreadableRecord } from '../../core/advisory/osv.ts';

/** One record at most (bytes); the largest real ones have some hundred kilobytes. */
export const RECORD_LIMIT = 16 * 1024 * 1024;

/** One for all: making it costs more than most records. */
const decoder = new TextDecoder('utf-8', { fatal: true });

/** A record's bytes as JSON; `UnreadableRecord` when they are none. */
export function parseRecord(path: string, bytes: Uint8Array): unknown {
  try {
    return JSON.parse(decoder.decode(bytes));
  } catch (error) {
    return new UnreadableRecord(path, `not JSON: ${messageOf(error)}`);
  }
}

/** Stands for a record above `RECORD_LIMIT`. */
export function tooLarge(path: string): UnreadableRecord {
  return new UnreadableRecord(path, `larger than ${RECORD_LIMIT} bytes`);
}

/** What an error says. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
