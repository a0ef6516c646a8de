import * as z from 'zod';
import type { Digest } from '../../core/image/digest.ts';
import { ImageNotFoundError, TooLargeError } from '../../core/image/errors.ts';
import { Descriptor, MEDIA_TYPES } from '../../core/image/manifest.ts';
import { formatReference, type ImageReference } from '../../core/image/reference.ts';
import { checkAnswer, parseAnswer } from './check-answer.ts';
import { discard, readBody } from './create-http.ts';
import type { Transport } from './create-transport.ts';
import { nextPage } from './next-page.ts';
import { MANIFEST_LIMIT, readNamed } from './read-manifest.ts';

const MAX_PAGES = 100;

const Referrers = z.object({ manifests: z.array(Descriptor) });

/**
 * Manifests whose subject is a digest: signatures, attestations, SBOMs (OCI distribution-spec,
 * "Listing Referrers", with the tag schema where a registry has no such API).
 */
export async function listReferrers(
  transport: Transport,
  reference: ImageReference,
  digest: Digest,
  signal: AbortSignal,
): Promise<Descriptor[]> {
  const what = `referrers of ${formatReference({ ...reference, digest })}`;
  const found: Descriptor[] = [];
  let next: URL | undefined = transport.url(reference, `referrers/${digest}`);
  for (let pages = 0; next; pages += 1) {
    if (pages === MAX_PAGES) throw new TooLargeError(`${what}: more than ${MAX_PAGES} pages`);
    const accept = MEDIA_TYPES.ociIndex;
    const request = { kind: 'referrers', method: 'GET', url: next, what, accept } as const;
    const answer = await transport.send(reference, request, signal);
    if (answer.response.status === 404) {
      await discard(answer);
      return await readReferrersTag(transport, reference, digest, signal);
    }
    await checkAnswer(answer, what, transport.clock.now());
    found.push(
      ...parseAnswer(Referrers, await readBody(answer, MANIFEST_LIMIT, what), what).manifests,
    );
    next = nextPage(answer, what);
  }
  return found;
}

async function readReferrersTag(
  transport: Transport,
  reference: ImageReference,
  digest: Digest,
  signal: AbortSignal,
): Promise<Descriptor[]> {
  const name = digest.replace(':', '-');
  const what = `referrers tag ${name} of ${formatReference(reference)}`;
  try {
    const { bytes } = await readNamed(transport, reference, {
      kind: 'referrers',
      name,
      what,
      signal,
    });
    return parseAnswer(Referrers, bytes, what).manifests;
  } catch (error) {
    if (error instanceof ImageNotFoundError) return [];
    throw error;
  }
}
