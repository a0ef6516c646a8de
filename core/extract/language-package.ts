import { PackageURL } from 'packageurl-js';
import type { TreeEntry } from '../image/file-tree.ts';
import type { Package } from '../inventory/inventory.ts';

/** Formats whose packages are named by ecosystem, name and version alone. */
type LanguageType = 'golang' | 'npm' | 'cargo' | 'maven';

/** As OSV calls them (OSV schema, "Defined ecosystems"). */
const ECOSYSTEMS: Readonly<Record<LanguageType, string>> = {
  golang: 'Go',
  npm: 'npm',
  cargo: 'crates.io',
  maven: 'Maven',
};

/** What ends the namespace in a name. */
const SEPARATORS: Readonly<Record<LanguageType, string>> = {
  golang: '/',
  npm: '/',
  cargo: '',
  maven: ':',
};

/** A package of a language, in the layer that brought its file. */
export function languagePackage(
  type: LanguageType,
  { name, version }: Pick<Package, 'name' | 'version'>,
  { path, layer }: Pick<TreeEntry, 'path' | 'layer'>,
): Package {
  const separator = SEPARATORS[type];
  const at = separator === '' ? -1 : name.lastIndexOf(separator);
  const namespace = at < 0 ? undefined : name.slice(0, at);
  const purl = new PackageURL(
    type,
    namespace,
    name.slice(at + 1),
    version,
    undefined,
    undefined,
  ).toString();
  return {
    purl,
    ecosystem: ECOSYSTEMS[type],
    type,
    name,
    version,
    source: null,
    arch: null,
    path,
    owner: null,
    layer,
  };
}
