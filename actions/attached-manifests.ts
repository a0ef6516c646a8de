import { MalformedStatementError } from '../core/attest/open-statement.ts';
import type { Problem } from '../core/image/capture.ts';
import type { Digest } from '../core/image/digest.ts';
import {
  AccessDeniedError,
  DigestMismatchError,
  ImageNotFoundError,
  RateLimitedError,
  RegistryUnavailableError,
  TooLargeError,
} from '../core/image/errors.ts';
import { type Artifact, type Descriptor, MalformedManifestError } from '../core/image/manifest.ts';
import type { ImageReference } from '../core/image/reference.ts';
import { InvalidSbomError } from '../core/sbom/read-sbom.ts';
import { InvalidVexError } from '../core/suppress/open-vex.ts';
import type { ImageSource } from './ports.ts';

/** Manifests that refer to one digest, and attestations of one index, that are read. */
const MANIFESTS_AT_MOST = 64;

/** Characters of a reason: what is wrong may quote the document. */
const REASON_LENGTH = 300;

/** What another's bytes or another's registry may do to us: no fault of the image. */
const THEIRS = [
  AccessDeniedError,
  DigestMismatchError,
  ImageNotFoundError,
  InvalidSbomError,
  InvalidVexError,
  MalformedManifestError,
  MalformedStatementError,
  RateLimitedError,
  RegistryUnavailableError,
  TooLargeError,
];

/** What to look at. */
export interface AttachedTo {
  /** Of the image, then of its platforms. */
  readonly digests: readonly Digest[];
  /** Children of the index that hold attestations. */
  readonly attestations: readonly Descriptor[];
}

/** A manifest that may hold documents, and what it is about. */
export interface AttachedManifest {
  readonly manifest: Digest;
  /** That it must name as its subject, where such a thing names one. */
  readonly isReferrer: boolean;
  readonly to: Digest;
  /** Whether the image's digest covers it. */
  readonly isPart: boolean;
}

/** Documents of one kind, as they may be attached. */
export interface AttachedKind {
  /** Endings of cosign's tags, its way in registries without referrers. */
  readonly tags: readonly ('att' | 'sbom')[];
  /** Whether a descriptor does not say that it holds something else. */
  mayHold(descriptor: Descriptor): boolean;
  read(found: AttachedManifest, bytes: Uint8Array): Promise<void>;
}

/**
 * Reads what is attached to an image: in its index (BuildKit), as referrers (OCI 1.1), under cosign's tags. What
 * cannot be read is a problem beside what can.
 */
export async function readAllAttached(
  images: ImageSource,
  { registry, repository }: Pick<ImageReference, 'registry' | 'repository'>,
  { digests, attestations }: AttachedTo,
  kind: AttachedKind,
  problems: Problem[],
): Promise<void> {
  const place = { registry, repository };
  const read = (found: AttachedManifest) =>
    tryToRead(problems, found.manifest, async () => {
      const { bytes } = await images.manifest(place, found.manifest);
      await kind.read(found, bytes);
    });
  for (const { digest: manifest, annotations } of attestations.slice(0, MANIFESTS_AT_MOST)) {
    const to = annotations?.['vnd.docker.reference.digest'] ?? '';
    if (digests.includes(to)) await read({ manifest, to, isReferrer: false, isPart: true });
  }
  for (const to of digests) {
    await tryToRead(problems, `referrers of ${to}`, async () => {
      const candidates = (await images.referrers(place, to)).filter(kind.mayHold);
      for (const { digest: manifest } of candidates.slice(0, MANIFESTS_AT_MOST)) {
        await read({ manifest, to, isReferrer: true, isPart: false });
      }
      if (candidates.length <= MANIFESTS_AT_MOST) return;
      throw new TooLargeError(
        `${candidates.length} of them, of which ${MANIFESTS_AT_MOST} are read`,
      );
    });
    for (const ending of kind.tags) {
      const tag = `${to.replace(':', '-')}.${ending}`;
      await tryToRead(problems, tag, async () => {
        const manifest = await digestOfTag(images, { ...place, tag });
        if (manifest) await read({ manifest, to, isReferrer: false, isPart: false });
      });
    }
  }
}

/** What others are to blame for is a problem. */
export async function tryToRead(
  problems: Problem[],
  path: string,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Error) || !THEIRS.some((kind) => error instanceof kind)) throw error;
    problems.push({ path, reason: error.message.slice(0, REASON_LENGTH) });
  }
}

/** Under a tag that follows from a digest: cosign's way in registries without referrers. */
async function digestOfTag(
  images: ImageSource,
  reference: ImageReference,
): Promise<Digest | undefined> {
  try {
    return (await images.resolve(reference)).digest;
  } catch (error) {
    if (error instanceof ImageNotFoundError) return undefined;
    throw error;
  }
}

/** That a registry lists it as a referrer is its word; the manifest's own is covered by its digest. */
export function checkSubject({ subject }: Artifact, { isReferrer, to }: AttachedManifest): void {
  if (isReferrer && subject?.digest !== to) {
    throw new MalformedManifestError(
      `its subject is ${subject?.digest ?? 'nothing'}, not ${to}, of which it is listed`,
    );
  }
}
