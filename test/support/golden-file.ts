import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const REFERENCE_DATA = process.env.TIDEWATCH_REFERENCE_DATA ?? '../shared';

/** Whether the reference data is there; where it is, a file missing from it fails the test. */
export const HAS_REFERENCE_DATA = existsSync(REFERENCE_DATA);

/** The bytes of one file of the reference data's `golden` folder. */
export function goldenFile(path: string): Uint8Array {
  return readFileSync(join(REFERENCE_DATA, 'golden', path));
}
