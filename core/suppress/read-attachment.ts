import {
  annotatedPredicate,
  isWrapped,
  MalformedStatementError,
  openStatement,
} from '../attest/open-statement.ts';
import type { Artifact, Descriptor } from '../image/manifest.ts';
import { DOCUMENT_LIMIT, InvalidVexError, parseOpenVex } from './open-vex.ts';
import type { Attachment, VexStatement } from './vex-statement.ts';

/** A document as it is (https://github.com/openvex/spec). */
const DOCUMENT = 'application/vnd.openvex+json';

/** How a statement of in-toto says that it holds OpenVEX (openvex/spec, ATTESTING.md). */
const PREDICATE = /^https:\/\/openvex\.dev\/ns(?:\/v0\.2\.\d+)?$/;

/** Base64 in JSON, twice in a bundle; certificates and signatures beside it. */
export const ATTACHMENT_LIMIT = 3 * DOCUMENT_LIMIT;

/** Whether what was pushed may hold VEX, by its artifact type. */
export function mayHoldVex(artifactType: string): boolean {
  return artifactType === DOCUMENT || isWrapped(artifactType);
}

/** The layers of a manifest that may hold a document. */
export function vexLayers({ layers, artifactType, annotations }: Artifact): readonly Descriptor[] {
  return layers.filter((layer) => {
    const said = annotatedPredicate({ ...annotations, ...layer.annotations });
    if (said !== undefined) return PREDICATE.test(said) && isWrapped(layer.mediaType);
    return layer.mediaType === DOCUMENT || artifactType === DOCUMENT || isWrapped(layer.mediaType);
  });
}

/** Whether a descriptor says that it holds another statement than VEX. */
export function holdsAnother({ annotations = {} }: Descriptor): boolean {
  const said = annotatedPredicate(annotations);
  return said !== undefined && !PREDICATE.test(said);
}

/**
 * What an attached document says; nothing where it is a statement of another kind. Signatures are not
 * looked at.
 *
 * @throws InvalidVexError
 */
export function readAttachment(bytes: Uint8Array, attachment: Attachment): readonly VexStatement[] {
  const opened = open(bytes);
  if (opened.kind === 'signature') return [];
  if (opened.kind === 'document') return parseOpenVex(opened.json, attachment);
  const { predicateType, subjects, predicate } = opened;
  if (!PREDICATE.test(predicateType)) return [];
  if (!subjects.includes(attachment.to)) {
    throw new InvalidVexError([`subject: expected ${attachment.to}, to which it is attached`]);
  }
  return parseOpenVex(predicate, attachment);
}

function open(bytes: Uint8Array): ReturnType<typeof openStatement> {
  try {
    return openStatement(bytes);
  } catch (error) {
    if (error instanceof MalformedStatementError) throw new InvalidVexError([error.message]);
    throw error;
  }
}
