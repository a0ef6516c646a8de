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
  digestOfTag,
  tryToRead,
} from './attached-manifests.ts';
import type { ImageSource } from './ports.ts';

/** Manifests that refer to one digest, and documents of an image, that are read. */
const MANIFESTS_AT_MOST = 64;
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
 * Reads the bills of materials and the provenance that are attached to an image: in its index (BuildKit), as
 * referrers (OCI 1.1), under cosign's tags. What cannot be read is a problem beside what can. Signatures are
 * not verified.
 */
export async function readAttachedDocuments(
  images: ImageSource,
  reference: ImageReference,
  { digests, attestations }: AttachedTo,
): Promise<AttachedDocuments> {
  const reader = createReader(images, reference);
  for (const descriptor of attestations.slice(0, MANIFESTS_AT_MOST)) {
    const to = descriptor.annotations?.['vnd.docker.reference.digest'] ?? '';
    if (!digests.includes(to)) continue;
    const found = { manifest: descriptor.digest, to, isReferrer: false, isPart: true };
    await reader.read(found, 'index');
  }
  for (const digest of digests) {
    await reader.readReferrers(digest);
    await reader.readTag(digest, 'att');
    await reader.readTag(digest, 'sbom');
  }
  return reader.result();
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

function createReader(images: ImageSource, reference: ImageReference) {
  const { registry, repository } = reference;
  const place = { registry, repository };
  const collected = createCollection();
  const problems: Problem[] = [];
  const seen = new Set<string>();

  const attempt = (path: string, work: () => Promise<void>) => tryToRead(problems, path, work);

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

  async function read(found: AttachedManifest, where: SbomSource['where']): Promise<void> {
    await attempt(found.manifest, async () => {
      const { bytes } = await images.manifest(place, found.manifest);
      const artifact = parseArtifact(bytes);
      checkSubject(artifact, found);
      for (const layer of documentLayers(artifact)) {
        if (seen.size === DOCUMENTS_AT_MOST) {
          throw new TooLargeError(`more than ${DOCUMENTS_AT_MOST} documents about one image`);
        }
        // What may be anything and is not even JSON is told by who reads it for VEX.
        const problemsOf = layer.isOurs ? problems : [];
        const path = layer.descriptor.digest;
        await tryToRead(problemsOf, path, () => readLayer(layer, found.to, where));
      }
    });
  }

  return {
    read,
    async readReferrers(to: Digest): Promise<void> {
      await attempt(`referrers of ${to}`, async () => {
        const candidates = (await images.referrers(place, to)).filter(mayHold);
        for (const { digest: manifest } of candidates.slice(0, MANIFESTS_AT_MOST)) {
          await read({ manifest, to, isReferrer: true, isPart: false }, 'referrer');
        }
        if (candidates.length > MANIFESTS_AT_MOST) {
          throw new TooLargeError(
            `${candidates.length} of them, of which ${MANIFESTS_AT_MOST} are read`,
          );
        }
      });
    },
    async readTag(to: Digest, ending: 'att' | 'sbom'): Promise<void> {
      const tag = `${to.replace(':', '-')}.${ending}`;
      await attempt(tag, async () => {
        const manifest = await digestOfTag(images, { ...place, tag });
        if (manifest) await read({ manifest, to, isReferrer: false, isPart: false }, 'tag');
      });
    },
    result(): AttachedDocuments {
      const { sboms, materials } = collected;
      return { sboms, materials, problems };
    },
  };
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
