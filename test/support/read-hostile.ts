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
  readonly seconds: number;
  /** Largest resident set so far, bytes. */
  readonly peak: number;
}

// node read-hostile.ts FOLDER NAME...: reads images with a store in a folder.
const [, , folder = '', ...names] = process.argv;
for (const name of names) {
  const layers = await HOSTILE_CASES[name]?.();
  const start = performance.now();
  const outcome = await read(layers ?? []);
  const line: HostileLine = {
    name,
    ...outcome,
    seconds: (performance.now() - start) / 1000,
    peak: process.resourceUsage().maxRSS * 1024,
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
