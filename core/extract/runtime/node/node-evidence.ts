import type { Problem } from '../../../image/capture.ts';
import type { FileTree } from '../../../image/file-tree.ts';
import { readText } from '../../read-text.ts';
import { quote } from '../../token.ts';
import { type Evidence, type Gathered, type RuntimeInput, readVariable } from '../evidence.ts';
import { type PackageRules, packageEvidence, upstreamVersion } from '../package-evidence.ts';

const RANKS = { header: 0, packages: 1, bytes: 2, npm: 3, env: 4 };

const PACKAGES: PackageRules = {
  rank: RANKS.packages,
  title: 'Node.js',
  rules: [
    // Wolfi and Chainguard number them, Alpine has `-current` and `-lts` beside the plain one.
    { type: 'apk', name: /^nodejs(?:-\d+|-current|-lts)?$/ },
    { type: 'deb', name: /^nodejs$/ },
    { type: 'deb', name: /^libnode\d+$/ },
    { type: 'rpm', name: /^nodejs(?:-?\d+)?$/ },
    { type: 'rpm', name: /^nodejs(?:-?\d+)?-libs$/ },
  ],
  versionOf: (text) => upstreamVersion(text),
  homeOf: () => 'usr',
};

/** `usr/local/bin/node`, distroless' `nodejs/bin/node`, Amazon's `usr/bin/node-22`. */
const PROGRAM = /^(?<prefix>(?:.+\/)?)bin\/node(?:js|-\d{1,2})?$/;
const HEADER = /^(?<prefix>(?:.+\/)?)include\/(?:node|nodejs)\/(?:src\/)?node_version\.h$/;
const NPM = /^(?<prefix>(?:.+\/)?)lib\/node_modules\/npm\/package\.json$/;

/** All that speaks of an image's Node.js: the header of its version, packages, the program's bytes, npm, the environment. */
export function nodeEvidence({ tree, packages, config }: RuntimeInput): Gathered {
  const named = packageEvidence(packages, PACKAGES);
  const evidence: Evidence[] = [...named.evidence];
  const problems: Problem[] = [...named.problems];
  for (const { path, type } of tree.entries()) {
    if (type !== 'file' || !path.includes('node')) continue;
    const found = programEvidence(tree, path) ?? headerEvidence(tree, path) ?? npmEvidence(path);
    if (found && 'reason' in found) problems.push(found);
    else if (found) evidence.push(found);
  }
  return { evidence: [...evidence, ...variableEvidence(config.env)], problems };
}

/** A program that is no ELF file has the name only. */
function programEvidence(tree: FileTree, path: string): Evidence | undefined {
  const found = PROGRAM.exec(path)?.groups;
  const elf = found && tree.facts(path)?.elf;
  if (!found || !elf) return undefined;
  const texts = elf.versionTexts ?? [];
  const version = texts.length === 1 ? (texts[0] ?? null) : null;
  const text = `program${version ? ` of ${version}` : ''} (${path})`;
  return aFile(found, path, { rank: RANKS.bytes, name: 'the program', text, version });
}

/** `node_version.h` numbers each part; it stays where the program's own headers lie. */
function headerEvidence(tree: FileTree, path: string): Evidence | Problem | undefined {
  const found = HEADER.exec(path)?.groups;
  if (!found) return undefined;
  const file = readText(tree, path);
  if (file.kind === 'unreadable') return file.problem;
  const text = file.kind === 'text' ? file.text : '';
  const parts = ['MAJOR', 'MINOR', 'PATCH'].map(
    (part) => new RegExp(`^#define NODE_${part}_VERSION (\\d{1,3})\\s*$`, 'm').exec(text)?.[1],
  );
  if (parts.includes(undefined)) return { path, reason: 'no version of Node.js' };
  const version = parts.join('.');
  return aFile(found, path, {
    rank: RANKS.header,
    name: 'node_version.h',
    text: `header: ${version} (${path})`,
    version,
  });
}

function npmEvidence(path: string): Evidence | undefined {
  const found = NPM.exec(path)?.groups;
  if (!found) return undefined;
  return aFile(found, path, { rank: RANKS.npm, name: 'npm', text: `npm (${path})`, version: null });
}

function aFile(
  { prefix = '' }: Readonly<Record<string, string | undefined>>,
  path: string,
  said: Pick<Evidence, 'rank' | 'name' | 'text' | 'version'>,
): Evidence {
  return { kind: 'file', home: prefix.replace(/\/$/, ''), path, ...said };
}

function variableEvidence(env: readonly string[]): Evidence[] {
  const said = readVariable(env, 'NODE_VERSION')?.replace(/^v/, '');
  const version = said === undefined ? undefined : upstreamVersion(said);
  if (said === undefined || version === undefined) return [];
  const text = `ENV NODE_VERSION=${quote(said)}`;
  const about = { kind: 'env', home: null, path: 'config.Env' } as const;
  return [{ ...about, rank: RANKS.env, name: 'ENV NODE_VERSION', text, version }];
}
