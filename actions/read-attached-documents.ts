import {
  type Attached,
  annotatedPredicate,
  isWrapped,
  openStatement,
} from '../core/attest/open-statement.ts';
import type { Problem } from '../core/image/capture.ts';
import type { Digest } from '../core/image/digest.ts';
import { TooLargeError } from '../core/image/errors.ts';
import {
  type Artifact,
  type Descriptor,
  MalformedManifestError,
  parseArtifact,
} from '../core/image/manifest.ts';
import type { ImageReference } from '../core/image/reference.ts';
import type { BaseClaim } from '../core/inventory/base-evidence.ts';
import type { SbomSource } from '../core/sbom/compare-sbom.ts';
import { isProvenance, readMaterials } from '../core/sbom/read-materials.ts';
import { readSbom, type SbomDocument } from '../core/sbom/read-sbom.ts';
import {
  type AttachedManifest,
  type AttachedTo,
  checkSubject,
  readAllAttached,
  tryToRead,
} from './attached-manifests.ts';
import type { ImageSource } from './ports.ts';

/** Documents of an image that are read. */
const DOCUMENTS_AT_MOST = 32;

/** Bytes of what holds a document; a registry's small blobs end at as many. */
const DOCUMENT_LIMIT = 8 * 1024 * 1024;

/** Bills of materials as they are; `text/spdx` and the like are read too, to say that they are no JSON. */
const SBOM_TYPES =
  /^(?:application\/(?:spdx|vnd\.cyclonedx|vnd\.syft)\+json|text\/spdx(?:\+json)?|application\/vnd\.cyclonedx(?:\+xml)?|spdx\+json)(?:;.*)?$/;

/** How a statement of in-toto says that it holds one (in-toto/attestation, spec/predicates). */
const SBOM_PREDICATE = /^https:\/\/(?:spdx\.dev\/Document|cyclonedx\.org\/bom)(?:\/.*)?$/;

/** A bill of materials, and to what it is attached. */
export interface AttachedSbom {
  readonly to: Digest;
  readonly source: SbomSource;
  readonly document: SbomDocument;
}

/** What provenance says that an image was made from, by what is attached to any of its digests. */
export function materialsOf(
  { materials }: AttachedDocuments,
  digests: readonly Digest[],
): readonly BaseClaim[] {
  const claims = digests.flatMap((digest) => materials.get(digest) ?? []);
  return [...new Map(claims.map((each) => [`${each.name} ${each.digest}`, each])).values()];
}

type Statement = Extract<Attached, { kind: 'statement' }>;

/** What is attached to an image and says what is in it, or what it was made from. */
export interface AttachedDocuments {
  readonly sboms: readonly AttachedSbom[];
  /** What provenance says, by the digest that it is about. */
  readonly materials: ReadonlyMap<Digest, readonly BaseClaim[]>;
  /** `path`: the digest or tag of what was read. */
  readonly problems: readonly Problem[];
}

/**
 * Reads the bills of materials and the provenance that are attached to an image. What cannot be read is a problem
 * beside what can. Signatures are not verified.
 */
export async function readAttachedDocuments(
  images: ImageSource,
  reference: ImageReference,
  attachedTo: AttachedTo,
): Promise<AttachedDocuments> {
  const problems: Problem[] = [];
  const { collected, read } = createReader(images, reference, problems);
  const kind = { tags: ['att', 'sbom'], mayHold, read } as const;
  await readAllAttached(images, reference, attachedTo, kind, problems);
  const { sboms, materials } = collected;
  return { sboms, materials, problems };
}

