import type { Digest } from '../core/image/digest.ts';
import {
  type ImageManifest,
  MalformedManifestError,
  parseManifest,
  UnsupportedMediaTypeError,
} from '../core/image/manifest.ts';
import type { ImageReference } from '../core/image/reference.ts';
import type { ImageSource } from './ports.ts';

export type PlatformManifest = Extract<ImageManifest, { kind: 'image' }>;
export type IndexManifest = Extract<ImageManifest, { kind: 'index' }>;

/** Where manifests are read. */
interface Source {
  readonly images: Pick<ImageSource, 'manifest'>;
}

/** The manifest of a digest. @throws what `ImageSource` throws; MalformedManifestError, UnsupportedMediaTypeError */
export async function readManifest(
  { images }: Source,
  reference: ImageReference,
  digest: Digest,
): Promise<ImageManifest> {
  const { bytes, mediaType } = await images.manifest(reference, digest);
  return parseManifest(bytes, mediaType);
}

/**
 * The image that an index lists; `undefined` for what is none though the index does not say so.
 *
 * @throws as `readManifest`
 */
export async function readChild(
  source: Source,
  reference: ImageReference,
  { platform, descriptor }: IndexManifest['platforms'][number],
): Promise<PlatformManifest | undefined> {
  try {
    const manifest = await readManifest(source, reference, descriptor.digest);
    if (manifest.kind === 'index') throw new MalformedManifestError('index within an index');
    return manifest;
  } catch (error) {
    if (platform === null && error instanceof UnsupportedMediaTypeError) return undefined;
    throw error;
  }
}
