import { createHash } from 'node:crypto';
import { CHECK_VERSIONS } from '../check/listed-checks.ts';
import { COVERAGE } from '../cover/coverage.ts';
import { WANTED_VERSION } from '../image/wanted-files.ts';
import type { Versioned } from './extractor.ts';
import { EXTRACTORS } from './extractors.ts';
import { OS_RELEASE } from './os-release/read-os-release.ts';
import { PYTHON_ENVIRONMENTS } from './python-environment/find-python-environments.ts';
import { RUNTIME_READERS } from './runtime/find-runtimes.ts';

/** Raised when laying layers over each other, or putting an inventory together, gives another result. */
const ASSEMBLY: Versioned = { name: 'inventory', version: 2 };

/** All that decides what an inventory says of the same image; part of its key. */
export const EXTRACTORS_FINGERPRINT = fingerprintOf([
  ASSEMBLY,
  { name: 'capture', version: WANTED_VERSION },
  OS_RELEASE,
  ...EXTRACTORS,
  ...RUNTIME_READERS,
  PYTHON_ENVIRONMENTS,
  ...CHECK_VERSIONS,
  COVERAGE,
]);

/** Twelve hex digits over names and versions, whatever their order. */
export function fingerprintOf(parts: readonly Versioned[]): string {
  const lines = parts.map(({ name, version }) => `${name}@${version}\n`).sort();
  return createHash('sha256').update(lines.join('')).digest('hex').slice(0, 12);
}
