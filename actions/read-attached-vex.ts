import type { Problem } from '../core/image/capture.ts';
import type { Digest } from '../core/image/digest.ts';
import { TooLargeError } from '../core/image/errors.ts';
import { type Descriptor, parseArtifact } from '../core/image/manifest.ts';
import { formatReference, type ImageReference } from '../core/image/reference.ts';
import type { AttachedVex } from '../core/suppress/attached-vex.ts';
import {
  ATTACHMENT_LIMIT,
  holdsAnother,
  readAttachment,
  vexLayers,
} from '../core/suppress/read-attachment.ts';
import type { Attachment, VexStatement } from '../core/suppress/vex-statement.ts';
import {
  type AttachedManifest,
  type AttachedTo,
  checkSubject,
  readAllAttached,
  tryToRead,
} from './attached-manifests.ts';
import type { ImageSource } from './ports.ts';

/** Layers of one manifest, and statements of an image, that are read. */
const LAYERS_AT_MOST = 64;
const STATEMENTS_AT_MOST = 5000;

/**
 * Reads the documents of OpenVEX that are attached to an image. What cannot be read is a problem beside what can; the
 * image stands. `undefined` where nothing is attached. Signatures are not verified.
 */
export async function readAttachedVex(
  images: ImageSource,
  reference: ImageReference,
  attachedTo: AttachedTo,
): Promise<AttachedVex | undefined> {
  const reader = createReader(images, reference);
  const mayHold = (each: Descriptor) => !holdsAnother(each);
  const kind = { tags: ['att'], mayHold, read: reader.read } as const;
  await readAllAttached(images, reference, attachedTo, kind, reader.problems);
  return reader.result();
}

/** Reads one manifest that was attached after its image; `to` where its tag says it, else its own subject. */
export async function readLaterVex(
  images: ImageSource,
  reference: ImageReference,
  { manifest, to }: { readonly manifest: Digest; readonly to: Digest | undefined },
): Promise<{ readonly to: Digest; readonly vex: AttachedVex } | undefined> {
  const { bytes } = await images.manifest(reference, manifest);
  const subject = to ?? parseArtifact(bytes).subject?.digest;
  if (subject === undefined) return undefined;
  const reader = createReader(images, reference);
  const isReferrer = to === undefined;
  await reader.read({ manifest, to: subject, isReferrer, isPart: false }, bytes);
  const vex = reader.result();
  return vex && { to: subject, vex };
}

function createReader(images: ImageSource, reference: ImageReference) {
  const { registry, repository } = reference;
  const place = { registry, repository };
  const statements: VexStatement[] = [];
  const problems: Problem[] = [];
  const seen = new Set<string>();

  const attempt = (path: string, work: () => Promise<void>) => tryToRead(problems, path, work);

  async function readLayer(layer: Descriptor, found: AttachedManifest): Promise<void> {
    const { to, isPart } = found;
    if (seen.has(`${layer.digest} ${to}`)) return;
    seen.add(`${layer.digest} ${to}`);
    if (layer.size > ATTACHMENT_LIMIT) {
      throw new TooLargeError(`${layer.size} bytes are more than ${ATTACHMENT_LIMIT}`);
    }
    const from = isPart ? null : formatReference(place);
    const attachment: Attachment = { to, from, document: layer.digest };
    const read = readAttachment(await images.blob(place, layer), attachment);
    if (statements.length + read.length > STATEMENTS_AT_MOST) {
      throw new TooLargeError(`more than ${STATEMENTS_AT_MOST} statements about one image`);
    }
    statements.push(...read);
  }

  return {
    problems,
    read: (found: AttachedManifest, bytes: Uint8Array) =>
      attempt(found.manifest, async () => {
        const artifact = parseArtifact(bytes);
        checkSubject(artifact, found);
        const layers = vexLayers(artifact);
        for (const layer of layers.slice(0, LAYERS_AT_MOST)) {
          await attempt(layer.digest, () => readLayer(layer, found));
        }
        if (layers.length <= LAYERS_AT_MOST) return;
        throw new TooLargeError(`${layers.length} documents, of which ${LAYERS_AT_MOST} are read`);
      }),
    result(): AttachedVex | undefined {
      return statements.length + problems.length > 0 ? { statements, problems } : undefined;
    },
  };
}
