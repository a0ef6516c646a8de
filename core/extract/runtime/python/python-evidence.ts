import type { Problem } from '../../../image/capture.ts';
import type { FileTree } from '../../../image/file-tree.ts';
import { readText } from '../../read-text.ts';
import { quote } from '../../token.ts';
import {
  type Evidence,
  type Gathered,
  minorOf,
  type RuntimeInput,
  readVariable,
} from '../evidence.ts';
import { type PackageRules, packageEvidence, upstreamVersion } from '../package-evidence.ts';
import {
  listPythonFiles,
  type PythonFile,
  type PythonInstallation,
  pythonHome,
} from './list-python-files.ts';
import { mainRunner } from './main-python.ts';
import { parseBuildDetails } from './parse-build-details.ts';

/** Strongest first; what says a minor alone stands before what says more of it but less surely. */
const RANKS = {
  details: 0,
  packages: 1,
  links: 2,
  stdlib: 3,
  sysconfig: 4,
  bytes: 5,
  header: 6,
  env: 7,
};

const PACKAGES: PackageRules = {
  rank: RANKS.packages,
  title: 'Python',
  rules: [
    // Wolfi and Chainguard: the first brings `usr/bin/python`, the second the interpreter itself.
    { type: 'apk', name: /^python-3\.\d+$/ },
    { type: 'apk', name: /^python-3\.\d+-base$/ },
    // Alpine.
    { type: 'apk', name: /^python3$/ },
    // Debian: `-minimal` holds the interpreter, the others parts of it.
    { type: 'deb', name: /^python3\.\d+-minimal$/ },
    { type: 'deb', name: /^libpython3\.\d+-stdlib$/ },
    { type: 'deb', name: /^python3\.\d+$/ },
    // Fedora's family, Amazon Linux, Azure Linux; RHEL 8 has `python39`.
    { type: 'rpm', name: /^(?:python3|python3\.\d+|python3\d{1,2}|platform-python)$/ },
    { type: 'rpm', name: /^(?:python3|python3\.\d+|python3\d{1,2}|platform-python)-libs$/ },
    // Wolfi's free-threaded builds stand beside the usual one.
    { type: 'apk', name: /^python-3\.\d+t(?:-base)?$/ },
  ],
  versionOf: (text) => upstreamVersion(text),
  homeOf: (version, name) =>
    pythonHome('usr', minorOf(version), /^python-3\.\d+t(?:-base)?$/.test(name)),
};

/** All that speaks of an image's interpreters, in the order of belief (build details, packages, links, folders, bytes, headers, environment). */
export function pythonEvidence(input: RuntimeInput): Gathered {
  const { tree, packages, config } = input;
  const { installations, names } = listPythonFiles(tree);
  const named = packageEvidence(packages, PACKAGES);
  const evidence: Evidence[] = [...named.evidence];
  const problems: Problem[] = [...named.problems];
  for (const installation of installations) {
    for (const file of installation.files) {
      const found = fileEvidence(tree, installation, file);
      if ('reason' in found) problems.push(found);
      else evidence.push(found);
    }
  }
  evidence.push(...names.flatMap((name) => linkEvidence(tree, name) ?? []));
  evidence.push(...variableEvidence(config.env));
  return { evidence, problems, started: mainRunner(input, installations)?.path };
}

function fileEvidence(
  tree: FileTree,
  { prefix, minor, isFreeThreaded }: PythonInstallation,
  { kind, path }: PythonFile,
): Evidence | Problem {
  const home = pythonHome(prefix, minor, isFreeThreaded);
  const about = { kind: 'file', home, path } as const;
  if (kind === 'build-details') {
    const version = readDetails(tree, path);
    if (version !== null && typeof version === 'object') return version;
    const text = `build details: ${version ?? 'another implementation'} (${path})`;
    return { ...about, rank: RANKS.details, name: 'build-details.json', text, version };
  }
  if (kind === 'stdlib') {
    const text = `standard library of ${minor} (${path})`;
    return { ...about, rank: RANKS.stdlib, name: 'the standard library', text, version: minor };
  }
  if (kind === 'sysconfig') return { ...about, ...sysconfigOf(tree, path, minor) };
  if (kind === 'header') return { ...about, ...headerOf(tree, path, minor) };
  const version = versionInBytes(tree, path, minor);
  const text = `${kind === 'program' ? 'program' : 'library'} of ${version ?? minor} (${path})`;
  const name = path.slice(path.lastIndexOf('/') + 1);
  return { ...about, rank: RANKS.bytes, name, text, version: version ?? minor };
}

