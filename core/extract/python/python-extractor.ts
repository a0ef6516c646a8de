import type { FileTree, TreeEntry } from '../../image/file-tree.ts';
import { toldFiles } from '../../image/told-files.ts';
import type { Package } from '../../inventory/inventory.ts';
import { createFindings } from '../create-findings.ts';
import type { Extraction, Extractor } from '../extractor.ts';
import { pypiPurl } from '../package-purl.ts';
import { readText } from '../read-text.ts';
import { quote } from '../token.ts';
import { parsePythonMetadata } from './parse-metadata.ts';

/**
 * The metadata files of installed projects: wheels leave `*.dist-info`, setuptools a
 * folder or a flat file `*.egg-info`, eggs an `EGG-INFO`
 * (packaging.python.org, "Recording installed projects"; setuptools, "The Internal Structure of Python Eggs").
 */
const METADATA =
  /(?:\.dist-info\/METADATA|\.egg-info|\.egg-info\/(?:PKG-INFO|METADATA)|(?:^|\/)EGG-INFO\/PKG-INFO)$/;

/** packaging.python.org, "Names and normalization". */
const NAME = /^[A-Z0-9](?:[A-Z0-9._-]{0,254}[A-Z0-9])?$/i;

/** Printable: versions older than PEP 440 may hold anything, and are still to be reported. */
const VERSION = /^[!-~](?:[ -~]{0,254}[!-~])?$/;

/** Installed Python projects, wherever they lie. */
export const pythonExtractor: Extractor<Extraction> = {
  name: 'language/python',

  extract({ tree }) {
    const findings = createFindings('Python');
    for (const path of metadataFiles(tree)) {
      const file = readText(tree, path);
      if (file.kind === 'unreadable') findings.take(path, file.problem.reason);
      if (file.kind === 'text') findings.take(path, toPackage(path, file.text));
    }
    for (const { entry, facts } of toldFiles(tree)) {
      const { path } = entry;
      if (facts.eggInfo !== undefined) findings.take(path, toPackage(path, facts.eggInfo));
    }
    return findings.finish();
  },
};

/** One metadata file a project; a link counts unless what it leads to is counted anyway. */
function metadataFiles(tree: FileTree): string[] {
  const files = new Map<string, string>();
  const links: TreeEntry[] = [];
  for (const entry of tree.entries()) {
    if (!METADATA.test(entry.path)) continue;
    if (entry.type === 'symlink') links.push(entry);
    else if (entry.type === 'file') takeFile(files, entry.path);
  }
  const counted = new Set(files.values());
  for (const { path } of links) {
    const real = tree.resolve(path);
    // A linked folder's files are found where they lie.
    if (real === undefined || !(counted.has(real) || tree.entry(real)?.type === 'directory')) {
      takeFile(files, path);
    }
  }
  return [...files.values()];
}

/** `PKG-INFO` is what setuptools reads when METADATA lies beside it. */
function takeFile(files: Map<string, string>, path: string): void {
  const project = path.replace(/\/(?:METADATA|PKG-INFO)$/, '');
  if (!files.has(project) || path.endsWith('/PKG-INFO')) files.set(project, path);
}

/** The package of a metadata file, or why it is none. */
function toPackage(path: string, text: string): Package | string {
  const { name, version } = parsePythonMetadata(text);
  if (!name) return 'metadata without a name';
  if (!NAME.test(name)) return `malformed name ${quote(name)}`;
  if (!version) return `metadata of ${quote(name)} without a version`;
  if (!VERSION.test(version))
    return `metadata of ${quote(name)}: malformed version ${quote(version)}`;
  return {
    purl: pypiPurl(name, version),
    ecosystem: 'PyPI',
    type: 'pypi',
    name,
    version,
    source: null,
    arch: null,
    path,
    owner: null,
  };
}
