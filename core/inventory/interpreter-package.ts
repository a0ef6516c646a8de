import { PackageURL } from 'packageurl-js';
import type { Package, Runtime } from './inventory.ts';

/** A runtime that no OS package brought: `python:slim` builds its own, Lambda's images have theirs. */
export interface UnownedRuntime {
  readonly language: Runtime['language'];
  /** Upstream's: `3.14.4`, `3.15.0rc1`. */
  readonly version: string;
  /** The file that says so. */
  readonly path: string;
}

/** Bitnami's names, where they are not the language's own. */
const NAMES: Readonly<Partial<Record<Runtime['language'], string>>> = { go: 'golang' };

/**
 * The package that stands for a runtime without one, so that advisories can be found for it:
 * Bitnami's name interpreters by their own names and upstream's versions, which they order as
 * Semantic Versioning does (https://github.com/bitnami/vulndb). One that an OS package owns is
 * left to that package's advisories: its distribution patches it.
 */
export function interpreterPackage({ language, version, path }: UnownedRuntime): Package {
  const ordered = semanticVersion(version);
  const name = NAMES[language] ?? language;
  return {
    purl: new PackageURL('bitnami', undefined, name, ordered, undefined, undefined).toString(),
    ecosystem: 'Bitnami',
    type: 'bitnami',
    name,
    version: ordered,
    source: null,
    arch: null,
    path,
    owner: null,
  };
}

/** `3.15.0-rc.1` of `3.15.0rc1`, numbered so that the tenth is above the ninth. */
function semanticVersion(version: string): string {
  return version.replace(/(?<=\d)(a|b|rc)(\d+)$/, '-$1.$2');
}
