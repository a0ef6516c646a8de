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

/** npm's names, those too that were allowed before there were rules (validate-npm-package-name). */
const NAME = /^(?:@[\w.~-]+\/)?[\w.~!'()*-]{1,214}$/;

/** Installed npm packages, those that come with Node (npm, Corepack) and theirs included. */
export const npmExtractor: Extractor<Extraction> = {
  name: 'language/npm',

  extract({ tree }) {
    const findings = createFindings('npm');
    for (const entry of tree.entries()) {
      // Of pnpm's and workspaces' links, what they lead to is found where it lies.
      if (entry.type !== 'file' || !isInstalledPackage(entry.path)) continue;
      findings.take(entry.path, readPackage(tree, entry));
    }
    return findings.finish();
  },
};

/** The package of one file, or why it is none. */
function readPackage(tree: FileTree, entry: TreeEntry): Package | string {
  const file = readText(tree, entry.path);
  if (file.kind === 'unreadable') return file.problem.reason;
  let json: unknown;
  try {
    json = file.kind === 'text' ? JSON.parse(file.text) : undefined;
  } catch {
    return 'package.json is no JSON';
  }
  const read = PackageJson.safeParse(json);
  if (!read.success) return 'package.json without a name or a version';
  const { name } = read.data;
  if (!NAME.test(name)) return `malformed name ${quote(name)}`;
  // As node-semver's `clean`, which npm reads it with.
  const version = read.data.version.trim().replace(/^[=v]+/, '');
  if (!isToken(version)) return `package ${quote(name)}: malformed version ${quote(version)}`;
  return languagePackage('npm', { name, version }, entry);
}
