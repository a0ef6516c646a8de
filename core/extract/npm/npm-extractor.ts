import * as z from 'zod';
import type { FileTree, TreeEntry } from '../../image/file-tree.ts';
import type { Package } from '../../inventory/inventory.ts';
import { createFindings } from '../create-findings.ts';
import type { Extraction, Extractor } from '../extractor.ts';
import { languagePackage } from '../language-package.ts';
import { readText } from '../read-text.ts';
import { isToken, quote } from '../token.ts';
import { isInstalledPackage } from './installed-package.ts';

/** What npm installs has both (https://docs.npmjs.com/cli/configuring-npm/package-json). */
const PackageJson = z.object({ name: z.string(), version: z.string() });

/** What says how the modules beside it are to be loaded (`{"type": "commonjs"}`), and is no package. */
const NoPackage = z.object({ name: z.undefined().optional(), version: z.undefined().optional() });

/** npm's names, those too that were allowed before there were rules (validate-npm-package-name). */
const NAME = /^(?:@[\w.~-]+\/)?[\w.~!'()*-]{1,214}$/;

/** Installed npm packages, those that come with Node (npm, Corepack) and theirs included. */
export const npmExtractor: Extractor<Extraction> = {
  name: 'language/npm',

  extract({ tree }) {
    const findings = createFindings('npm');
    for (const entry of tree.entries()) {
      const found = readEntry(tree, entry);
      if (found !== undefined) findings.take(entry.path, found);
    }
    return findings.finish();
  },
};

function readEntry(tree: FileTree, entry: TreeEntry): Package | string | undefined {
  const { path, type } = entry;
  // Of pnpm's and workspaces' links, what they lead to is found where it lies.
  if (type === 'symlink') return missingBehind(tree, path);
  return type === 'file' && isInstalledPackage(path) ? readPackage(tree, entry) : undefined;
}

/**
 * Of a link in the place of a package, what is wrong when it leads into a store whose packages were not kept. What
 * lies elsewhere, in no hidden folder, is a part of the application itself (a workspace).
 */
function missingBehind(tree: FileTree, path: string): string | undefined {
  if (!isInstalledPackage(`${path}/package.json`)) return undefined;
  const target = tree.resolve(path);
  if (target === undefined || !/(?:^|\/)(?:node_modules\/|\.)/.test(target)) return undefined;
  const file = `${target}/package.json`;
  if (isInstalledPackage(file) || tree.entry(file)?.type !== 'file' || tree.bytes(file)) {
    return undefined;
  }
  return `the package.json that it leads to was not kept: ${quote(file)}`;
}

/** The package of one file, or why it is none; `undefined` for one that does not claim to be. */
function readPackage(tree: FileTree, entry: TreeEntry): Package | string | undefined {
  const file = readText(tree, entry.path);
  if (file.kind === 'unreadable') return file.problem.reason;
  let json: unknown;
  try {
    json = file.kind === 'text' ? JSON.parse(file.text) : undefined;
  } catch {
    return 'package.json is no JSON';
  }
  if (NoPackage.safeParse(json).success) return undefined;
  const read = PackageJson.safeParse(json);
  if (!read.success) return 'package.json without a name or a version';
  const { name } = read.data;
  if (!NAME.test(name)) return `malformed name ${quote(name)}`;
  // As node-semver's `clean`, which npm reads it with.
  const version = read.data.version.trim().replace(/^[=v]+/, '');
  if (!isToken(version)) return `package ${quote(name)}: malformed version ${quote(version)}`;
  return languagePackage('npm', { name, version }, entry);
}
