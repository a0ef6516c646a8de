import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import * as z from 'zod';
import type { ImageSource } from '../../actions/ports.ts';
import { type Digest, digestOf } from '../../core/image/digest.ts';
import { ImageNotFoundError } from '../../core/image/errors.ts';
import {
  type Descriptor,
  MalformedManifestError,
  MEDIA_TYPES,
  parseImageConfig,
} from '../../core/image/manifest.ts';
import { readLayer } from '../registry/read-layer.ts';
import { openArchive } from './archive-members.ts';
import {
  checkDigest,
  type ImageFile,
  type ImageFiles,
  isCalled,
  type LocalSourceOptions,
  onlyOne,
  readDocument,
  readWhole,
  withDefaults,
} from './image-files.ts';
import { createLayoutSource } from './layout-source.ts';

/** Docker's "Image Specification v1.2", "Combined Image JSON + Filesystem Changeset Format". */
const SavedImages = z.array(
  z.object({
    Config: z.string(),
    RepoTags: z.array(z.string()).nullish(),
    Layers: z.array(z.string()),
  }),
);
type SavedImage = z.infer<typeof SavedImages>[number];

/** A saved image as a registry would show it. */
interface OpenImage {
  readonly tags: readonly string[];
  readonly digest: Digest;
  readonly manifest: Buffer;
  /** Members of the archive by the digest of their bytes. */
  readonly members: ReadonlyMap<Digest, string>;
}

/**
 * Reads images from what `docker save` writes. Newer Dockers write an OCI layout into the
 * archive, read as such, with its digests. Older archives have no manifest: one is made of
 * their config and layers, the same for the same bytes, and its digest is known to no
 * registry. Of a reference only tag and digest count (`v1` and `web:v1` find `web:v1`); without either
 * the archive's only image is meant, else the one tagged `latest`.
 */
export function createDockerArchiveSource(
  file: string,
  options: LocalSourceOptions = {},
): ImageSource {
  let opened: Promise<ImageSource> | undefined;
  const source = () => {
    opened ??= openSource(file, options);
    return opened;
  };
  return {
    resolve: async (reference) => (await source()).resolve(reference),
    manifest: async (reference, digest) => (await source()).manifest(reference, digest),
    blob: async (reference, descriptor) => (await source()).blob(reference, descriptor),
    referrers: async (reference, digest) => (await source()).referrers(reference, digest),
    capture: async (reference, layer, diffId) => (await source()).capture(reference, layer, diffId),
  };
}

async function openSource(file: string, options: LocalSourceOptions): Promise<ImageSource> {
  const files = await openArchive(file);
  const isLayout = (await files.open('oci-layout')) && (await files.open('index.json'));
  return isLayout ? createLayoutSource(files, options) : createSavedSource(files, options);
}

async function createSavedSource(
  files: ImageFiles,
  options: LocalSourceOptions,
): Promise<ImageSource> {
  const { limits, wants } = withDefaults(options);
  const images = await openImages(files);
  const open = async (digest: Digest) => {
    const member = images.map(({ members }) => members.get(digest)).find((each) => each);
    const file = member === undefined ? undefined : await files.open(member);
    if (!file) throw new ImageNotFoundError(`${files.name} has no blob ${digest}`);
    return file;
  };
  return {
    async resolve({ tag, digest }) {
      const image = digest ? byDigest(files, images, digest) : byTag(files, images, tag);
      return { digest: image.digest, mediaType: MEDIA_TYPES.dockerManifest };
    },
    async manifest(_reference, digest) {
      const { manifest } = byDigest(files, images, digest);
      return { mediaType: MEDIA_TYPES.dockerManifest, bytes: manifest };
    },
    async blob(_reference, { digest }) {
      const bytes = await readWhole(await open(digest), `blob ${digest}`);
      checkDigest(bytes, 'blob', digest);
      return bytes;
    },
    // `docker save` writes images alone.
    referrers: async () => [],
    async capture(_reference, layer, diffId) {
      const file = await open(layer.digest);
      return readLayer(file.bytes(), { ...layer, diffId }, limits, wants);
    },
  };
}

async function openImages(files: ImageFiles): Promise<readonly OpenImage[]> {
  const result = SavedImages.safeParse(parseJson(await readDocument(files, 'manifest.json')));
  if (!result.success) {
    throw new MalformedManifestError(`malformed manifest.json: ${z.prettifyError(result.error)}`);
  }
  const images: OpenImage[] = [];
  // One at a time: an archive may list more than there are file descriptors.
  for (const image of result.data) images.push(await openImage(files, image));
  return images;
}

async function openImage(files: ImageFiles, image: SavedImage): Promise<OpenImage> {
  const config = await readDocument(files, image.Config);
  const diffIds = parseImageConfig(config).rootfs.diff_ids;
  if (diffIds.length !== image.Layers.length) {
    throw new MalformedManifestError(
      `${image.Config} has ${diffIds.length} diff ids for ${image.Layers.length} layers`,
    );
  }
  const configDigest = digestOf(config);
  const members = new Map<Digest, string>([[configDigest, image.Config]]);
  const layers: Descriptor[] = [];
  for (const [index, diffId] of diffIds.entries()) {
    const member = image.Layers[index] ?? '';
    const layer = await describeLayer(files, member, diffId);
    members.set(layer.digest, member);
    layers.push(layer);
  }
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: MEDIA_TYPES.dockerManifest,
      config: { mediaType: MEDIA_TYPES.dockerConfig, size: config.length, digest: configDigest },
      layers,
    }),
  );
  return { tags: image.RepoTags ?? [], digest: digestOf(manifest), manifest, members };
}

/** A plain layer's digest is its diff id, checked when it is read; a packed one's must be counted. */
async function describeLayer(
  files: ImageFiles,
  member: string,
  diffId: Digest,
): Promise<Descriptor> {
  const file = await files.open(member);
  if (!file) throw new ImageNotFoundError(`${files.name} has no layer ${JSON.stringify(member)}`);
  const { size } = file;
  const start = (await buffer(file.bytes(0, 4))).toString('hex');
  const packing = start.startsWith('1f8b') ? '.gzip' : start === '28b52ffd' ? '.zstd' : '';
  const mediaType = `application/vnd.docker.image.rootfs.diff.tar${packing}`;
  return { mediaType, size, digest: packing === '' ? diffId : await hashFile(file) };
}

async function hashFile(file: ImageFile): Promise<Digest> {
  const hash = createHash('sha256');
  for await (const chunk of file.bytes()) hash.update(chunk);
  return `sha256:${hash.digest('hex')}`;
}

function byDigest({ name }: ImageFiles, images: readonly OpenImage[], digest: Digest): OpenImage {
  const image = images.find((each) => each.digest === digest);
  if (!image) throw new ImageNotFoundError(`${name} has no image ${digest}`);
  return image;
}

function byTag(
  files: ImageFiles,
  images: readonly OpenImage[],
  tag: string | undefined,
): OpenImage {
  const wanted = tag ?? 'latest';
  const tagged = images.filter(({ tags }) => tags.some((each) => isCalled(each, wanted)));
  const candidates = tag === undefined && images.length === 1 ? images : tagged;
  const tags = images.flatMap((each) => each.tags);
  return onlyOne(files, candidates, wanted, tags);
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new MalformedManifestError('manifest.json is not JSON', { cause });
  }
}
