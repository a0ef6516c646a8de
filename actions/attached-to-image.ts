import type { Digest } from '../core/image/digest.ts';
import { TooLargeError } from '../core/image/errors.ts';
import type { ImageManifest } from '../core/image/manifest.ts';
import type { ImageReference } from '../core/image/reference.ts';
import type { BaseClaim } from '../core/inventory/base-evidence.ts';
import type { IndexedImage, Inventory } from '../core/inventory/inventory.ts';
import type { AttachedTo } from './attached-manifests.ts';
import type { ImageSource, ObjectStore } from './ports.ts';
import { materialsOf, readAttachedDocuments } from './read-attached-documents.ts';
import { readAttachedVex } from './read-attached-vex.ts';
import { rememberAnswers } from './remember-answers.ts';
import { compareAttached, keepSboms } from './stored-sboms.ts';
import { indexedVexKey, keepVex } from './stored-vex.ts';

/** Platforms of one index that are read; more is no image of ours. */
const MAX_PLATFORMS = 32;

/** What is attached to an image that is being indexed. */
export interface AttachedToImage {
  /** What provenance says that it was made from. */
  materialsOf(digests: readonly Digest[]): readonly BaseClaim[];
  /** Keeps the VEX, and what the bills of materials say beside the layers of platforms whose inventories are there. */
  keep(
    objects: ObjectStore,
    platforms: IndexedImage['platforms'],
    inventoryOf: (digest: Digest) => Promise<Inventory>,
  ): Promise<void>;
}

/** Reads what is attached to an image and to its platforms. @throws TooLargeError */
export async function readAttached(
  source: ImageSource,
  reference: ImageReference,
  image: Digest,
  manifest: ImageManifest,
): Promise<AttachedToImage> {
  const images = rememberAnswers(source);
  const attachedTo = attachedToOf(image, manifest);
  const documents = await readAttachedDocuments(images, reference, attachedTo);
  return {
    materialsOf: (digests) => materialsOf(documents, digests),
    async keep(objects, platforms, inventoryOf) {
      const vex = await readAttachedVex(images, reference, attachedTo);
      if (vex) await keepVex(objects, indexedVexKey(image), vex);
      const compared = [];
      const hasAny = documents.sboms.length + documents.problems.length > 0;
      for (const { digest } of hasAny ? platforms : []) {
        const sboms = compareAttached(documents, image, await inventoryOf(digest));
        if (sboms) compared.push({ digest, ...sboms });
      }
      if (compared.length > 0) await keepSboms(objects, image, { platforms: compared });
    },
  };
}

function attachedToOf(image: Digest, manifest: ImageManifest): AttachedTo {
  if (manifest.kind === 'image') return { digests: [image], attestations: [] };
  if (manifest.platforms.length > MAX_PLATFORMS) {
    throw new TooLargeError(`index with ${manifest.platforms.length} platforms`);
  }
  const children = manifest.platforms.map(({ descriptor }) => descriptor.digest);
  return { digests: [...new Set([image, ...children])], attestations: manifest.attestations };
}
