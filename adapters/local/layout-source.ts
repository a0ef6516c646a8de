import * as z from 'zod';
import type { ImageSource } from '../../actions/ports.ts';
import type { Digest } from '../../core/image/digest.ts';
import { ImageNotFoundError } from '../../core/image/errors.ts';
import { Descriptor, MalformedManifestError, MEDIA_TYPES } from '../../core/image/manifest.ts';
import type { ImageReference } from '../../core/image/reference.ts';
import { readLayer } from '../registry/read-layer.ts';
import {
  blobPath,
  checkDigest,
  type ImageFiles,
  isCalled,
  type LocalSourceOptions,
  onlyOne,
  readDocument,
  withDefaults,
} from './image-files.ts';

/** OCI image-spec annotations.md: in a layout's index, the tag. */
const TAG_ANNOTATION = 'org.opencontainers.image.ref.name';
/** Where `docker save` and containerd write the whole name (containerd, `images/annotations.go`). */
const NAME_ANNOTATION = 'io.containerd.image.name';

/** Manifests of a layout that are asked what they refer to. */
const REFERRERS_AT_MOST = 200;

const LayoutIndex = z.object({ manifests: z.array(Descriptor) });

/**
 * Reads images from the files of an OCI layout (image-layout.md), wherever they lie. Of a
 * reference only tag and digest count: a layout has no registry and no repository. Without
 * either, the layout's only image is meant, else the one tagged `latest`.
 */
export function createLayoutSource(files: ImageFiles, options: LocalSourceOptions): ImageSource {
  const { limits, wants } = withDefaults(options);
  let index: Promise<readonly Descriptor[]> | undefined;
  const descriptors = () => {
    index ??= readIndex(files);
    return index;
  };

  async function manifest(_reference: ImageReference, digest: Digest) {
    const bytes = await readDocument(files, blobPath(digest));
    checkDigest(bytes, 'manifest', digest);
    const listed = (await descriptors()).find((each) => each.digest === digest);
    return { mediaType: listed?.mediaType ?? mediaTypeOf(bytes), bytes };
  }

  return {
    async resolve(reference) {
      const digest = reference.digest ?? pick(files, await descriptors(), reference.tag).digest;
      return { digest, mediaType: (await manifest(reference, digest)).mediaType };
    },
    manifest,
    async blob(_reference, { digest }) {
      const bytes = await readDocument(files, blobPath(digest));
      checkDigest(bytes, 'blob', digest);
      return bytes;
    },
    async referrers(reference, subject) {
      const found: Descriptor[] = [];
      for (const each of (await descriptors()).slice(0, REFERRERS_AT_MOST)) {
        if (each.platform || each.digest === subject) continue;
        const { bytes } = await manifest(reference, each.digest);
        if (subjectOf(bytes) === subject) found.push(each);
      }
      return found;
    },
    async capture(_reference, layer, diffId) {
      const file = await files.open(blobPath(layer.digest));
      if (!file) throw new ImageNotFoundError(`${files.name} has no layer ${layer.digest}`);
      return readLayer(file.bytes(), { ...layer, diffId }, limits, wants);
    },
  };
}

async function readIndex(files: ImageFiles): Promise<readonly Descriptor[]> {
  const bytes = await readDocument(files, 'index.json');
  const result = LayoutIndex.safeParse(parseJson(bytes, 'index.json'));
  if (!result.success) {
    throw new MalformedManifestError(`malformed index.json: ${z.prettifyError(result.error)}`);
  }
  return result.data.manifests;
}

function pick(
  files: ImageFiles,
  descriptors: readonly Descriptor[],
  tag: string | undefined,
): Descriptor {
  const tagged = descriptors.filter((each) => hasTag(each, tag ?? 'latest'));
  const candidates = tag === undefined && descriptors.length === 1 ? descriptors : tagged;
  const tags = descriptors.map((each) => namesOf(each)[0] ?? each.digest);
  return onlyOne(files, candidates, tag ?? 'latest', tags);
}

/** Some writers put the whole reference where the tag belongs, Docker's beside it. */
function hasTag(descriptor: Descriptor, tag: string): boolean {
  return namesOf(descriptor).some((each) => isCalled(each, tag));
}

/** The longest first. */
function namesOf({ annotations }: Descriptor): string[] {
  return [NAME_ANNOTATION, TAG_ANNOTATION].flatMap((each) => annotations?.[each] ?? []);
}

/** A manifest below an index need not say its own type (manifest.md, `mediaType`). */
function mediaTypeOf(bytes: Uint8Array): string {
  const { mediaType, manifests } =
    z
      .object({ mediaType: z.string().optional(), manifests: z.array(z.unknown()).optional() })
      .safeParse(parseJson(bytes, 'manifest')).data ?? {};
  return mediaType ?? (manifests ? MEDIA_TYPES.ociIndex : MEDIA_TYPES.ociManifest);
}

/** What a manifest refers to (manifest.md, `subject`). */
function subjectOf(bytes: Uint8Array): Digest | undefined {
  const Referring = z.object({ subject: Descriptor });
  return Referring.safeParse(parseJson(bytes, 'manifest')).data?.subject.digest;
}

function parseJson(bytes: Uint8Array, what: string): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new MalformedManifestError(`${what} is not JSON`, { cause });
  }
}
