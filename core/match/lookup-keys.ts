import type { LookupKey } from '../advisory/entry.ts';
import { normaliseName } from '../advisory/normalise-name.ts';
import type { Package } from '../inventory/inventory.ts';
import { baseOf } from '../version/scheme-of.ts';

/** What of a package (or of the owner of its file) says by which names it is looked up. */
type LookedUp = Pick<Package, 'type' | 'ecosystem' | 'name' | 'version' | 'source'>;

/** A name under which a package's records are found, and the version they speak of. */
export interface LookupName {
  readonly name: string;
  readonly version: string;
  /** `false` for an apk's origin, asked when the package itself has no record. */
  readonly own: boolean;
}

/**
 * The names to look a package up by. Debian's records name the source package and its
 * version; apk's the package itself or its origin.
 */
export function lookupNames({ type, ecosystem, name, version, source }: LookedUp): LookupName[] {
  const own: LookupName = { name: normaliseName(ecosystem, name), version, own: true };
  if (!source) return [own];
  if (type === 'deb') return [{ name: source.name, version: source.version, own: true }];
  if (source.name === name) return [own];
  return [own, { name: source.name, version: source.version, own: false }];
}

/** A record without release suffix holds for any release of its ecosystem. */
export function lookupEcosystems(ecosystem: string): string[] {
  return ecosystem === '' ? [] : [...new Set([ecosystem, baseOf(ecosystem)])];
}

/** What to look up before `matchPackages`: each key once, sorted. */
export function lookupKeys(packages: readonly Package[]): LookupKey[] {
  const keys = new Map<string, LookupKey>();
  for (const each of packages) {
    for (const ecosystem of lookupEcosystems(each.ecosystem)) {
      for (const { name } of lookupNames(each)) {
        keys.set(`${ecosystem}\n${name}`, { ecosystem, name });
      }
    }
  }
  return [...keys].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, key]) => key);
}
