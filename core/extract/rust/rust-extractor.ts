import type { Problem } from '../../image/capture.ts';
import type { ElfFacts } from '../../image/file-facts.ts';
import { toldFiles } from '../../image/told-files.ts';
import type { Package } from '../../inventory/inventory.ts';
import type { Extraction, Extractor } from '../extractor.ts';
import { languagePackage } from '../language-package.ts';
import { type Crate, parseAudit } from './parse-audit.ts';

/** A crate's name may hold dashes, its version begins with three numbers. */
const CRATE = /^(.+?)-(\d+\.\d+\.\d+.*)$/;

/** The crates in programs and libraries that Rust's compiler made: what cargo-auditable left in them, else what their panics name. */
export const rustExtractor: Extractor<Extraction> = {
  name: 'language/rust',

  extract({ tree }) {
    const packages: Package[] = [];
    const problems: Problem[] = [];
    for (const { entry, facts } of toldFiles(tree)) {
      if (!facts.elf) continue;
      const crates = cratesOf(facts.elf);
      if (typeof crates === 'string') problems.push({ path: entry.path, reason: crates });
      else packages.push(...crates.map((crate) => languagePackage('cargo', crate, entry)));
      // What panics name may be less than all, and a path that somebody has made up.
      const isPartial = facts.elf.rustAudit === undefined || typeof crates === 'string';
      for (const crate of isPartial ? namedCrates(facts.elf) : []) {
        packages.push({ ...languagePackage('cargo', crate, entry), confidence: 'low' });
      }
    }
    return { packages, owned: [], problems };
  },
};

function cratesOf({ rustAudit }: ElfFacts): readonly Crate[] | string {
  return rustAudit === undefined ? [] : parseAudit(rustAudit);
}

function namedCrates({ rustCrates = [] }: ElfFacts): Crate[] {
  return rustCrates.flatMap((crate) => {
    const [, name, version] = CRATE.exec(crate) ?? [];
    return name !== undefined && version !== undefined ? [{ name, version }] : [];
  });
}
