import { describe, expect, it } from 'vitest';
import { createEcrAuthorizationToken } from '../../../adapters/aws/ecr-authorization-token.ts';
import { AccessDeniedError, RegistryUnavailableError } from '../../../core/image/errors.ts';

const REGISTRY = '123456789012.dkr.ecr.eu-west-1.amazonaws.com';
const TOKEN = { authorizationData: [{ authorizationToken: 'QVdTOnNlY3JldA==' }] };

/** Asks with a `fetch` that gives one answer; what was asked is in `requests`. */
function prepare(answer: () => Response, endpoint?: string) {
  const requests: { readonly url: string; readonly headers: Headers }[] = [];
  const tokenOf = createEcrAuthorizationToken({
    credentials: async () => ({ accessKeyId: 'AKID', secretAccessKey: 'secret' }),
    clock: { now: () => new Date('2026-06-01T00:00:00Z') },
    endpoint,
    fetch: async (url, init) => {
      requests.push({ url: String(url), headers: new Headers(init?.headers) });
      return answer();
    },
  });
  return { tokenOf, requests };
}

describe('createEcrAuthorizationToken', () => {
  it('asks the API of the registry’s own region, signed for it', async () => {
    const { tokenOf, requests } = prepare(() => Response.json(TOKEN));

    expect(await tokenOf(REGISTRY)).toBe('QVdTOnNlY3JldA==');
    expect(requests[0]?.url).toBe('https://api.ecr.eu-west-1.amazonaws.com/');
    expect(requests[0]?.headers.get('authorization')).toContain('/eu-west-1/ecr/aws4_request');
    expect(requests[0]?.headers.get('x-amz-target')).toMatch(/\.GetAuthorizationToken$/);
  });

  it.each([
    [
      '123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn',
      'https://api.ecr.cn-north-1.amazonaws.com.cn/',
    ],
    [
      '123456789012.dkr.ecr-fips.us-east-1.amazonaws.com',
      'https://ecr-fips.us-east-1.amazonaws.com/',
    ],
  ])('knows where the API of %s is', async (registry, url) => {
    const { tokenOf, requests } = prepare(() => Response.json(TOKEN));

    await tokenOf(registry);

    expect(requests[0]?.url).toBe(url);
  });

  it('asks where it is told to', async () => {
    const { tokenOf, requests } = prepare(() => Response.json(TOKEN), 'http://127.0.0.1:4566');

    await tokenOf(REGISTRY);

    expect(requests[0]?.url).toBe('http://127.0.0.1:4566/');
  });

  it.each([
    ['a refusal', 400, '{"__type":"AccessDeniedException"}', AccessDeniedError],
    ['an outage', 503, 'slow down', RegistryUnavailableError],
    ['HTML', 200, '<html>', RegistryUnavailableError],
    ['an empty list', 200, '{"authorizationData":[]}', RegistryUnavailableError],
  ])('calls %s by its name', async (_what, status, body, error) => {
    const { tokenOf } = prepare(() => new Response(body, { status }));

    await expect(tokenOf(REGISTRY)).rejects.toThrow(error);
  });

  it('calls silence by its name', async () => {
    const { tokenOf } = prepare(() => {
      throw new TypeError('fetch failed');
    });

    await expect(tokenOf(REGISTRY)).rejects.toThrow(RegistryUnavailableError);
  });
});
