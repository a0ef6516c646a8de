import { RegistryUnavailableError } from '../../core/image/errors.ts';
import type { HttpAnswer } from './create-http.ts';

/**
 * The next page that a `Link` header names (RFC 8288), `undefined` on the last one.
 *
 * @throws RegistryUnavailableError when it lies on another host
 */
export function nextPage({ response, url }: HttpAnswer, what: string): URL | undefined {
  const header = response.headers.get('link') ?? '';
  const link = /<([^>]*)>\s*;[^,<]*\brel\s*=\s*"?next\b/i.exec(header)?.[1];
  if (link === undefined) return undefined;
  const next = URL.parse(link, url.href);
  if (next?.origin !== url.origin) {
    throw new RegistryUnavailableError(`${what}: next page at ${JSON.stringify(link)}`);
  }
  return next;
}
