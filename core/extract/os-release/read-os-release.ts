import type { Problem } from '../../image/capture.ts';
import type { FileTree } from '../../image/file-tree.ts';
import type { Distro } from '../../inventory/inventory.ts';
import { readText } from '../read-text.ts';
import { quote } from '../token.ts';

/** What an image says of its distribution, and in which file. */
export interface OsRelease {
  /** `null` for an image without an OS. */
  readonly distro: Distro | null;
  readonly path: string | null;
  readonly problems: readonly Problem[];
}

/** os-release(5): the first takes precedence over the second. */
const PATHS = ['etc/os-release', 'usr/lib/os-release'];

/** UTF-16 units of a file: those that there are have some hundred. */
const LIMIT = 64 * 1024;

/** Reads os-release(5), links followed. A file that names no distribution is a problem, and the next is read. */
export function readOsRelease(tree: FileTree): OsRelease {
  const problems: Problem[] = [];
  for (const path of PATHS) {
    const file = readText(tree, path);
    if (file.kind === 'unreadable') problems.push(file.problem);
    if (file.kind !== 'text') continue;
    if (file.text.length > LIMIT) {
      const reason = `${file.text.length} characters, limit ${LIMIT}`;
      problems.push({ path: file.path, reason });
      continue;
    }
    const { distro, reasons } = parseOsRelease(file.text);
    for (const reason of reasons) problems.push({ path: file.path, reason });
    if (distro) return { distro, path: file.path, problems };
  }
  return { distro: null, path: null, problems };
}

function parseOsRelease(text: string): {
  readonly distro: Distro | null;
  readonly reasons: readonly string[];
} {
  const { fields, badLines } = parseAssignments(text);
  const reasons = badLines.map((line) => `no assignment: ${quote(line)}`);
  // os-release(5) gives the defaults of ID and NAME.
  const id = fields.get('ID') || 'linux';
  const name = fields.get('NAME') || 'Linux';
  const versionId = fields.get('VERSION_ID') ?? '';
  if (!/^[a-z0-9._-]{1,64}$/.test(id)) {
    return { distro: null, reasons: [...reasons, `malformed ID: ${quote(id)}`] };
  }
  if (!/^[!-~]{0,64}$/.test(versionId)) {
    const reason = `malformed VERSION_ID: ${quote(versionId)}`;
    return { distro: { id, versionId: '', name }, reasons: [...reasons, reason] };
  }
  return { distro: { id, versionId, name }, reasons };
}

function parseAssignments(text: string): {
  readonly fields: ReadonlyMap<string, string>;
  readonly badLines: readonly string[];
} {
  const fields = new Map<string, string>();
  const badLines: string[] = [];
  for (const raw of text.split('\n')) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const { key, value } = /^(?<key>[A-Za-z_]\w*)=(?<value>.*)$/.exec(line)?.groups ?? {};
    const plain = value === undefined ? undefined : unquote(value);
    if (key === undefined || plain === undefined) badLines.push(line);
    // A shell that sources the file sees the last one.
    else fields.set(key, plain);
  }
  return { fields, badLines };
}

/** os-release(5): quotes and backslashes as in the shell, without expansion or concatenation. */
function unquote(value: string): string | undefined {
  const { single, double } =
    /^(?:'(?<single>[^']*)'|"(?<double>(?:[^"\\]|\\.)*)")$/.exec(value)?.groups ?? {};
  if (single !== undefined) return single;
  if (double !== undefined) return double.replaceAll(/\\(["$`\\])/g, '$1');
  return /["']/.test(value) ? undefined : value.replaceAll(/\\(.)/g, '$1');
}
