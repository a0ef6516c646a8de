import { normaliseName } from '../advisory/normalise-name.ts';
import { barePurl, findingOfKey } from '../change/items.ts';
import { CHECK_MEANINGS } from '../check/check-meanings.ts';
import type { Package } from '../inventory/inventory.ts';

/** Which finding somebody asks about. */
export interface AskedFinding {
  /** Any id of the vulnerability, as feeds write it. */
  readonly id: string;
  /** A name or a purl; `null`: whichever package has it. */
  readonly package: string | null;
}

/** Reads an id as people type it, or the key of a finding (`finding|<id>|<purl>`). */
export function readAsked(text: string, named: string | null): AskedFinding {
  const key = findingOfKey(text);
  if (!key) return { id: writtenId(text), package: named };
  return { id: writtenId(key.id), package: named ?? key.purl };
}

/** What a word is, as far as the word itself says it. */
export type Question =
  | { readonly kind: 'finding' }
  | { readonly kind: 'check'; readonly id: string }
  | { readonly kind: 'thread'; readonly digits: string }
  | { readonly kind: 'package'; readonly name: string };

/** Reads what somebody asks about; what says nothing of itself may be a vulnerability or the name of a package. */
export function readQuestion(text: string): Question {
  const word = text.trim();
  if (word.startsWith('check|')) return { kind: 'check', id: word.slice('check|'.length) };
  if (CHECK_MEANINGS.has(word.toLowerCase())) return { kind: 'check', id: word.toLowerCase() };
  if (/^[0-9a-f]{8,64}$/i.test(word)) return { kind: 'thread', digits: word };
  return word.startsWith('pkg:') ? { kind: 'package', name: word } : { kind: 'finding' };
}

/**
 * Who gives ids of vulnerabilities (https://ossf.github.io/osv-schema/#id-modified-fields, and Amazon's,
 * Oracle's and Debian's own), so that one that no feed knows is told from a word that is none.
 */
const PREFIXES =
  /^(?:AL[BES]A|ALAS\w*|ALPINE-CVE|ASB-A|AZL|BELL|BIT|CGA|CLEANSTART|CURL|DEBIAN|DHI|DLA|DRUPAL|DSA|DTSA|ECHO|EEF|ELSA|EUVD|GO|GSD|HSEC|JLSEC|KUBE|LBSEC|LSN|MAL|MGASA|MINI|OESA|OPENSUSE|OSEC|OSV|PHSA|PSF|PUB|PYSEC|RH[BES]A|RLSA|ROOT|RSEC|RUSTSEC|RXSA|SUSE|TEMP|UBUNTU|USN|V8)-[\w:.-]*\d[\w:.-]*$/i;

/** Whether a text is what somebody may call a vulnerability. */
export function isVulnerabilityId(text: string): boolean {
  if (/^cve-/i.test(text)) return /^cve-\d{4}-\d{4,}$/i.test(text);
  if (/^ghsa-/i.test(text)) return /^ghsa(?:-[0-9a-z]{4}){3}$/i.test(text);
  return PREFIXES.test(text) || /^cga(?:-[0-9a-z]{4}){3}$/i.test(text);
}

/** CVE ids are in capitals; of GHSA and CGA ids the first part alone is. */
function writtenId(text: string): string {
  const id = text.trim();
  if (/^cve-/i.test(id)) return id.toUpperCase();
  const [prefix] = /^(?:ghsa|cga)-/i.exec(id) ?? [];
  return prefix ? prefix.toUpperCase() + id.slice(prefix.length).toLowerCase() : id;
}

/** Whether two ids are one, however they are written. */
export function isSameId(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}

/** What of a package it may be named by. */
type Named = Pick<Package, 'purl' | 'name' | 'ecosystem' | 'source'>;

/**
 * The packages that a name or a purl means; a purl may leave out its version or its qualifiers. A name
 * that no package has may be that of a source package.
 */
export function packagesNamed<Each extends Named>(
  packages: readonly Each[],
  text: string,
): readonly Each[] {
  if (text.startsWith('pkg:')) return packages.filter(({ purl }) => isPurl(purl, text));
  const own = packages.filter(({ name, ecosystem }) => isName(ecosystem, name, text));
  if (own.length > 0) return own;
  return packages.filter(({ source }) => source?.name === text);
}

function isName(ecosystem: string, name: string, text: string): boolean {
  return normaliseName(ecosystem, name) === normaliseName(ecosystem, text);
}

function isPurl(purl: string, text: string): boolean {
  return purl === text || purl.replace(/[?#].*$/, '') === text || barePurl(purl) === text;
}

/** Whether the purl of a finding's key, which has no version, may be what a name or a purl means. */
export function mayBeNamed(bare: string, text: string): boolean {
  if (text.startsWith('pkg:')) return barePurl(text) === bare;
  const name = decodeURIComponent(bare.slice(bare.lastIndexOf('/') + 1));
  return name === text || normaliseName('PyPI', name) === normaliseName('PyPI', text);
}
