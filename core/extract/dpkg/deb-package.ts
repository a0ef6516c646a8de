import type { Distro, Package } from '../../inventory/inventory.ts';
import { debEcosystem } from '../os-release/os-ecosystem.ts';
import { osPackagePurl } from '../package-purl.ts';
import { isToken, quote } from '../token.ts';
import type { Stanza } from './parse-stanzas.ts';

/** What a stanza says: a package if one is there, and what of it could not be read. */
interface DebRecord {
  readonly package: Package | null;
  readonly problems: readonly string[];
}

/** Where a stanza stands. */
interface StanzaPlace {
  readonly path: string;
  /** Whether a stanza without a Status is a package that is there. */
  readonly statusOptional: boolean;
  readonly distro: Distro | null;
}

/** The states of dpkg(1), "Package states": whether the package's files are on disk in it. */
const STATES: ReadonlyMap<string, boolean> = new Map([
  ['not-installed', false],
  ['config-files', false],
  ['half-installed', false],
  ['unpacked', true],
  ['half-configured', true],
  ['triggers-awaited', true],
  ['triggers-pending', true],
  ['installed', true],
]);

/** Reads one stanza of `status` or `status.d`; in the latter, which distroless images have, no Status line is written. */
export function readDebStanza({ fields, line }: Stanza, place: StanzaPlace): DebRecord {
  const name = fields.get('package');
  if (!name) return nothing(`record at line ${line} without a name`);
  if (!isToken(name)) return nothing(`record at line ${line}: malformed name ${quote(name)}`);

  const status = fields.get('status');
  if (status === undefined && !place.statusOptional) {
    return nothing(`record of ${quote(name)} without a status`);
  }
  const isThere = status === undefined || isOnDisk(status);
  if (isThere === undefined)
    return nothing(`record of ${quote(name)}: status ${quote(status ?? '')}`);
  if (!isThere) return { package: null, problems: [] };

  const version = fields.get('version');
  if (!version) return nothing(`record of ${quote(name)} without a version`);
  if (!isToken(version)) {
    return nothing(`record of ${quote(name)}: malformed version ${quote(version)}`);
  }
  return toPackage({ name, version, fields }, place);
}

/** The third word of Status decides; the first is what somebody wants. `undefined`: nothing that dpkg writes. */
function isOnDisk(status: string): boolean | undefined {
  const words = status.split(/\s+/);
  return words.length === 3 ? STATES.get(words[2] ?? '') : undefined;
}

function toPackage(
  { name, version, fields }: Pick<Stanza, 'fields'> & Pick<Package, 'name' | 'version'>,
  { path, distro }: StanzaPlace,
): DebRecord {
  const arch = fields.get('architecture');
  const known = { type: 'deb', name, version, arch: isToken(arch) ? arch : null } as const;
  const sourceField = fields.get('source');
  const source = readSource(sourceField, name, version);
  return {
    package: {
      ...known,
      purl: osPackagePurl(known, distro),
      ecosystem: debEcosystem(distro, source?.version ?? version),
      source: source ?? { name, version },
      path,
      owner: null,
    },
    problems: source
      ? []
      : [`record of ${quote(name)}: malformed source ${quote(sourceField ?? '')}`],
  };
}

/** `Source: name (version)`: without a version the package's own, without the field the package itself (deb-control(5)). */
function readSource(
  source: string | undefined,
  name: string,
  version: string,
): Package['source'] | undefined {
  if (!source) return { name, version };
  const groups = /^(?<name>[!-'*-~]+)(?:\s*\((?<version>[!-'*-~]+)\))?$/.exec(source)?.groups;
  if (!isToken(groups?.name)) return undefined;
  return { name: groups.name, version: groups.version ?? version };
}

function nothing(reason: string): DebRecord {
  return { package: null, problems: [reason] };
}
