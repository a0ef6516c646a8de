import type { GoBuildInfo } from '../../image/file-facts.ts';
import type { TreeEntry } from '../../image/file-tree.ts';
import { toldFiles } from '../../image/told-files.ts';
import type { Package } from '../../inventory/inventory.ts';
import { goRelease } from '../../version/go-release.ts';
import { createFindings } from '../create-findings.ts';
import type { Extraction, Extractor } from '../extractor.ts';
import { languagePackage } from '../language-package.ts';
import { isToken, quote } from '../token.ts';
import { type GoModule, parseModules } from './parse-modules.ts';

/** Of one program; Kubernetes has 250. */
const MODULE_LIMIT = 5000;

/** What Go writes for a commit without a version below it: no release is to be compared with it. */
const NO_RELEASE = /^v0\.0\.0-/;
const RELEASE = /^v\d/;

/** Go's standard library and the modules in programs and libraries that Go's linker wrote. */
export const goExtractor: Extractor<Extraction> = {
  name: 'language/go',

  extract({ tree }) {
    const findings = createFindings('Go');
    for (const { entry, facts } of toldFiles(tree)) {
      const go = facts.elf?.go;
      if (!go) continue;
      for (const found of packagesOf(go, entry)) findings.take(entry.path, found);
    }
    return findings.finish();
  },
};

/** The packages of one program, and what is wrong with others. */
function packagesOf(go: GoBuildInfo, entry: TreeEntry): (Package | string)[] {
  const { main, dependencies } = parseModules(go.modules);
  const modules = isReleased(main) ? [main, ...dependencies] : dependencies;
  const rest = modules.length - MODULE_LIMIT;
  return [
    standardLibrary(go, entry),
    ...modules.slice(0, MODULE_LIMIT).map((each) => toPackage(each, entry)),
    ...(rest > 0 ? [`${rest} of its modules were not read, limit ${MODULE_LIMIT}`] : []),
  ];
}

/** What no release made keeps its text: matching says that it cannot be compared. */
function standardLibrary({ version }: GoBuildInfo, entry: TreeEntry): Package | string {
  const release = goRelease(version) ?? version.trim();
  if (release === '') return 'Go build information without a version';
  if (release.length > 256) return `malformed version of Go ${quote(release)}`;
  return languagePackage('golang', { name: 'stdlib', version: release }, entry);
}

/** Most programs are built from a checkout: their own version is then none. */
function isReleased(main: GoModule | null): main is GoModule {
  return main !== null && RELEASE.test(main.version) && !NO_RELEASE.test(main.version);
}

function toPackage({ path, version }: GoModule, entry: TreeEntry): Package | string {
  if (!isToken(path)) return `malformed name of a module ${quote(path)}`;
  // Built without a version: matching says that there is none to compare.
  const plain = version.replace(/^v(?=\d)/, '') || '(devel)';
  if (!isToken(plain)) return `module ${quote(path)}: malformed version ${quote(version)}`;
  return languagePackage('golang', { name: path, version: plain }, entry);
}
