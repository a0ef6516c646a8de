import { type Digest, digestOf, isDigest } from '../../core/image/digest.ts';
import { MEDIA_TYPES } from '../../core/image/manifest.ts';
import { formatReference, type ImageReference } from '../../core/image/reference.ts';
import { checkAnswer, mediaTypeOf } from './check-answer.ts';
import { damaged } from './create-caller.ts';
import { type HttpAnswer, readBody } from './create-http.ts';
import type { Transport } from './create-transport.ts';
import type { RequestKind } from './transfer-counters.ts';

/** OCI distribution-spec, "Pushing Manifests": registries need not take more than 4 MiB. */
export const MANIFEST_LIMIT = 4 * 1024 * 1024;

/** Every kind of manifest that may hold an image; other kinds come too and are refused when read. */
const ACCEPT = [
  MEDIA_TYPES.ociIndex,
  MEDIA_TYPES.ociManifest,
  MEDIA_TYPES.dockerIndex,
  MEDIA_TYPES.dockerManifest,
].join(', ');

/** Some registries know no HEAD here. */
const NO_HEAD = new Set([400, 405, 501]);

/** A digest and what it is said to be. */
interface Resolved {
  readonly digest: Digest;
  readonly mediaType: string;
}

/** A manifest by its name. */
interface ManifestQuestion {
  readonly kind: RequestKind;
  /** Tag or digest. */
  readonly name: string;
  readonly what: string;
  readonly signal: AbortSignal;
}

/** What a reference points at: one HEAD, or a GET where HEAD does not tell. A reference without tag or digest means `latest`. */
export async function resolveReference(
  transport: Transport,
  reference: ImageReference,
  signal: AbortSignal,
): Promise<Resolved> {
  const what = formatReference(reference);
  const name = reference.digest ?? reference.tag ?? 'latest';
  const resolved =
    (await askHead(transport, reference, name, signal)) ??
    (await readResolved(transport, reference, name, signal));
  if (reference.digest && resolved.digest !== reference.digest) {
    throw damaged(what, reference.digest, resolved.digest);
  }
  return resolved;
}

/** The manifest of a digest, checked against it; its media type as the registry says it. */
export async function readManifest(
  transport: Transport,
  reference: ImageReference,
  digest: Digest,
  signal: AbortSignal,
): Promise<{ readonly mediaType: string; readonly bytes: Uint8Array }> {
  const what = `manifest ${digest} of ${formatReference(reference)}`;
  const { bytes, mediaType } = await readNamed(transport, reference, {
    kind: 'manifest',
    name: digest,
    what,
    signal,
  });
  const actual = digestOf(bytes);
  if (actual !== digest) throw damaged(what, digest, actual);
  return { mediaType, bytes };
}

/** The bytes behind a manifest's name, which may be a tag; of at most `MANIFEST_LIMIT` bytes. */
export async function readNamed(
  transport: Transport,
  reference: ImageReference,
  question: ManifestQuestion,
) {
  const answer = await askFor(transport, reference, 'GET', question);
  await checkAnswer(answer, question.what, transport.clock.now());
  const bytes = await readBody(answer, MANIFEST_LIMIT, question.what);
  return { bytes, mediaType: mediaTypeOf(answer.response), digest: digestHeader(answer) };
}

async function askHead(
  transport: Transport,
  reference: ImageReference,
  name: string,
  signal: AbortSignal,
): Promise<Resolved | undefined> {
  const what = formatReference(reference);
  const question = { kind: 'resolve', name, what, signal } as const;
  const answer = await askFor(transport, reference, 'HEAD', question);
  if (NO_HEAD.has(answer.response.status)) return undefined;
  const mediaType = mediaTypeOf(answer.response);
  if (answer.response.ok && mediaType === 'text/html') return undefined;
  await checkAnswer(answer, what, transport.clock.now());
  const digest = digestHeader(answer);
  return digest && mediaType ? { digest, mediaType } : undefined;
}

async function readResolved(
  transport: Transport,
  reference: ImageReference,
  name: string,
  signal: AbortSignal,
): Promise<Resolved> {
  const what = formatReference(reference);
  const read = await readNamed(transport, reference, { kind: 'resolve', name, what, signal });
  const digest = digestOf(read.bytes);
  if (read.digest && read.digest !== digest) throw damaged(what, read.digest, digest);
  return { digest, mediaType: read.mediaType };
}

function askFor(
  transport: Transport,
  reference: ImageReference,
  method: 'GET' | 'HEAD',
  { kind, name, what, signal }: ManifestQuestion,
): Promise<HttpAnswer> {
  const url = transport.url(reference, `manifests/${name}`);
  return transport.send(reference, { kind, method, url, what, accept: ACCEPT }, signal);
}

function digestHeader({ response }: HttpAnswer): Digest | undefined {
  const header = response.headers.get('docker-content-digest') ?? '';
  return isDigest(header) ? header : undefined;
}
