import * as z from 'zod';
import { Digest } from './digest.ts';
import type { Platform } from './platform.ts';

/** The four media types of manifests that hold images (OCI image-spec and Docker schema 2). */
export const MEDIA_TYPES = {
  ociIndex: 'application/vnd.oci.image.index.v1+json',
  ociManifest: 'application/vnd.oci.image.manifest.v1+json',
  ociConfig: 'application/vnd.oci.image.config.v1+json',
  dockerIndex: 'application/vnd.docker.distribution.manifest.list.v2+json',
  dockerManifest: 'application/vnd.docker.distribution.manifest.v2+json',
  dockerConfig: 'application/vnd.docker.container.image.v1+json',
} as const;

/** Bytes that are no manifest or config. */
export class MalformedManifestError extends Error {
  override readonly name = 'MalformedManifestError';
}

/** A manifest of a kind that holds no image: a signature, an attestation, a chart, schema 1. */
export class UnsupportedMediaTypeError extends Error {
  override readonly name = 'UnsupportedMediaTypeError';

  constructor(what: string, mediaType: string) {
    super(`${what} is no image: ${JSON.stringify(mediaType)}`);
  }
}

const PlatformSchema = z.object({
  os: z.string(),
  architecture: z.string(),
  variant: z.string().optional(),
});

/** OCI image-spec descriptor.md; sizes are bytes. */
export const Descriptor = z.object({
  mediaType: z.string(),
  digest: Digest,
  size: z.number().int().nonnegative(),
  artifactType: z.string().optional(),
  platform: PlatformSchema.optional(),
  annotations: z.record(z.string(), z.string()).optional(),
});
export type Descriptor = z.infer<typeof Descriptor>;

const Index = z.object({
  mediaType: z.string().optional(),
  manifests: z.array(Descriptor),
  annotations: z.record(z.string(), z.string()).optional(),
});

const Manifest = z.object({
  mediaType: z.string().optional(),
  artifactType: z.string().optional(),
  config: Descriptor,
  layers: z.array(Descriptor),
  subject: Descriptor.optional(),
  annotations: z.record(z.string(), z.string()).optional(),
});

/** A manifest that may stand behind a tag. */
export type ImageManifest =
  | {
      readonly kind: 'index';
      /** The children that are images, attestations left out, in the index's order. */
      readonly platforms: readonly {
        /** `null` where the index does not say it: its config does (image-spec image-index.md: the member is optional). */
        readonly platform: Platform | null;
        readonly descriptor: Descriptor;
      }[];
      /** The children that say something of the images: provenance, lists of packages, VEX. */
      readonly attestations: readonly Descriptor[];
      readonly annotations?: Readonly<Record<string, string>>;
    }
  | {
      readonly kind: 'image';
      readonly config: Descriptor;
      readonly layers: readonly Descriptor[];
      readonly annotations?: Readonly<Record<string, string>>;
    };

/**
 * Reads the bytes of a manifest. `mediaType` is what the registry said; the document's own wins.
 *
 * @throws MalformedManifestError, UnsupportedMediaTypeError
 */
export function parseManifest(bytes: Uint8Array, mediaType?: string): ImageManifest {
  const json = parseJson(bytes, 'manifest');
  const own = z.object({ mediaType: z.string().optional() }).safeParse(json).data?.mediaType;
  const type = own ?? mediaType?.split(';')[0]?.trim() ?? guessMediaType(json);
  if (type === MEDIA_TYPES.ociIndex || type === MEDIA_TYPES.dockerIndex) {
    return parseIndex(json);
  }
  if (type === MEDIA_TYPES.ociManifest || type === MEDIA_TYPES.dockerManifest) {
    return parseImage(json);
  }
  throw new UnsupportedMediaTypeError('manifest', type);
}

/** The media type may be missing from an OCI document (image-spec manifest.md): its members tell. */
function guessMediaType(json: unknown): string {
  if (Index.safeParse(json).success) return MEDIA_TYPES.ociIndex;
  if (Manifest.safeParse(json).success) return MEDIA_TYPES.ociManifest;
  return '';
}

