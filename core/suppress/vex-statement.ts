import { PackageURL } from 'packageurl-js';
import type { Digest } from '../image/digest.ts';
import { matchesPattern } from './pattern.ts';
import type { SuppressedPlace, Suppressible } from './suppression.ts';

/** A package as a statement names it: what is not said may be anything. */
export interface VexPackage {
  readonly type: string;
  readonly namespace: string | null;
  readonly name: string;
  readonly version: string | null;
  readonly qualifiers: Readonly<Record<string, string>>;
}

/** What a statement is about: an image, packages of it, or packages wherever they are. */
export interface VexProduct {
  /** Of the image, or of one of its platforms. */
  readonly digest: string | null;
  /** `registry/repository`, or `*` before a name; with a digest it says nothing more. */
  readonly image: string | null;
  /** None: all of them. */
  readonly packages: readonly VexPackage[];
}

/** What somebody says of a vulnerability in products. */
export interface VexStatement {
  /** The document's own id. */
  readonly document: string;
  readonly author: string;
  /** RFC 3339: the last word counts. */
  readonly at: string;
  readonly vulnerabilities: readonly string[];
  readonly products: readonly VexProduct[];
  readonly status: 'not_affected' | 'affected' | 'fixed' | 'under_investigation';
  /** Status, justification and impact. */
  readonly reason: string;
  /** Where its document was attached; not there for one that stands in the repository of the configuration. */
  readonly attached?: Attachment;
}

/** Where a document of VEX was found. */
export interface Attachment {
  /** The image that it says something of; it says nothing of any other. */
  readonly to: Digest;
  /** `registry/repository` that it was read from; `null` where the image's own digest covers it. */
  readonly from: string | null;
  /** Of the bytes that held the document. */
  readonly document: Digest;
}

/** Whether a statement is about a finding at a place. */
export function isStatementAbout(
  { products, attached }: VexStatement,
  subject: Suppressible,
  place: SuppressedPlace,
): boolean {
  if (attached && attached.to !== place.imageDigest && attached.to !== place.digest) return false;
  return products.some(
    ({ digest, image, packages }) =>
      isImage({ digest, image }, place) &&
      (packages.length === 0 || packages.some((each) => isPackage(each, subject.package))),
  );
}

function isImage(
  { digest, image }: Pick<VexProduct, 'digest' | 'image'>,
  place: SuppressedPlace,
): boolean {
  if (digest !== null) return digest === place.imageDigest || digest === place.digest;
  if (image === null) return true;
  return matchesPattern(image, repositoryOf(place));
}

/** `registry/repository` of a place. */
export function repositoryOf({ channel }: Pick<SuppressedPlace, 'channel'>): string {
  return channel.slice(0, channel.indexOf('|'));
}

function isPackage(said: VexPackage, purl: string): boolean {
  const installed = parsed(purl);
  if (!installed) return false;
  const { type, namespace, name, version, qualifiers } = installed;
  return (
    said.type === type &&
    said.name === name &&
    said.namespace === (namespace ?? null) &&
    (said.version === null || said.version === version) &&
    Object.entries(said.qualifiers).every(([key, value]) => qualifiers?.[key] === value)
  );
}

/** Purls are made of what images say. */
function parsed(purl: string): PackageURL | undefined {
  try {
    return PackageURL.fromString(purl);
  } catch {
    return undefined;
  }
}
