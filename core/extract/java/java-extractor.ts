import type { JarFacts } from '../../image/file-facts.ts';
import type { FileTree, TreeEntry } from '../../image/file-tree.ts';
import { toldFiles } from '../../image/told-files.ts';
import type { Package } from '../../inventory/inventory.ts';
import { createFindings, type Findings } from '../create-findings.ts';
import type { Extraction, Extractor } from '../extractor.ts';
import { languagePackage } from '../language-package.ts';
import { readText } from '../read-text.ts';
import { isToken, quote } from '../token.ts';
import {
  artifactOf,
  isNamedAfter,
  type MavenProject,
  mayBeCalled,
  nameByManifest,
} from './name-archive.ts';
import { nameByTable } from './name-by-table.ts';
import { parseProperties } from './parse-properties.ts';
import { isUnpackedProject } from './unpacked-project.ts';

/** Group, artifact and version as Maven takes them; a `${…}` that nobody filled in is none. */
const PART = /^[A-Za-z0-9_.-]{1,256}$/;

/**
 * Maven projects in archives of Java classes, and in the archives in those: each that
 * left its `pom.properties` (a shaded archive has several), else what is known of its publisher, else what
 * the manifest says, with low confidence. Those of archives that
 * were unpacked, too.
 */
export const javaExtractor: Extractor<Extraction> = {
  name: 'language/java',

  extract({ tree }) {
    const findings = createFindings('Java');
    for (const { entry, facts } of toldFiles(tree)) {
      for (const jar of facts.jars ?? []) takeArchive(entry, jar, findings);
    }
    for (const entry of tree.entries()) {
      if (entry.type !== 'file' || !isUnpackedProject(entry.path)) continue;
      findings.take(entry.path, readUnpacked(tree, entry));
    }
    return findings.finish();
  },
};

/** A project whose archive was unpacked; it lies where its `pom.properties` does. */
function readUnpacked(tree: FileTree, entry: TreeEntry): Package | string {
  const file = readText(tree, entry.path);
  if (file.kind === 'unreadable') return file.problem.reason;
  const text = file.kind === 'text' ? file.text : '';
  const project = readProject({ path: 'it', text });
  return typeof project === 'string' ? project : languagePackage('maven', project, entry);
}

function takeArchive(entry: TreeEntry, jar: JarFacts, findings: Findings): void {
  // An archive may hold a project's description twice.
  const found = new Map<string, Package>();
  for (const each of packagesOf(entry, jar)) {
    if (typeof each === 'string') findings.take(placeOf(entry, jar), each);
    else if (!found.has(each.purl)) found.set(each.purl, each);
  }
  for (const each of found.values()) findings.take(each.path, each);
}

/** `app.jar!/BOOT-INF/lib/core-1.2.jar`, as Java writes it. */
function placeOf({ path }: TreeEntry, { inside }: JarFacts): string {
  return [path, ...inside].join('!/');
}

function packagesOf(entry: TreeEntry, jar: JarFacts): (Package | string)[] {
  const place = { path: placeOf(entry, jar), layer: entry.layer };
  const projects = (jar.pomProperties ?? []).map(readProject);
  const found = projects.map((each) =>
    typeof each === 'string' ? each : languagePackage('maven', each, place),
  );
  const names = projects.flatMap((each) => (typeof each === 'string' ? [] : [each.name]));
  const artifacts = names.map(artifactOf);
  const [only, ...more] = artifacts;
  const isNamed =
    (only !== undefined && more.length === 0 && mayBeCalled(place.path, only)) ||
    artifacts.some((artifact) => isNamedAfter(place.path, artifact));
  if (isNamed) return found;
  const known = nameByTable(place.path, jar);
  const guess = known ?? nameByManifest(place.path, jar);
  if (!guess) return found;
  const named = languagePackage('maven', guess, place);
  return [...found, known?.isSure ? named : { ...named, confidence: 'low' }];
}

function readProject({
  path,
  text,
}: {
  readonly path: string;
  readonly text: string;
}): MavenProject | string {
  const properties = parseProperties(text);
  const [group = '', artifact = '', version = ''] = ['groupId', 'artifactId', 'version'].map(
    (key) => properties.get(key),
  );
  if (!PART.test(group) || !PART.test(artifact) || !isToken(version) || version.includes('${')) {
    return `${path} names no project: ${quote(`${group}:${artifact}:${version}`)}`;
  }
  return { name: `${group}:${artifact}`, version };
}
