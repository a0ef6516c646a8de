import type { ElfFacts } from '../../image/file-facts.ts';
import type { TreeEntry } from '../../image/file-tree.ts';
import { toldFiles } from '../../image/told-files.ts';
import type { Package } from '../../inventory/inventory.ts';
import { createFindings } from '../create-findings.ts';
import type { Extraction, Extractor } from '../extractor.ts';
import { languagePackage } from '../language-package.ts';
import { type AuditedCrates, auditedCrates } from './audited-crates.ts';
import type { Crate } from './parse-audit.ts';

/** A crate's name may hold dashes, its version begins with three numbers. */
const CRATE = /^(.+?)-(\d+\.\d+\.\d+.*)$/;

/** The crates in programs and libraries that Rust's compiler made: what cargo-auditable left in them, else what their panics name. */
export const rustExtractor: Extractor<Extraction> = {
  name: 'language/rust',

  extract({ tree }) {
    const findings = createFindings('Rust');
    const audited = auditedCrates(tree);
    for (const { entry, facts } of toldFiles(tree)) {
      if (!facts.elf) continue;
      for (const each of packagesOf(entry, facts.elf, audited)) findings.take(entry.path, each);
    }
    return findings.finish();
  },
};

/** The packages of one program, or what is wrong with its list. */
function packagesOf(
  entry: TreeEntry,
  elf: ElfFacts,
  audited: ReadonlyMap<string, AuditedCrates>,
): (Package | string)[] {
  const crates = audited.get(entry.path);
  if (crates !== undefined && typeof crates !== 'string') {
    return crates.map((each) => languagePackage('cargo', each, entry));
  }
  // What panics name may be less than all, and a path that somebody has made up.
  const named = namedCrates(elf).map(
    (each): Package => ({ ...languagePackage('cargo', each, entry), confidence: 'low' }),
  );
  return crates === undefined ? named : [crates, ...named];
}

function namedCrates({ rustCrates = [] }: ElfFacts): Crate[] {
  return rustCrates.flatMap((crate) => {
    const [, name, version] = CRATE.exec(crate) ?? [];
    return name !== undefined && version !== undefined ? [{ name, version }] : [];
  });
}
