import { type ImageReference, InvalidReferenceError, parseReference } from './reference.ts';

/** Tags of one repository: `registry/repository:prod*`. */
export interface TagPattern extends Pick<ImageReference, 'registry' | 'repository'> {
  /** A tag in which `*` stands for any characters, or none. */
  readonly pattern: string;
}

/**
 * Reads `registry/repository:tag` with a `*` in its tag; `undefined` for what has none there.
 *
 * @throws InvalidReferenceError
 */
export function parseTagPattern(image: string): TagPattern | undefined {
  if (!image.includes('*')) return undefined;
  const colon = image.lastIndexOf(':');
  const pattern = image.slice(colon + 1);
  // A star is no character of a name: what it stands for may be anything that a tag holds.
  if (!/^[\w.*-]{1,128}$/.test(pattern)) throw new InvalidReferenceError(image);
  const { registry, repository } = parseReference(image.slice(0, colon));
  return { registry, repository, pattern };
}

/** Whether a tag is meant by a pattern; in time that grows with their lengths, whatever is written. */
export function matchesTag(pattern: string, tag: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return tag === pattern;
  if (!tag.startsWith(first) || !tag.endsWith(last)) return false;
  const end = tag.length - last.length;
  let at = first.length;
  for (const part of rest) {
    const found = tag.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= end;
}

/** A digest as a tag: what signs and describes an image (cosign; OCI distribution-spec v1.1, referrers tag schema). */
const ATTACHED = /^sha256-[0-9a-f]{64}(?:\.|$)/;

/** Whether a tag belongs to an image instead of being one. */
export function isAttachment(tag: string): boolean {
  return ATTACHED.test(tag);
}
