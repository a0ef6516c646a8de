import type { Faults } from './faults.ts';

type Fetch = typeof globalThis.fetch;

/**
 * Puts HTTP requests under the crashes. `classify` gives a request's call name
 * (`registry:GET blob`), or `undefined` for one that is none of ours. How a registry fails is
 * set at the registry itself.
 */
export function wrapFetch(
  fetch: Fetch,
  faults: Faults,
  classify: (method: string, url: URL) => string | undefined,
): Fetch {
  return (input, init) => {
    const request = input instanceof Request ? input : undefined;
    const method = init?.method ?? request?.method ?? 'GET';
    const call = classify(method, new URL(request?.url ?? String(input)));
    const perform = () => fetch(input, init);
    return call === undefined ? perform() : faults.attempt(call, undefined, perform);
  };
}