/** The version, `null` of another implementation than CPython, or why neither can be told. */
function readDetails(tree: FileTree, path: string): string | null | Problem {
  const file = readText(tree, path);
  if (file.kind === 'unreadable') return file.problem;
  const version = file.kind === 'text' ? parseBuildDetails(file.text) : undefined;
  return version === undefined ? { path, reason: 'no build details of Python' } : version;
}

/** What the headers that were installed with it say. */
function headerOf(
  tree: FileTree,
  path: string,
  minor: string,
): Pick<Evidence, 'rank' | 'name' | 'text' | 'version'> {
  const version = readHeader(tree, path, minor) ?? minor;
  return {
    rank: RANKS.header,
    name: 'patchlevel.h',
    text: `headers of ${version} (${path})`,
    version,
  };
}

/** CPython's own version, where it is one of this minor: PyPy says which Python it is like there. */
function readHeader(tree: FileTree, path: string, minor: string): string | undefined {
  const file = readText(tree, path);
  const text = file.kind === 'text' ? file.text : '';
  if (/^#define PYPY_VERSION/m.test(text)) return undefined;
  // `3.15.0a1+`: built from a checkout after that release.
  const said = /^#define PY_VERSION\s+"(3\.\d{1,2}\.\d{1,3}(?:(?:a|b|rc)\d{1,2})?)\+?"/m.exec(
    text,
  )?.[1];
  return said !== undefined && minorOf(said) === minor ? said : undefined;
}

/** What the build was configured with: a minor and the suffix of its extension modules. */
function sysconfigOf(
  tree: FileTree,
  path: string,
  minor: string,
): Pick<Evidence, 'rank' | 'name' | 'text' | 'version'> {
  const file = readText(tree, path);
  const settings = file.kind === 'text' ? file.text : '';
  const said = /^ ?[{ ]'VERSION': '(3\.\d{1,2})'/m.exec(settings)?.[1];
  const soabi = /^ ?[{ ]'SOABI': '([\w.-]{1,100})'/m.exec(settings)?.[1];
  const text = `build settings of ${said ?? minor}${soabi ? `, ${soabi}` : ''} (${path})`;
  return { rank: RANKS.sysconfig, name: '_sysconfigdata', text, version: said ?? minor };
}

/** Other libraries leave their versions in the same bytes: only those of its own minor count, and only one. */
function versionInBytes(tree: FileTree, path: string, minor: string): string | undefined {
  const texts = tree.facts(path)?.elf?.versionTexts ?? [];
  const own = texts.filter((text) => minorOf(text) === minor);
  return own.length === 1 ? own[0] : undefined;
}

/** `usr/bin/python -> usr/bin/python3 -> usr/bin/python3.14`; `undefined` where it does not lead to an interpreter that says its minor. */
function linkEvidence(tree: FileTree, path: string): Evidence | undefined {
  const real = tree.resolve(path);
  const found = /^(?<prefix>(?:.+\/)?)bin\/python(?<minor>3\.\d{1,2})(?<free>t?)$/.exec(real ?? '');
  const { prefix = '', minor, free } = found?.groups ?? {};
  if (!minor || real === path) return undefined;
  return {
    kind: 'file',
    home: pythonHome(prefix.replace(/\/$/, ''), minor, free === 't'),
    rank: RANKS.links,
    name: 'the links',
    text: `links: ${stepsOf(tree, path).join(' -> ')}`,
    path,
    version: minor,
  };
}

/** The names on the way of a link, as far as each leads to the next in its own folder or by a whole path. */
function stepsOf(tree: FileTree, path: string): string[] {
  const steps = [path];
  for (let at = path; steps.length < 8; ) {
    const link = tree.entry(at)?.link;
    if (link === undefined) break;
    const folder = at.slice(0, at.lastIndexOf('/') + 1);
    const next = link.startsWith('/') ? link.slice(1) : `${folder}${link}`;
    // Folders may be links of their own: show where it really is.
    at = tree.entry(next) ? next : (tree.resolve(next) ?? '');
    if (at === '' || steps.includes(at)) break;
    steps.push(at);
  }
  return steps;
}

function variableEvidence(env: readonly string[]): Evidence[] {
  const said = readVariable(env, 'PYTHON_VERSION');
  const version = said === undefined ? undefined : upstreamVersion(said);
  if (said === undefined || version === undefined) return [];
  return [
    {
      kind: 'env',
      home: null,
      rank: RANKS.env,
      name: 'ENV PYTHON_VERSION',
      text: `ENV PYTHON_VERSION=${quote(said)}`,
      path: 'config.Env',
      version,
    },
  ];
}
