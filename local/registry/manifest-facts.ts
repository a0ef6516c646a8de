import * as z from 'zod';
import type { Digest } from '../../core/image/digest.ts';
import { Descriptor } from '../../core/image/manifest.ts';
import type { ManifestFacts } from './change-log.ts';
import { RegistryRefusalError } from './registry-refusal.ts';

/** Any manifest or index, image or not: what a registry must know of it. */
const AnyManifest = z.object({
  mediaType: z.string().optional(),
  artifactType: z.string().optional(),
  config: Descriptor.optional(),
  layers: z.array(Descriptor).optional(),
  manifests: z.array(Descriptor).optional(),
  subject: Descriptor.optional(),
  annotations: z.record(z.string(), z.string()).optional(),
});

/** A manifest's facts, and what must be in the repository before it. */
interface ManifestNeeds {
  readonly facts: ManifestFacts;
  readonly needed: { readonly blobs: readonly Digest[]; readonly manifests: readonly Digest[] };
}

/** @throws RegistryRefusalError for what is no manifest of this media type */
export function readManifestFacts(bytes: Uint8Array, mediaType: string): ManifestNeeds {
  const manifest = parseManifest(bytes);
  if (manifest.mediaType && manifest.mediaType !== mediaType) {
    throw new RegistryRefusalError(400, 'MANIFEST_INVALID', `not a ${mediaType}`);
  }
  // OCI distribution-spec, "Listing Referrers": without an artifact type the config's stands for it.
  const artifactType = manifest.artifactType ?? manifest.config?.mediaType;
  return {
    facts: {
      mediaType,
      size: bytes.byteLength,
      ...(artifactType && { artifactType }),
      ...(manifest.subject && { subject: manifest.subject.digest }),
      ...(manifest.annotations && { annotations: manifest.annotations }),
    },
    needed: {
      blobs: [...(manifest.config ? [manifest.config] : []), ...(manifest.layers ?? [])].map(
        ({ digest }) => digest,
      ),
      manifests: (manifest.manifests ?? []).map(({ digest }) => digest),
    },
  };
}

function parseManifest(bytes: Uint8Array): z.infer<typeof AnyManifest> {
  try {
    return AnyManifest.parse(JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    throw new RegistryRefusalError(400, 'MANIFEST_INVALID', 'no manifest');
  }
}
