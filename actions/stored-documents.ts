import type { Digest } from '../core/image/digest.ts';
import {
  type Descriptor,
  parseManifest,
  UnsupportedMediaTypeError,
} from '../core/image/manifest.ts';
import type { BaseClaim } from '../core/inventory/base-evidence.ts';
import type { ImageSource, ObjectStore } from './ports.ts';
import { findObject, hexOf, writeObject } from './stored-objects.ts';

const FORMAT = 'image-documents/1';

/** A manifest or a config as its registry gave it. */
interface Document {
  readonly mediaType: string;
  readonly base64: string;
}

/**
 * What of an image its registry gave beside its layers, for good: later code makes another inventory of
 * it without asking again. It is there only of images that were indexed once, whatever the extractors.
 */
export interface ImageDocuments {
  /** Of the index, if there is one, and of the platforms. */
  readonly manifests: Readonly<Record<Digest, Document>>;
  readonly configs: Readonly<Record<Digest, Document>>;
  /** What provenance said of the platforms; absent where nobody had looked for it. */
  readonly materials?: Materials;
}

/** What each platform was made from. */
type Materials = Readonly<Record<Digest, readonly BaseClaim[]>>;

/** Where an image's documents are kept, by the digest that it was indexed by. */
function documentsKey(digest: Digest): string {
  return `images/documents/${hexOf(digest)}.json`;
}

/** The documents of an image that was indexed before, by whatever code; `undefined` if it never was. */
export function findDocuments(
  objects: ObjectStore,
  digest: Digest,
): Promise<ImageDocuments | undefined> {
  return findObject<ImageDocuments>(objects, FORMAT, documentsKey(digest));
}

/** The layers of all platforms. */
export function layersIn({ manifests }: ImageDocuments): readonly Descriptor[] {
  return Object.values(manifests).flatMap(layersOf);
}

function layersOf({ mediaType, base64 }: Document): readonly Descriptor[] {
  try {
    const manifest = parseManifest(Buffer.from(base64, 'base64'), mediaType);
    return manifest.kind === 'image' ? manifest.layers : [];
  } catch (error) {
    // An index may list what is no image.
    if (error instanceof UnsupportedMediaTypeError) return [];
    throw error;
  }
}

/** Answers out of what is kept; what is not kept is asked for. */
export function withDocuments(images: ImageSource, documents: ImageDocuments): ImageSource {
  const find = (kept: Readonly<Record<Digest, Document>>, digest: Digest) => {
    const found = Object.hasOwn(kept, digest) ? kept[digest] : undefined;
    return found && { mediaType: found.mediaType, bytes: Buffer.from(found.base64, 'base64') };
  };
  return {
    ...images,
    manifest: async (reference, digest) =>
      find(documents.manifests, digest) ?? (await images.manifest(reference, digest)),
    blob: async (reference, descriptor) =>
      find(documents.configs, descriptor.digest)?.bytes ??
      (await images.blob(reference, descriptor)),
  };
}

/** A source that is written down as it is asked. */
export interface RecordedSource {
  readonly images: ImageSource;
  /** Keeps what was asked of an image. */
  keep(objects: ObjectStore, digest: Digest, materials: Materials): Promise<void>;
}

/** Writes down which manifests and configs a source gives. */
export function recordDocuments(images: ImageSource): RecordedSource {
  const manifests: Record<Digest, Document> = {};
  const configs: Record<Digest, Document> = {};
  return {
    images: {
      ...images,
      async manifest(reference, digest) {
        const { mediaType, bytes } = await images.manifest(reference, digest);
        manifests[digest] = { mediaType, base64: Buffer.from(bytes).toString('base64') };
        return { mediaType, bytes };
      },
      async blob(reference, descriptor) {
        const bytes = await images.blob(reference, descriptor);
        const base64 = Buffer.from(bytes).toString('base64');
        configs[descriptor.digest] = { mediaType: descriptor.mediaType, base64 };
        return bytes;
      },
    },
    async keep(objects, digest, materials) {
      await writeObject(objects, FORMAT, documentsKey(digest), { manifests, configs, materials });
    },
  };
}
