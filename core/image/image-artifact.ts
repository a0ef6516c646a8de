import { MEDIA_TYPES } from './manifest.ts';

const MANIFESTS: readonly string[] = [
  MEDIA_TYPES.ociIndex,
  MEDIA_TYPES.ociManifest,
  MEDIA_TYPES.dockerIndex,
  MEDIA_TYPES.dockerManifest,
];
const CONFIGS: readonly string[] = [MEDIA_TYPES.ociConfig, MEDIA_TYPES.dockerConfig];

/**
 * The tags under which signatures, attestations and lists of referrers lie beside an image: its
 * digest with a dash (OCI distribution-spec, "Referrers Tag Schema"), and cosign's endings.
 */
const OF_ANOTHER = /^sha256-[0-9a-f]{64}(?:\.[a-z0-9]+)?$/;

/** What ECR tells of a manifest without giving it. */
export interface ManifestTypes {
  readonly tag: string;
  /** Of the manifest; ECR may leave it out. */
  readonly mediaType?: string | undefined;
  /** Of its config or what it says of itself; an index has none. */
  readonly artifactType?: string | undefined;
}

/** Whether a tagged manifest may be an image: what is not told counts for it. */
export function mayBeImage({ tag, mediaType, artifactType }: ManifestTypes): boolean {
  return (
    // cosign's signatures have an image's config: only their tags tell them apart.
    !OF_ANOTHER.test(tag) &&
    (mediaType === undefined || MANIFESTS.includes(mediaType)) &&
    (artifactType === undefined || artifactType === '' || CONFIGS.includes(artifactType))
  );
}
