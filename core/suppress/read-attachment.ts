import * as z from 'zod';
import type { Artifact, Descriptor } from '../image/manifest.ts';
import { DOCUMENT_LIMIT, InvalidVexError, parseOpenVex } from './open-vex.ts';
import type { Attachment, VexStatement } from './vex-statement.ts';

/** A document as it is (https://github.com/openvex/spec). */
const DOCUMENT = 'application/vnd.openvex+json';

/** What a document may be wrapped in: DSSE (cosign), a bundle of Sigstore around it (cosign 3), in-toto alone (BuildKit). */
const WRAPPED =
  /^application\/(?:vnd\.dsse\.envelope\.v1|vnd\.in-toto|vnd\.dev\.sigstore\.bundle(?:\.v0\.\d+)?)\+json(?:;.*)?$/;

/** How a statement of in-toto says that it holds OpenVEX (openvex/spec, ATTESTING.md). */
const PREDICATE = /^https:\/\/openvex\.dev\/ns(?:\/v0\.2\.\d+)?$/;

/** Where writers say beside a layer, or a manifest, what its statement is: then others need not be read. */
const PREDICATE_ANNOTATIONS = [
  'predicateType',
  'in-toto.io/predicate-type',
  'dev.sigstore.bundle.predicateType',
];

/** Base64 in JSON, twice in a bundle; certificates and signatures beside it. */
export const ATTACHMENT_LIMIT = 3 * DOCUMENT_LIMIT;

/** Whether what was pushed may hold VEX, by its artifact type. */
export function mayHoldVex(artifactType: string): boolean {
  return artifactType === DOCUMENT || WRAPPED.test(artifactType);
}

/** The layers of a manifest that may hold a document. */
export function vexLayers({ layers, artifactType, annotations }: Artifact): readonly Descriptor[] {
  return layers.filter((layer) => {
    const said = predicateOf({ ...annotations, ...layer.annotations });
    if (said !== undefined) return PREDICATE.test(said) && WRAPPED.test(layer.mediaType);
    return (
      layer.mediaType === DOCUMENT || artifactType === DOCUMENT || WRAPPED.test(layer.mediaType)
    );
  });
}

/** Whether a descriptor says that it holds another statement than VEX. */
export function holdsAnother({ annotations = {} }: Descriptor): boolean {
  const said = predicateOf(annotations);
  return said !== undefined && !PREDICATE.test(said);
}

function predicateOf(annotations: Readonly<Record<string, string>>): string | undefined {
  return PREDICATE_ANNOTATIONS.map((name) => annotations[name]).find((each) => each !== undefined);
}

const Envelope = z.object({ payloadType: z.string(), payload: z.string() });

const Bundle = z.object({ dsseEnvelope: Envelope });

/** A bundle that signs the image itself and says nothing of it. */
const Signature = z.object({ messageSignature: z.object({}) });

const InToto = z.object({
  _type: z.string().startsWith('https://in-toto.io/Statement/'),
  predicateType: z.string(),
  subject: z.array(z.object({ digest: z.record(z.string(), z.string()) })).default([]),
  predicate: z.unknown(),
});

/**
 * What an attached document says; nothing where it is a statement of another kind. Signatures are not
 * looked at.
 *
 * @throws InvalidVexError
 */
export function readAttachment(bytes: Uint8Array, attachment: Attachment): readonly VexStatement[] {
  const json = unwrap(parseJson(bytes));
  if (Signature.safeParse(json).success) return [];
  const wrapped = InToto.safeParse(json);
  if (!wrapped.success) return parseOpenVex(json, attachment);
  const { predicateType, subject, predicate } = wrapped.data;
  if (!PREDICATE.test(predicateType)) return [];
  const isAboutIt = subject.some(({ digest }) => `sha256:${digest.sha256}` === attachment.to);
  if (!isAboutIt) {
    throw new InvalidVexError([`subject: expected ${attachment.to}, to which it is attached`]);
  }
  return parseOpenVex(predicate, attachment);
}

/** The payload of an envelope, where there is one. */
function unwrap(json: unknown): unknown {
  const envelope = Bundle.safeParse(json).data?.dsseEnvelope ?? Envelope.safeParse(json).data;
  if (!envelope) return json;
  const { payloadType, payload } = envelope;
  if (payloadType !== 'application/vnd.in-toto+json') {
    throw new InvalidVexError([
      `payloadType: expected application/vnd.in-toto+json, got ${JSON.stringify(payloadType.slice(0, 100))}`,
    ]);
  }
  return parseJson(Buffer.from(payload, 'base64'));
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new InvalidVexError(['expected JSON']);
  }
}
