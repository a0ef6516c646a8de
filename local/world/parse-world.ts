import { gunzipSync } from 'node:zlib';
import * as z from 'zod';
import { checkWorld } from './check-world.ts';
import { describeIssue } from './describe-issue.ts';
import { InvalidWorldError } from './invalid-world-error.ts';
import { WorldEvent } from './world-event.ts';

/** Unpacked bytes; above this a world is refused rather than read. */
const WORLD_LIMIT = 1024 * 1024 * 1024;

const LINE_FEED = 0x0a;

/**
 * Reads a world file: newline-delimited JSON, gzipped or not, one event a line. Event
 * `n` of the result stood on line `n + 1`.
 *
 * @throws InvalidWorldError naming the first line that is wrong
 */
export function parseWorld(bytes: Uint8Array): WorldEvent[] {
  const events = [...splitLines(unpack(bytes))].map((line, index) => parseEvent(line, index + 1));
  if (events.length === 0) throw new InvalidWorldError(1, 'no event');
  checkWorld(events);
  return events;
}

function unpack(bytes: Uint8Array): Uint8Array {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: WORLD_LIMIT });
  } catch (cause) {
    throw new InvalidWorldError(1, 'unreadable gzip data', { cause });
  }
}

function* splitLines(bytes: Uint8Array): Generator<Uint8Array> {
  let start = 0;
  while (start < bytes.length) {
    const found = bytes.indexOf(LINE_FEED, start);
    const end = found < 0 ? bytes.length : found;
    yield bytes.subarray(start, end);
    start = end + 1;
  }
}

function parseEvent(bytes: Uint8Array, line: number): WorldEvent {
  const json = parseJson(bytes, line);
  const doing = z.looseObject({ do: z.string() }).safeParse(json).data?.do;
  const result = WorldEvent.safeParse(json, { reportInput: true });
  if (!result.success) {
    const [issue] = result.error.issues;
    if (issue?.path.join() === 'do') {
      throw new InvalidWorldError(line, `do: no such event: ${JSON.stringify(doing)}`);
    }
    throw new InvalidWorldError(line, issue ? describeIssue(issue) : 'not an event');
  }
  return result.data;
}

function parseJson(bytes: Uint8Array, line: number): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new InvalidWorldError(line, 'not JSON', { cause });
  }
}
