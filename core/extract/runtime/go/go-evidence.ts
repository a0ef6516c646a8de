import type { Problem } from '../../../image/capture.ts';
import type { FileTree } from '../../../image/file-tree.ts';
import { readText } from '../../read-text.ts';
import { quote } from '../../token.ts';
import { type Evidence, type Gathered, type RuntimeInput, readVariable } from '../evidence.ts';
import { type PackageRules, packageEvidence, upstreamVersion } from '../package-evidence.ts';

const RANKS = { version: 0, packages: 1, program: 2, env: 3 };

const PACKAGES: PackageRules = {
  rank: RANKS.packages,
  title: 'Go',
  rules: [
    { type: 'apk', name: /^go(?:-\d+\.\d+)?$/ },
    { type: 'deb', name: /^golang-\d+\.\d+-go$/ },
    { type: 'rpm', name: /^(?:golang|go\d+\.\d+)$/ },
    { type: 'rpm', name: /^golang-bin$/ },
  ],
  versionOf: (text) => releaseOf(text),
  homeOf: () => null,
};

/** `usr/local/go/VERSION`, Debian's `usr/share/go-1.24/VERSION`, Fedora's `usr/lib/golang/VERSION`. */
const VERSION_FILE = /^(?<prefix>(?:.+\/)?go(?:lang|-?\d[\d.]*)?)\/VERSION$/;
const PROGRAM = /^(?<prefix>(?:.+\/)?go(?:lang|-?\d[\d.]*)?)\/bin\/go$/;

/** All that speaks of a Go toolchain: its VERSION, packages, the build information of `go` itself, the environment. */
export function goEvidence({ tree, packages, config }: RuntimeInput): Gathered {
  const named = packageEvidence(packages, PACKAGES);
  const evidence: Evidence[] = [...named.evidence];
  const problems: Problem[] = [...named.problems];
  for (const { path, type } of tree.entries()) {
    if (type !== 'file') continue;
    if (path.endsWith('/bin/go')) evidence.push(...programEvidence(tree, path));
    if (!path.endsWith('/VERSION')) continue;
    const found = fileEvidence(tree, path);
    if (found && 'reason' in found) problems.push(found);
    else if (found) evidence.push(found);
  }
  return { evidence: [...evidence, ...variableEvidence(config.env)], problems };
}

/** `go1.26.8`, then when it was made. */
function fileEvidence(tree: FileTree, path: string): Evidence | Problem | undefined {
  const home = VERSION_FILE.exec(path)?.groups?.prefix;
  if (home === undefined) return undefined;
  const file = readText(tree, path);
  if (file.kind === 'unreadable') return file.problem;
  const [line = ''] = file.kind === 'text' ? file.text.split('\n', 1) : [];
  const version = line.startsWith('go') ? releaseOf(line.slice(2).trim()) : undefined;
  if (version === undefined) return { path, reason: `no version of Go ${quote(line)}` };
  const text = `VERSION: ${version} (${path})`;
  return { kind: 'file', home, rank: RANKS.version, name: 'VERSION', text, path, version };
}

/** The toolchain is made by itself: the Go that built `go` is the Go that it is. */
function programEvidence(tree: FileTree, path: string): Evidence[] {
  const home = PROGRAM.exec(path)?.groups?.prefix;
  const said = tree.facts(path)?.elf?.go?.version;
  const version = said?.startsWith('go') ? releaseOf(said.slice(2)) : undefined;
  if (home === undefined || version === undefined) return [];
  const text = `program of ${version} (${path})`;
  return [{ kind: 'file', home, rank: RANKS.program, name: 'bin/go', text, path, version }];
}

/** Go left out a last zero before 1.21: `1.20` is `1.20.0`; `1.26rc1` is `1.26.0rc1`. */
function releaseOf(text: string): string | undefined {
  const version = upstreamVersion(text);
  return version?.replace(/^(\d+\.\d+)(?![.\d])/, '$1.0');
}

function variableEvidence(env: readonly string[]): Evidence[] {
  const said = readVariable(env, 'GOLANG_VERSION');
  const version = said === undefined ? undefined : releaseOf(said);
  if (said === undefined || version === undefined) return [];
  const text = `ENV GOLANG_VERSION=${quote(said)}`;
  const about = { kind: 'env', home: null, path: 'config.Env' } as const;
  return [{ ...about, rank: RANKS.env, name: 'ENV GOLANG_VERSION', text, version }];
}
