import type { Digest } from '../core/image/digest.ts';
import type { Inventory } from '../core/inventory/inventory.ts';
import { compareSbom } from '../core/sbom/compare-sbom.ts';
import type { ComparedSboms } from '../core/sbom/layer-sboms.ts';
import type { ObjectStore } from './ports.ts';
import type { AttachedDocuments } from './read-attached-documents.ts';
import { findObject, hexOf, writeObject } from './stored-objects.ts';

const FORMAT = 'attached-sboms/1';

/** What the bills of materials that are attached to an image say beside its layers, platform by platform. */
export interface StoredSboms {
  readonly platforms: readonly (ComparedSboms & { readonly digest: Digest })[];
}

/** What was attached to an image when it was indexed, of most images nothing. */
export function indexedSbomsKey(digest: Digest): string {
  return `images/sboms/${hexOf(digest)}/indexed.json`;
}

/** Keeps what was read first. */
export async function keepSboms(
  objects: ObjectStore,
  digest: Digest,
  sboms: StoredSboms,
): Promise<void> {
  await writeObject(objects, FORMAT, indexedSbomsKey(digest), sboms);
}

/** What was attached to an image when it was indexed, against one platform's layers; `undefined` where nothing was. */
export async function findSboms(
  objects: ObjectStore,
  image: Digest,
  platform: Digest,
): Promise<ComparedSboms | undefined> {
  const stored = await findObject<StoredSboms>(objects, FORMAT, indexedSbomsKey(image));
  return stored?.platforms.find(({ digest }) => digest === platform);
}

/** What is attached to an image or to one of its platforms, against that platform's layers; `undefined` where nothing is. */
export function compareAttached(
  { sboms, problems }: AttachedDocuments,
  image: Digest,
  inventory: Inventory,
): ComparedSboms | undefined {
  const own = sboms.filter(({ to }) => to === image || to === inventory.digest);
  if (own.length + problems.length === 0) return undefined;
  const comparisons = own.map(({ source, document }) => compareSbom(source, document, inventory));
  return { comparisons, problems };
}
