import type { Problem } from '../../../image/capture.ts';
import type { FileTree } from '../../../image/file-tree.ts';
import { readText } from '../../read-text.ts';
import { quote } from '../../token.ts';
import { type Evidence, type Gathered, type RuntimeInput, readVariable } from '../evidence.ts';
import { type PackageRules, packageEvidence } from '../package-evidence.ts';
import { parseJavaVersion } from './parse-java-version.ts';

const RANKS = { release: 0, packages: 1, library: 2, env: 3 };

const PACKAGES: PackageRules = {
  rank: RANKS.packages,
  title: 'Java',
  rules: [
    {
      type: 'apk',
      name: /^(?:openjdk|corretto|temurin)-?\d+(?:-(?:jre|jdk)(?:-base|-headless)?)?$/,
    },
    { type: 'deb', name: /^openjdk-\d+-(?:jre|jdk)(?:-headless|-zero)?$/ },
    {
      type: 'deb',
      name: /^(?:temurin-\d+-(?:jre|jdk)|java-\d+-amazon-corretto-jdk|msopenjdk-\d+)$/,
    },
    {
      type: 'rpm',
      name: /^java-(?:\d+|1\.\d\.0|latest)-(?:openjdk|amazon-corretto)(?:-headless|-devel|-jdk)?$/,
    },
    { type: 'rpm', name: /^(?:temurin-\d+-(?:jre|jdk)|msopenjdk-\d+)$/ },
  ],
  versionOf: (text) => parseJavaVersion(text),
  homeOf: () => null,
};

/** Only below a folder that Java is at home in is a file of this name wanted at all. */
const RELEASE = /^(?<prefix>.+)\/release$/;
const LIBRARY = /^(?<prefix>.+?)\/(?:jre\/)?lib\/(?:[\w.]+\/)?server\/libjvm\.so$/;

/** All that speaks of an image's Java: the release file of its home, packages, its virtual machine, the environment. */
export function javaEvidence({ tree, packages, config }: RuntimeInput): Gathered {
  const named = packageEvidence(packages, PACKAGES);
  const evidence: Evidence[] = [...named.evidence];
  const problems: Problem[] = [...named.problems];
  for (const { path, type } of tree.entries()) {
    if (type !== 'file') continue;
    if (path.endsWith('/release')) evidence.push(...releaseEvidence(tree, path));
    else if (path.endsWith('/libjvm.so')) evidence.push(...libraryEvidence(path));
  }
  return { evidence: [...evidence, ...variableEvidence(config.env)], problems };
}

/** `release` of a JAVA_HOME: `JAVA_VERSION="21.0.5"`. Any other file of this name says nothing of Java. */
function releaseEvidence(tree: FileTree, path: string): Evidence[] {
  const home = RELEASE.exec(path)?.groups?.prefix;
  const file = readText(tree, path);
  if (home === undefined || file.kind !== 'text') return [];
  const { JAVA_VERSION: said, IMPLEMENTOR: maker } = readSettings(file.text);
  const version = said === undefined ? undefined : parseJavaVersion(said);
  if (said === undefined || version === undefined) return [];
  const by = maker ? ` of ${quote(maker)}` : '';
  const text = `release file: ${version}${by} (${path})`;
  return [
    { kind: 'file', home, rank: RANKS.release, name: 'the release file', text, path, version },
  ];
}

function readSettings(text: string): Readonly<Record<string, string | undefined>> {
  const lines = text.matchAll(
    /^(?<key>JAVA_VERSION|IMPLEMENTOR)="?(?<value>[^"\r\n]{1,100})"?\s*$/gm,
  );
  return Object.fromEntries([...lines].map(({ groups = {} }) => [groups.key ?? '', groups.value]));
}

/** Without its release file the machine is there, its version is not told. */
function libraryEvidence(path: string): Evidence[] {
  const home = LIBRARY.exec(path)?.groups?.prefix;
  if (home === undefined) return [];
  const text = `virtual machine (${path})`;
  return [
    { kind: 'file', home, rank: RANKS.library, name: 'libjvm.so', text, path, version: null },
  ];
}

function variableEvidence(env: readonly string[]): Evidence[] {
  const said = readVariable(env, 'JAVA_VERSION');
  const version = said === undefined ? undefined : parseJavaVersion(said.replace(/^jdk-?/, ''));
  if (said === undefined || version === undefined) return [];
  const text = `ENV JAVA_VERSION=${quote(said)}`;
  const about = { kind: 'env', home: null, path: 'config.Env' } as const;
  return [{ ...about, rank: RANKS.env, name: 'ENV JAVA_VERSION', text, version }];
}
