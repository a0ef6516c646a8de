import * as z from 'zod';
import { RegistryUnavailableError, TooLargeError } from '../../core/image/errors.ts';
import { checkAnswer, parseAnswer } from './check-answer.ts';
import { readBody } from './create-http.ts';
import type { RepositoryReference, Transport } from './create-transport.ts';
import { nextPage } from './next-page.ts';

const PAGE_SIZE = 1000;
const MAX_TAGS = 1_000_000;

/** Some registries ignore the page's size and send all (bytes). */
const PAGE_LIMIT = 32 * 1024 * 1024;

const TagsAnswer = z.object({ tags: z.array(z.string()).nullish() });

/**
 * All tags of a repository, sorted (OCI distribution-spec, "Listing Tags"). The attempt that is
 * given back goes on at the page where the one before it failed.
 */
export function listTags(
  transport: Transport,
  repository: RepositoryReference,
): (signal: AbortSignal) => Promise<string[]> {
  const tags = new Set<string>();
  const asked = new Set<string>();
  let next: URL | undefined = transport.url(repository, `tags/list?n=${PAGE_SIZE}`);

  return async (signal) => {
    while (next) {
      const page = await readPage(transport, repository, next, signal);
      for (const tag of page.tags) tags.add(tag);
      if (tags.size > MAX_TAGS) throw new TooLargeError(`${page.what}: more than ${MAX_TAGS}`);
      asked.add(next.href);
      next = page.next;
      if (next && asked.has(next.href)) {
        throw new RegistryUnavailableError(`${page.what}: pages in a circle`);
      }
    }
    return [...tags].sort();
  };
}

async function readPage(
  transport: Transport,
  repository: RepositoryReference,
  url: URL,
  signal: AbortSignal,
) {
  const what = `tags of ${repository.registry}/${repository.repository}`;
  const request = { kind: 'tags', method: 'GET', url, what } as const;
  const answer = await transport.send(repository, request, signal);
  await checkAnswer(answer, what, transport.clock.now());
  const { tags } = parseAnswer(TagsAnswer, await readBody(answer, PAGE_LIMIT, what), what);
  return { what, tags: tags ?? [], next: nextPage(answer, what) };
}
