import type { Distro, Package } from '../../inventory/inventory.ts';
import { osEcosystem } from '../os-release/os-ecosystem.ts';
import { osPackagePurl } from '../package-purl.ts';
import { isToken, quote } from '../token.ts';

/** What a database or a list says of a package, in its own words. */
export interface RpmRecord {
  readonly name: string;
  /** Version and release: `2.35-2.cm2`. */
  readonly version: string;
  /** Absent for most; 0 is the same as none. */
  readonly epoch: number | null;
  readonly arch: string | null;
  /** File name of what it was built from: `glibc-2.35-2.cm2.src.rpm`. */
  readonly sourceRpm: string | null;
}

/** What rpm writes where there is nothing. */
const NOTHING = '(none)';

/** The keys that packages are signed with are kept as packages. */
const KEYS = 'gpg-pubkey';

/** `null` for what is no package, a text when it cannot be told what it is. */
export function toRpmPackage(
  record: RpmRecord,
  path: string,
  distro: Distro | null,
): Package | string | null {
  const { name, version } = record;
  if (name === KEYS) return null;
  if (!isToken(name)) return `record with a malformed name: ${quote(name)}`;
  if (!isToken(version)) return `record of ${quote(name)}: malformed version ${quote(version)}`;
  const epoch = record.epoch || null;
  const arch = isToken(record.arch ?? undefined) && record.arch !== NOTHING ? record.arch : null;
  const known = { type: 'rpm', name, version, arch } as const;
  return {
    ...known,
    version: epoch === null ? version : `${epoch}:${version}`,
    purl: osPackagePurl({ ...known, epoch }, distro),
    ecosystem: osEcosystem('rpm', distro),
    source: readSource(record.sourceRpm),
    path,
    owner: null,
  };
}

/** `<name>-<version>-<release>.src.rpm`; neither a version nor a release has a hyphen. */
function readSource(sourceRpm: string | null): Package['source'] {
  const { name, version } =
    /^(?<name>[!-~]{1,256})-(?<version>[!-,.-~]{1,128}-[!-,.-~]{1,128})\.(?:no)?src\.rpm$/.exec(
      sourceRpm ?? '',
    )?.groups ?? {};
  return name !== undefined && version !== undefined ? { name, version } : null;
}
