import * as z from 'zod';

/** Bytes that are neither a statement nor a document in JSON. */
export class MalformedStatementError extends Error {
  override readonly name = 'MalformedStatementError';
}

/** What was attached to an image, taken out of its envelope. Signatures are not looked at. */
export type Attached =
  /** Signs the image itself and says nothing of it. */
  | { readonly kind: 'signature' }
  | {
      readonly kind: 'statement';
      readonly predicateType: string;
      /** SHA-256 digests of what it is about. */
      readonly subjects: readonly string[];
      readonly predicate: unknown;
    }
  /** In no envelope: the document itself. */
  | { readonly kind: 'document'; readonly json: unknown };

/**
 * What a statement may be wrapped in: DSSE (cosign), a bundle of Sigstore around it (cosign 3), in-toto
 * alone (BuildKit).
 */
const WRAPPED =
  /^application\/(?:vnd\.dsse\.envelope\.v1|vnd\.in-toto|vnd\.dev\.sigstore\.bundle(?:\.v0\.\d+)?)\+json(?:;.*)?$/;

/** Where writers say beside a layer, or a manifest, what its statement is: then others need not be read. */
const PREDICATE_ANNOTATIONS = [
  'predicateType',
  'in-toto.io/predicate-type',
  'dev.sigstore.bundle.predicateType',
];

const Envelope = z.object({ payloadType: z.string(), payload: z.string() });

const Bundle = z.object({ dsseEnvelope: Envelope });

const Signature = z.object({ messageSignature: z.object({}) });

const InToto = z.object({
  _type: z.string().startsWith('https://in-toto.io/Statement/'),
  predicateType: z.string(),
  subject: z.array(z.object({ digest: z.record(z.string(), z.string()) })).default([]),
  predicate: z.unknown(),
});

/** Whether a layer of this media type may hold a statement. */
export function isWrapped(mediaType: string): boolean {
  return WRAPPED.test(mediaType);
}

/** What annotations say that a statement is; `undefined` where they say nothing. */
export function annotatedPredicate(
  annotations: Readonly<Record<string, string>>,
): string | undefined {
  return PREDICATE_ANNOTATIONS.map((name) => annotations[name]).find((each) => each !== undefined);
}

/** Opens what was attached. @throws MalformedStatementError */
export function openStatement(bytes: Uint8Array): Attached {
  const json = unwrap(parseJson(bytes));
  if (Signature.safeParse(json).success) return { kind: 'signature' };
  const wrapped = InToto.safeParse(json).data;
  if (!wrapped) return { kind: 'document', json };
  const { predicateType, subject, predicate } = wrapped;
  const subjects = subject.flatMap(({ digest }) => digest.sha256 ?? []);
  return {
    kind: 'statement',
    predicateType,
    subjects: subjects.map((each) => `sha256:${each}`),
    predicate,
  };
}

/** The payload of an envelope, where there is one. */
function unwrap(json: unknown): unknown {
  const envelope = Bundle.safeParse(json).data?.dsseEnvelope ?? Envelope.safeParse(json).data;
  if (!envelope) return json;
  const { payloadType, payload } = envelope;
  if (payloadType !== 'application/vnd.in-toto+json') {
    throw new MalformedStatementError(
      `payloadType: expected application/vnd.in-toto+json, got ${JSON.stringify(payloadType.slice(0, 100))}`,
    );
  }
  return parseJson(Buffer.from(payload, 'base64'));
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new MalformedStatementError('expected JSON');
  }
}
