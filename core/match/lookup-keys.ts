import type { AdvisoryEntry } from '../advisory/entry.ts';
import { normaliseName } from '../advisory/normalise-name.ts';
import type { Package } from '../inventory/inventory.ts';
import { goRelease } from '../version/go-release.ts';
import { baseOf } from '../version/scheme-of.ts';
import { whyNotLookedUp } from './not-looked-up.ts';

/** What of a package (or of the owner of its file) says by which names it is looked up. */
type LookedUp = Pick<Package, 'type' | 'ecosystem' | 'name' | 'version' | 'source'>;

/** A name under which a package's records are found, and the version they speak of. */
export interface LookupName {
  readonly name: string;
  readonly version: string;
  /** `false` for an apk's origin, an rpm's source: asked when the package itself has no record. */
  readonly own: boolean;
  /** Whether it comes from a module of the RHEL family; absent where there are none. */
  readonly isModular?: boolean;
}

/** How the records of an rpm distribution name what they are about. */
type RpmNaming = 'binary' | 'source' | 'source-without-epoch' | 'both';

/** Others, Rocky Linux among them, name now one, now the other. */
const RPM_NAMING: ReadonlyMap<string, RpmNaming> = new Map([
  ['AlmaLinux', 'binary'],
  ['Amazon Linux', 'binary'],
  // Its records have no epoch, or 0, whatever the packages have.
  ['Azure Linux', 'source-without-epoch'],
  ['Red Hat', 'binary'],
  ['openSUSE', 'source'],
  ['SUSE', 'source'],
]);

/** Where modules are built from the same source as packages outside of them. */
const WITH_MODULES: ReadonlySet<string> = new Set(['AlmaLinux', 'Red Hat', 'Rocky Linux']);

/** `1.module+el8.9.0+…` of Red Hat and Rocky Linux, `1.module_el8.9.0+…` of AlmaLinux. */
const MODULAR = /\.module[+_]/;

/**
 * The names to look a package up by, and what is compared with their records: Debian's name
 * the source package and its version; apk's the package itself or its origin; rpm's, by
 * distribution, the package, its source, or either. None for what is not looked up
 * (`whyNotLookedUp`).
 */
export function lookupNames(subject: LookedUp): LookupName[] {
  const { type, ecosystem, name, source } = subject;
  if (whyNotLookedUp(subject) !== null) return [];
  if (type === 'rpm') return rpmNames(subject);
  const own: LookupName = {
    name: normaliseName(ecosystem, name),
    version: comparedVersion(subject),
    own: true,
  };
  if (!source) return [own];
  if (type === 'deb') return [{ name: source.name, version: source.version, own: true }];
  if (source.name === name) return [own];
  return [own, { name: source.name, version: source.version, own: false }];
}

/**
 * Whether an entry found under a name is about it. A module and a package outside of it
 * have one name and versions that say nothing of each other: an entry whose fixes are all
 * of the other kind is about the other one.
 */
export function isAbout({ ranges }: AdvisoryEntry, { isModular }: LookupName): boolean {
  if (isModular === undefined) return true;
  const fixes = ranges.flatMap((range) => range.filter(([kind]) => kind === 'fixed'));
  return fixes.length === 0 || fixes.some(([, version]) => MODULAR.test(version) === isModular);
}

function comparedVersion({ type, name, version }: LookedUp): string {
  return type === 'golang' && name === 'stdlib' ? (goRelease(version) ?? version) : version;
}

function rpmNames({ ecosystem, name, version, source }: LookedUp): LookupName[] {
  const base = baseOf(ecosystem);
  const naming = RPM_NAMING.get(base) ?? 'both';
  const modules = WITH_MODULES.has(base) ? { isModular: MODULAR.test(version) } : {};
  const own: LookupName = { name, version, own: true, ...modules };
  if (naming === 'source-without-epoch') {
    const built = source ?? { name, version };
    return [{ name: built.name, version: withoutEpoch(built.version), own: true }];
  }
  if (naming === 'binary' || !source) return [own];
  // A source rpm's file name has no epoch: it is that of what was built from it.
  const built = epochOf(version) + withoutEpoch(source.version);
  if (naming === 'source') return [{ ...own, name: source.name, version: built }];
  if (source.name === name) return [own];
  return [own, { ...own, name: source.name, version: built, own: false }];
}

function epochOf(version: string): string {
  return /^\d+:/.exec(version)?.[0] ?? '';
}

function withoutEpoch(version: string): string {
  return version.replace(/^\d+:/, '');
}
