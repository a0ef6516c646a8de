import type { Digest } from '../core/image/digest.ts';
import {
  type Descriptor,
  type ImageConfig,
  MalformedManifestError,
  parseImageConfig,
} from '../core/image/manifest.ts';
import { formatPlatform } from '../core/image/platform.ts';
import type { ImageReference } from '../core/image/reference.ts';
import type { ImageSource } from './ports.ts';
import {
  type IndexManifest,
  type PlatformManifest,
  readChild,
  readManifest,
} from './read-manifests.ts';

/** The image is not there for the platform that was asked for, or nobody said which of many. */
export class PlatformNotFoundError extends Error {
  override readonly name = 'PlatformNotFoundError';
}

interface SourcePorts {
  readonly images: ImageSource;
}

interface PlatformRequest {
  readonly reference: ImageReference;
  /** As `formatPlatform` writes it, or `null`: then the first of `preferred` that is there, else the only one. */
  readonly platform: string | null;
  readonly preferred: readonly string[];
}

/** One platform of an image. */
interface Chosen {
  readonly digest: Digest;
  readonly manifest: PlatformManifest;
  /** Of the index that it is chosen from. */
  readonly attestations: readonly Descriptor[];
  readonly indexAnnotations?: Readonly<Record<string, string>> | undefined;
}

/**
 * The platform of an image that is asked for.
 *
 * @throws what `ImageSource` throws; MalformedManifestError, UnsupportedMediaTypeError, PlatformNotFoundError
 */
export async function choosePlatform(
  ports: SourcePorts,
  request: PlatformRequest,
  digest: Digest,
): Promise<Chosen> {
  const manifest = await readManifest(ports, request.reference, digest);
  if (manifest.kind === 'image') {
    return checkOnly(ports, request, { digest, manifest, attestations: [] });
  }
  const platforms = new Map<string, (typeof manifest.platforms)[number]>();
  for (const child of manifest.platforms) {
    const name = await platformOf(ports, request, child);
    if (name !== undefined && !platforms.has(name)) platforms.set(name, child);
  }
  const chosen = platforms.get(pick([...platforms.keys()], request));
  const image = chosen && (await readChild(ports, request.reference, chosen));
  if (!image) throw new MalformedManifestError('index without an image');
  const { attestations, annotations: indexAnnotations } = manifest;
  return { digest: chosen.descriptor.digest, manifest: image, attestations, indexAnnotations };
}

/** As the index says, else as the image's own config does; `undefined` for what is no image. */
async function platformOf(
  ports: SourcePorts,
  request: PlatformRequest,
  child: IndexManifest['platforms'][number],
): Promise<string | undefined> {
  if (child.platform) return formatPlatform(child.platform);
  const image = await readChild(ports, request.reference, child);
  return image && formatPlatform(await readConfig(ports, request, image));
}

async function readConfig(
  { images }: SourcePorts,
  { reference }: PlatformRequest,
  { config }: PlatformManifest,
): Promise<ImageConfig> {
  return parseImageConfig(await images.blob(reference, config));
}

/** An image without an index says its platform in its config alone. */
async function checkOnly(
  ports: SourcePorts,
  request: PlatformRequest,
  only: Chosen,
): Promise<Chosen> {
  if (request.platform === null) return only;
  pick([formatPlatform(await readConfig(ports, request, only.manifest))], request);
  return only;
}

/** @throws PlatformNotFoundError */
function pick(platforms: readonly string[], { platform, preferred }: PlatformRequest): string {
  const there = platforms.join(', ');
  if (platform !== null) {
    if (platforms.includes(platform)) return platform;
    throw new PlatformNotFoundError(`no platform ${JSON.stringify(platform)}, only ${there}`);
  }
  const chosen = preferred.find((each) => platforms.includes(each));
  const [first, ...others] = platforms;
  if (chosen !== undefined) return chosen;
  if (first !== undefined && others.length === 0) return first;
  throw new PlatformNotFoundError(`several platforms, none of them was asked for: ${there}`);
}
