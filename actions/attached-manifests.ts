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
export async function digestOfTag(
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
