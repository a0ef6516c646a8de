import * as z from 'zod';
import type { TagMove } from '../../actions/ports.ts';
import { Digest } from '../../core/image/digest.ts';
import { ImageNotFoundError } from '../../core/image/errors.ts';
import { formatReference, type ImageReference } from '../../core/image/reference.ts';
import { checkAnswer, errorCodeOf, parseAnswer } from './check-answer.ts';
import { readBody } from './create-http.ts';
import type { Transport } from './create-transport.ts';

/** A page has at most 1,000 moves of some 130 bytes (bytes). */
const PAGE_LIMIT = 4 * 1024 * 1024;

/** What a registry says of a name that it does not have (OCI distribution-spec, "Error Codes"). */
const UNKNOWN = new Set(['NAME_UNKNOWN', 'MANIFEST_UNKNOWN']);

const HistoryAnswer = z.object({
  history: z
    .array(z.object({ updateTimestamp: z.iso.datetime({ offset: true }), digest: Digest }))
    .nullish(),
});

/**
 * A tag's moves, oldest first, from Chainguard's tag-history API
 * (edu.chainguard.dev, "Using the Tag History API"): at most 1,000 a page, the next one starts
 * with the last move of the one before. `undefined` where there is no such API. The attempt that
 * is given back goes on where the one before it failed.
 */
export function readTagHistory(
  transport: Transport,
  reference: ImageReference,
  since: string | undefined,
): (signal: AbortSignal) => Promise<readonly TagMove[] | undefined> {
  const moves = new Map<string, TagMove>();
  let start = since;

  return async (signal) => {
    for (;;) {
      const page = await readPage(transport, reference, start, signal);
      if (!page) return undefined;
      const news = page.filter((move) => !moves.has(keyOf(move)));
      for (const move of news) moves.set(keyOf(move), move);
      // A page without news is the end, however many moves the registry puts on a page.
      const last = news.at(-1);
      if (!last) return inOrder([...moves.values()], since);
      start = last.at;
    }
  };
}

function keyOf({ at, digest }: TagMove): string {
  return `${at} ${digest}`;
}

function inOrder(moves: readonly TagMove[], since: string | undefined): TagMove[] {
  const from = since ? Date.parse(since) : Number.NEGATIVE_INFINITY;
  return moves
    .filter(({ at }) => Date.parse(at) >= from)
    .sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

async function readPage(
  transport: Transport,
  reference: ImageReference,
  start: string | undefined,
  signal: AbortSignal,
): Promise<TagMove[] | undefined> {
  const what = `history of ${formatReference(reference)}`;
  const url = transport.url(reference, `_chainguard/history/${reference.tag ?? 'latest'}`);
  if (start) url.searchParams.set('start', start);
  const request = { kind: 'history', method: 'GET', url, what } as const;
  const answer = await transport.send(reference, request, signal);
  if (answer.response.status === 404) {
    // Only a registry that knows the question names the tag it lacks; others lack the page.
    const code = errorCodeOf(await readBody(answer, PAGE_LIMIT, what));
    if (UNKNOWN.has(code)) throw new ImageNotFoundError(`${what}: ${code}`);
    return undefined;
  }
  await checkAnswer(answer, what, transport.clock.now());
  const bytes = await readBody(answer, PAGE_LIMIT, what);
  return (parseAnswer(HistoryAnswer, bytes, what).history ?? []).map((each) => ({
    at: new Date(each.updateTimestamp).toISOString(),
    digest: each.digest,
  }));
}
