import { readFileSync, writeFileSync } from 'node:fs';
import { createFolderObjectStore } from '../../adapters/local/folder-object-store.ts';
import { HOSTILE_CASES } from './hostile-cases.ts';
import { readImage } from './read-image.ts';

/** What the program below says of one image, a line of JSON. */
export interface HostileLine {
  readonly name: string;
  readonly kind: 'read' | 'refused' | 'crashed';
  /** Of an image that is read: its packages, and what is wrong with it. */
  readonly packages?: number;
  readonly problems?: readonly { readonly path: string; readonly reason: string }[];
  /** Of one that is refused, or at which we broke. */
  readonly error?: string;
  /** Of the processors, all threads together. */
  readonly seconds: number;
  /** Largest resident set while it was read, bytes: Node itself and the code included. */
  readonly peak: number;
}

/** Resident bytes that are left behind after images, and would be taken for the next one's: another process goes on. */
const ENOUGH = 256 * 1024 * 1024;

// node --expose-gc read-hostile.ts FOLDER NAME...: reads images with a store in a folder, as many as it can measure.
const [, , folder = '', ...names] = process.argv;
for (const name of names) {
  globalThis.gc?.();
  if (name !== names[0] && process.memoryUsage().rss > ENOUGH) break;
  const layers = await HOSTILE_CASES[name]?.();
  forgetPeak();
  const start = process.cpuUsage();
  const outcome = await read(layers ?? []);
  const line: HostileLine = {
    name,
    ...outcome,
    seconds: processorTime(start),
    peak: peak(),
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

async function read(
  layers: Parameters<typeof readImage>[0],
): Promise<Pick<HostileLine, 'kind' | 'packages' | 'problems' | 'error'>> {
  try {
    const reading = await readImage(layers, createFolderObjectStore({ folder }));
    if (reading.kind === 'refused') {
      return { kind: 'refused', error: `${reading.error}: ${reading.message}` };
    }
    const { packages, problems } = reading.inventory;
    return { kind: 'read', packages: packages.length, problems };
  } catch (error) {
    return { kind: 'crashed', error: error instanceof Error ? `${error.stack}` : String(error) };
  }
}

/** Lets the kernel begin anew with the largest resident set (proc_pid_clear_refs(5)). */
function forgetPeak(): void {
  globalThis.gc?.();
  writeFileSync('/proc/self/clear_refs', '5');
}

function peak(): number {
  const [, kilobytes = ''] =
    /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  return Number(kilobytes) * 1024;
}

function processorTime(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6;
}