function parseIndex(json: unknown): ImageManifest {
  const index = parseAs(Index, json, 'index');
  const attestations = index.manifests.filter(isAttestation);
  const platforms = index.manifests.flatMap((descriptor) => {
    const { platform = null } = descriptor;
    // BuildKit lists attestations as children of an unknown platform.
    const isImage = platform ? platform.os !== 'unknown' : mayBeImage(descriptor);
    return isImage ? [{ platform, descriptor }] : [];
  });
  if (platforms.length === 0) throw new MalformedManifestError('index without a platform');
  const { annotations } = index;
  return { kind: 'index', platforms, attestations, ...(annotations && { annotations }) };
}

function isAttestation({ annotations }: Descriptor): boolean {
  return annotations?.['vnd.docker.reference.type'] === 'attestation-manifest';
}

/** Whether a child of an index may be an image, by what the index says of it. */
function mayBeImage(descriptor: Descriptor): boolean {
  const { mediaType, artifactType } = descriptor;
  const isManifest =
    mediaType === MEDIA_TYPES.ociManifest || mediaType === MEDIA_TYPES.dockerManifest;
  const isImage = artifactType === undefined || artifactType === MEDIA_TYPES.ociConfig;
  return isManifest && isImage && !isAttestation(descriptor);
}

function parseImage(json: unknown): ImageManifest {
  const manifest = parseAs(Manifest, json, 'manifest');
  const { config, layers, artifactType, subject, annotations } = manifest;
  const isImage =
    config.mediaType === MEDIA_TYPES.ociConfig || config.mediaType === MEDIA_TYPES.dockerConfig;
  if (!isImage || artifactType || subject) {
    throw new UnsupportedMediaTypeError('manifest', artifactType ?? config.mediaType);
  }
  return { kind: 'image', config, layers, ...(annotations && { annotations }) };
}

/** A manifest that need not hold an image: what its layers are says each for itself. */
export type Artifact = Pick<
  z.infer<typeof Manifest>,
  'artifactType' | 'layers' | 'subject' | 'annotations'
>;

/** Reads the bytes of a manifest of any content, an index excepted. @throws MalformedManifestError */
export function parseArtifact(bytes: Uint8Array): Artifact {
  return parseAs(Manifest, parseJson(bytes, 'manifest'), 'manifest');
}

/** OCI image-spec config.md; only what we read. */
export const ImageConfig = z.object({
  architecture: z.string(),
  os: z.string(),
  variant: z.string().optional(),
  created: z.string().optional(),
  config: z
    .object({
      User: z.string().optional(),
      Env: z.array(z.string()).nullish(),
      Entrypoint: z.array(z.string()).nullish(),
      Cmd: z.array(z.string()).nullish(),
      WorkingDir: z.string().optional(),
      Labels: z.record(z.string(), z.string()).nullish(),
      ExposedPorts: z.record(z.string(), z.unknown()).nullish(),
      Volumes: z.record(z.string(), z.unknown()).nullish(),
      StopSignal: z.string().optional(),
      Shell: z.array(z.string()).nullish(),
      Healthcheck: z.object({ Test: z.array(z.string()).nullish() }).nullish(),
    })
    .nullish(),
  rootfs: z.object({ type: z.literal('layers'), diff_ids: z.array(Digest) }),
  history: z
    .array(
      z.object({
        created: z.string().optional(),
        created_by: z.string().optional(),
        comment: z.string().optional(),
        empty_layer: z.boolean().optional(),
      }),
    )
    .nullish(),
});
export type ImageConfig = z.infer<typeof ImageConfig>;

/** @throws MalformedManifestError */
export function parseImageConfig(bytes: Uint8Array): ImageConfig {
  return parseAs(ImageConfig, parseJson(bytes, 'config'), 'config');
}

function parseJson(bytes: Uint8Array, what: string): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new MalformedManifestError(`${what} is not JSON`, { cause });
  }
}

function parseAs<Schema extends z.ZodType>(
  schema: Schema,
  json: unknown,
  what: string,
): z.output<Schema> {
  const result = schema.safeParse(json);
  if (!result.success) {
    throw new MalformedManifestError(`malformed ${what}: ${z.prettifyError(result.error)}`);
  }
  return result.data;
}
