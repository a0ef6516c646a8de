import { UnsupportedMediaTypeError } from '../../core/image/manifest.ts';

/** How a layer's tar archive is packed. */
export type Compression = 'none' | 'gzip' | 'zstd';

/** Media types of layers (OCI image-spec media-types.md; Docker's "Image Manifest V 2, Schema 2" and BuildKit's zstd). */
const COMPRESSIONS: ReadonlyMap<string, Compression> = new Map([
  ['application/vnd.oci.image.layer.v1.tar', 'none'],
  ['application/vnd.oci.image.layer.v1.tar+gzip', 'gzip'],
  ['application/vnd.oci.image.layer.v1.tar+zstd', 'zstd'],
  ['application/vnd.docker.image.rootfs.diff.tar', 'none'],
  ['application/vnd.docker.image.rootfs.diff.tar.gzip', 'gzip'],
  ['application/vnd.docker.image.rootfs.diff.tar.zstd', 'zstd'],
]);

/**
 * How a layer of this media type is packed. Layers that registries do not hold
 * (`nondistributable`, `foreign`) are refused.
 *
 * @throws UnsupportedMediaTypeError
 */
export function compressionOf(mediaType: string): Compression {
  const compression = COMPRESSIONS.get(mediaType);
  if (!compression) throw new UnsupportedMediaTypeError('layer', mediaType);
  return compression;
}
