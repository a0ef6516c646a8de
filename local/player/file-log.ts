import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import type { Clock, Log } from '../../actions/ports.ts';

/** A log in a file, one JSON line each, in the clock's time. */
export interface FileLog extends Log {
  close(): Promise<void>;
}

export function openFileLog(path: string, clock: Clock): FileLog {
  const stream = createWriteStream(path);
  const write =
    (level: string) => (message: string, fields?: Readonly<Record<string, unknown>>) => {
      stream.write(`${JSON.stringify({ at: clock.now(), level, message, ...fields })}\n`);
    };
  return {
    info: write('info'),
    warn: write('warn'),
    async close() {
      stream.end();
      await finished(stream);
    },
  };
}
