import { type Digest, digestOf } from '../../core/image/digest.ts';
import { MEDIA_TYPES } from '../../core/image/manifest.ts';

/** A manifest that says something of an image, with its blobs. */
export interface BuiltArtifact {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
  readonly artifactType?: string;
  readonly subject?: Digest;
  readonly blobs: ReadonlyMap<Digest, Uint8Array>;
}

export interface ArtifactSpec {
  readonly artifactType?: string;
  /** What it refers to, where it says so. */
  readonly subject?: { readonly digest: Digest; readonly size: number };
  readonly layers: readonly {
    readonly mediaType: string;
    /** Text as it is, anything else as JSON. */
    readonly content: unknown;
    readonly annotations?: Readonly<Record<string, string>>;
  }[];
}

export const OPENVEX = 'application/vnd.openvex+json';
const EMPTY = new TextEncoder().encode('{}');

export function buildArtifact({ artifactType, subject, layers }: ArtifactSpec): BuiltArtifact {
  const blobs = new Map([[digestOf(EMPTY), EMPTY]]);
  const descriptors = layers.map(({ mediaType, content, annotations }) => {
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    const bytes = new TextEncoder().encode(text);
    blobs.set(digestOf(bytes), bytes);
    return {
      mediaType,
      digest: digestOf(bytes),
      size: bytes.byteLength,
      ...(annotations && { annotations }),
    };
  });
  const bytes = new TextEncoder().encode(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: MEDIA_TYPES.ociManifest,
      ...(artifactType && { artifactType }),
      config: {
        mediaType: artifactType ? 'application/vnd.oci.empty.v1+json' : MEDIA_TYPES.ociConfig,
        digest: digestOf(EMPTY),
        size: EMPTY.byteLength,
      },
      layers: descriptors,
      ...(subject && { subject: { mediaType: MEDIA_TYPES.ociManifest, ...subject } }),
    }),
  );
  return {
    digest: digestOf(bytes),
    mediaType: MEDIA_TYPES.ociManifest,
    bytes,
    ...(artifactType && { artifactType }),
    ...(subject && { subject: subject.digest }),
    blobs,
  };
}

/** A document that says why a vulnerability is none of ours. */
export function aVexDocument(overrides: object = {}, statement: object = {}): object {
  return {
    '@context': 'https://openvex.dev/ns/v0.2.0',
    '@id': 'https://vex.example/attached',
    author: 'The Builder',
    timestamp: '2026-11-01T10:00:00Z',
    version: 1,
    statements: [
      {
        vulnerability: { name: 'CVE-2026-9000001' },
        status: 'not_affected',
        justification: 'vulnerable_code_not_present',
        ...statement,
      },
    ],
    ...overrides,
  };
}

/** A statement of in-toto about digests. */
export function inToto(
  predicate: unknown,
  subjects: readonly Digest[],
  predicateType = 'https://openvex.dev/ns/v0.2.0',
): object {
  return {
    _type: 'https://in-toto.io/Statement/v0.1',
    predicateType,
    subject: subjects.map((digest) => ({
      name: 'registry.example/web',
      digest: { sha256: digest.slice('sha256:'.length) },
    })),
    predicate,
  };
}

/** An envelope of DSSE, as cosign writes it. */
export function dsse(statement: object): object {
  const payload = Buffer.from(JSON.stringify(statement)).toString('base64');
  return {
    payloadType: 'application/vnd.in-toto+json',
    payload,
    signatures: [{ keyid: '', sig: 'bm9ib2R5IGxvb2tz' }],
  };
}