function createCollection() {
  const sboms: AttachedSbom[] = [];
  const materials = new Map<Digest, BaseClaim[]>();
  return {
    sboms,
    materials,
    document(json: unknown, to: Digest, source: SbomSource): void {
      sboms.push({ to, source, document: readSbom(json) });
    },
    statement(opened: Statement, to: Digest, source: SbomSource): void {
      const { predicateType, predicate, subjects } = opened;
      if (!isRead(predicateType)) return;
      if (!subjects.includes(to)) {
        throw new MalformedManifestError(`its subject is not ${to}, to which it is attached`);
      }
      if (isProvenance(predicateType)) {
        materials.set(to, [...(materials.get(to) ?? []), ...readProvenance(predicate)]);
      } else {
        sboms.push({ to, source, document: readSbom(documentOf(predicate)) });
      }
    },
  };
}

function createReader(images: ImageSource, reference: ImageReference, problems: Problem[]) {
  const { registry, repository } = reference;
  const place = { registry, repository };
  const collected = createCollection();
  const seen = new Set<string>();

  async function readLayer(layer: Wanted, to: Digest, where: SbomSource['where']): Promise<void> {
    const { descriptor, isOurs } = layer;
    if (seen.has(`${descriptor.digest} ${to}`)) return;
    seen.add(`${descriptor.digest} ${to}`);
    if (descriptor.size > DOCUMENT_LIMIT) {
      throw new TooLargeError(`${descriptor.size} bytes are more than ${DOCUMENT_LIMIT}`);
    }
    const opened = openStatement(await images.blob(place, descriptor));
    const source = { where, name: descriptor.digest };
    if (opened.kind === 'statement') collected.statement(opened, to, source);
    // What is wrapped by its type and is no statement is none of ours.
    if (opened.kind === 'document' && isOurs) collected.document(opened.json, to, source);
  }

  async function read(found: AttachedManifest, bytes: Uint8Array): Promise<void> {
    const artifact = parseArtifact(bytes);
    checkSubject(artifact, found);
    for (const layer of documentLayers(artifact)) {
      if (seen.size === DOCUMENTS_AT_MOST) {
        throw new TooLargeError(`more than ${DOCUMENTS_AT_MOST} documents about one image`);
      }
      // What may be anything and is not even JSON is told by who reads it for VEX.
      const problemsOf = layer.isOurs ? problems : [];
      const path = layer.descriptor.digest;
      await tryToRead(problemsOf, path, () => readLayer(layer, found.to, whereOf(found)));
    }
  }

  return { collected, read };
}

function whereOf({ isPart, isReferrer }: AttachedManifest): SbomSource['where'] {
  if (isPart) return 'index';
  return isReferrer ? 'referrer' : 'tag';
}

/** Whether a descriptor does not say that it holds something else. */
function mayHold({ annotations = {} }: Descriptor): boolean {
  const said = annotatedPredicate(annotations);
  return said === undefined || isRead(said);
}

/** A layer that may hold a document, and whether it says that it holds one of those that are read here. */
interface Wanted {
  readonly descriptor: Descriptor;
  readonly isOurs: boolean;
}

function documentLayers({ layers, artifactType = '', annotations }: Artifact): Wanted[] {
  return layers.flatMap((descriptor) => {
    const { mediaType } = descriptor;
    const said = annotatedPredicate({ ...annotations, ...descriptor.annotations });
    if (said !== undefined) {
      return isWrapped(mediaType) && isRead(said) ? [{ descriptor, isOurs: true }] : [];
    }
    const isOurs = SBOM_TYPES.test(mediaType) || SBOM_TYPES.test(artifactType);
    return isOurs || isWrapped(mediaType) ? [{ descriptor, isOurs }] : [];
  });
}

function isRead(predicateType: string): boolean {
  return SBOM_PREDICATE.test(predicateType) || isProvenance(predicateType);
}

/** Of an attestation's predicate the document: cosign 1 wrapped it once more. */
function documentOf(predicate: unknown): unknown {
  const isWrappedOnce = typeof predicate === 'object' && predicate !== null && 'Data' in predicate;
  return isWrappedOnce ? predicate.Data : predicate;
}

function readProvenance(predicate: unknown): BaseClaim[] {
  const materials = readMaterials(predicate);
  if (!materials) throw new MalformedManifestError('no provenance that can be read');
  return materials;
}
