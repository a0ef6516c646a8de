import { quote } from '../token.ts';
import type { InstalledRpm } from './read-record.ts';

const NOTHING = '(none)';

/**
 * Reads `container-manifest-2`, which Azure Linux' distroless images have in the place of a database: a
 * line a package, as `rpm --queryformat` wrote it: name, version-release, times of installation and build, vendor,
 * epoch, size, architecture, epoch as a number, source. It lists no files, so that nobody is their owner.
 */
export function parseManifest(text: string): {
  readonly records: readonly InstalledRpm[];
  readonly problems: readonly string[];
} {
  const records: InstalledRpm[] = [];
  const problems: string[] = [];
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
    if (line === '') continue;
    const record = parseLine(line);
    if (record) records.push(record);
    else problems.push(`line ${index + 1} is no package: ${quote(line)}`);
  }
  if (records.length + problems.length === 0) problems.push('a list without any package');
  return { records, problems };
}

function parseLine(line: string): InstalledRpm | undefined {
  const fields = line.split('\t');
  const [name = '', version = '', , , , epoch = '', , arch = '', epochNumber = '', source = ''] =
    fields;
  const number = epoch === NOTHING ? epochNumber : epoch;
  if (fields.length !== 10 || name === '' || !version.includes('-')) return undefined;
  if (!/^\d{1,10}$/.test(number)) return undefined;
  return { name, version, epoch: Number(number), arch, sourceRpm: source, files: [] };
}
