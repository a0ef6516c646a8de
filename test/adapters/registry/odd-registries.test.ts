import type { IncomingMessage, ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import {
  createRegistry,
  type RegistryOptions,
} from '../../../adapters/registry/create-registry.ts';
import { createTransferCounters } from '../../../adapters/registry/transfer-counters.ts';
import { digestOf } from '../../../core/image/digest.ts';
import {
  AccessDeniedError,
  DigestMismatchError,
  RateLimitedError,
  RegistryUnavailableError,
} from '../../../core/image/errors.ts';
import { MEDIA_TYPES } from '../../../core/image/manifest.ts';
import { startOddServer } from '../../support/odd-server.ts';
import { anImage, bytesOf, descriptorOf } from '../../support/registry-images.ts';

const app = { registry: 'example.com', repository: 'team/app', tag: 'v1' };
const bytes = bytesOf({ hello: 'world' });
const blob = descriptorOf('application/octet-stream', bytes);
const manifest = bytesOf({ schemaVersion: 2, mediaType: MEDIA_TYPES.ociIndex, manifests: [] });

/** A client of one odd server that never really waits; `waits` fills with what it would have. */
function openAt(url: string, options: RegistryOptions & { readonly waits?: number[] } = {}) {
  return createRegistry({
    endpoints: { 'example.com': url },
    sleep: async (milliseconds) => void options.waits?.push(milliseconds),
    random: () => 0,
    clock: { now: () => new Date('2026-05-01T00:00:00Z') },
    ...options,
  });
}

/** Asks for Basic credentials, then goes on. */
function behindLogin(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  return (request: IncomingMessage, response: ServerResponse) => {
    if (request.headers.authorization) answer(request, response);
    else response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end();
  };
}

const credentialsFor = async () => ({ username: 'me', password: 'secret' });

describe('redirects', () => {
  it('to another host leave the credentials behind', async () => {
    await using storage = await startOddServer((_request, response) => response.end(bytes));
    await using server = await startOddServer(
      behindLogin((_request, response) =>
        response.writeHead(307, { location: `${storage.url}/signed` }).end(),
      ),
    );

    await openAt(server.url, { credentialsFor }).blob(app, blob);

    expect(server.requests.at(-1)?.authorization).toBe(`Basic ${btoa('me:secret')}`);
    expect(storage.requests).toEqual([{ line: 'GET /signed', authorization: undefined }]);
  });

  it('to the same host keep them', async () => {
    await using server = await startOddServer(
      behindLogin((request, response) => {
        if (request.url === '/moved') response.end(bytes);
        else response.writeHead(308, { location: '/moved' }).end();
      }),
    );
    await openAt(server.url, { credentialsFor }).blob(app, blob);
    expect(server.requests.at(-1)).toEqual({
      line: 'GET /moved',
      authorization: `Basic ${btoa('me:secret')}`,
    });
  });

  it('there and back again do not bring them back', async () => {
    let home = '';
    await using storage = await startOddServer((_request, response) =>
      response.writeHead(307, { location: `${home}/back` }).end(),
    );
    await using server = await startOddServer(
      behindLogin((_request, response) =>
        response.writeHead(307, { location: `${storage.url}/there` }).end(),
      ),
    );
    home = server.url;
    // The last stop wants a login again, from somebody who came without: a refusal, no new round.
    await expect(openAt(server.url, { credentialsFor }).blob(app, blob)).rejects.toThrow();
    expect(server.requests.filter(({ line }) => line === 'GET /back')[0]?.authorization).toBe(
      undefined,
    );
  });

  it('to a host that asks for a login do not give it one', async () => {
    await using storage = await startOddServer((_request, response) =>
      response.writeHead(401, { 'www-authenticate': 'Bearer realm="/token"' }).end(),
    );
    await using server = await startOddServer((_request, response) =>
      response.writeHead(307, { location: `${storage.url}/signed` }).end(),
    );
    await expect(openAt(server.url, { credentialsFor }).blob(app, blob)).rejects.toThrow(
      AccessDeniedError,
    );
    expect(storage.requests).toHaveLength(1);
    expect(server.requests).toHaveLength(1);
  });

  it.each(['http://198.51.100.1/blob', 'file:///etc/passwd', ''])(
    'to %j are refused',
    async (location) => {
      await using server = await startOddServer((_request, response) =>
        response.writeHead(302, { location }).end(),
      );
      await expect(openAt(server.url).blob(app, blob)).rejects.toThrow(RegistryUnavailableError);
      expect(server.requests).toHaveLength(1);
    },
  );

  it('without end are given up', async () => {
    await using server = await startOddServer((request, response) =>
      response.writeHead(302, { location: `${request.url}x` }).end(),
    );
    await expect(openAt(server.url).blob(app, blob)).rejects.toThrow(/redirects/);
    expect(server.requests).toHaveLength(6);
  });
});

describe('challenges', () => {
  it.each([
    ['Bearer realm="http://198.51.100.1/token"', RegistryUnavailableError],
    ['Bearer realm="nowhere:"', RegistryUnavailableError],
    ['Negotiate', AccessDeniedError],
    ['', AccessDeniedError],
  ])('of %j are refused', async (challenge, named) => {
    await using server = await startOddServer((_request, response) =>
      response.writeHead(401, { 'www-authenticate': challenge }).end(),
    );
    await expect(openAt(server.url, { credentialsFor }).resolve(app)).rejects.toThrow(named);
  });

  it('that say the scope is not ours are a denial', async () => {
    await using server = await startOddServer((request, response) => {
      if (request.url?.startsWith('/token')) response.end(JSON.stringify({ access_token: 't' }));
      else {
        const challenge = 'Bearer realm="/token",error="insufficient_scope"';
        response.writeHead(401, { 'www-authenticate': challenge }).end();
      }
    });
    await expect(openAt(server.url).resolve(app)).rejects.toThrow(AccessDeniedError);
    expect(server.requests.filter(({ line }) => line.includes('/token'))).toEqual([
      { line: 'GET /token?scope=repository%3Ateam%2Fapp%3Apull', authorization: undefined },
    ]);
  });

  it('of a revoked token lead to a new one', async () => {
    let valid = 0;
    await using server = await startOddServer((request, response) => {
      if (request.url?.startsWith('/token')) {
        valid += 1;
        response.end(JSON.stringify({ token: `t${valid}`, expires_in: 3600 }));
      } else if (request.headers.authorization === `Bearer t${valid}`) response.end(bytes);
      else {
        const challenge = 'Bearer realm="/token",service="s",scope="repository:team/app:pull"';
        response.writeHead(401, { 'www-authenticate': challenge }).end();
      }
    });
    const registry = openAt(server.url);
    await registry.blob(app, blob);
    valid += 1;
    await registry.blob(app, blob);
    expect(server.requests.at(-1)?.authorization).toBe('Bearer t3');
  });

  it('of a token server get the credentials, the registry gets the token', async () => {
    await using server = await startOddServer((request, response) => {
      if (request.url?.startsWith('/token')) response.end(JSON.stringify({ token: 't' }));
      else if (request.headers.authorization) response.end(bytes);
      else response.writeHead(401, { 'www-authenticate': 'Bearer realm="/token"' }).end();
    });
    await openAt(server.url, { credentialsFor }).blob(app, blob);
    expect(server.requests.map(({ authorization }) => authorization)).toEqual([
      undefined,
      `Basic ${btoa('me:secret')}`,
      'Bearer t',
    ]);
  });
});

describe('patience', () => {
  it('waits as long as a date says', async () => {
    let refusals = 0;
    await using server = await startOddServer((_request, response) => {
      refusals += 1;
      if (refusals > 1) response.end(bytes);
      else response.writeHead(503, { 'retry-after': 'Fri, 01 May 2026 00:00:07 GMT' }).end();
    });
    const waits: number[] = [];
    await openAt(server.url, { waits }).blob(app, blob);
    expect(waits).toEqual([7000]);
  });

  it('ends after five attempts', async () => {
    await using server = await startOddServer((_request, response) =>
      response.writeHead(429).end(),
    );
    await expect(openAt(server.url).blob(app, blob)).rejects.toThrow(RateLimitedError);
    expect(server.requests).toHaveLength(5);
  });

  it('ends at the deadline when a server never answers', async () => {
    await using server = await startOddServer(() => undefined);
    await expect(openAt(server.url, { deadline: 150 }).resolve(app)).rejects.toThrow(
      new RegistryUnavailableError('no answer within 150 ms'),
    );
    expect(server.requests).toHaveLength(1);
  });

  it('ends at the deadline when a body never ends', async () => {
    const image = await anImage();
    await using server = await startOddServer((_request, response) => {
      response.write(image.layer.subarray(0, 20));
    });
    const registry = openAt(server.url, { captureDeadline: 150 });
    await expect(registry.capture(app, image.layerDescriptor, image.diffId)).rejects.toThrow(
      RegistryUnavailableError,
    );
  });

  it('tries again when a server falls silent', async () => {
    let requests = 0;
    await using server = await startOddServer((_request, response) => {
      requests += 1;
      if (requests > 1) response.end(bytes);
    });
    await openAt(server.url, { stallTimeout: 100 }).blob(app, blob);
    expect(server.requests).toHaveLength(2);
  });

  it('reads a layer again from the start when the transfer breaks off', async () => {
    const image = await anImage();
    let requests = 0;
    await using server = await startOddServer((_request, response) => {
      requests += 1;
      response.writeHead(200, { 'content-length': image.layer.byteLength });
      if (requests > 2) response.end(image.layer);
      else response.write(image.layer.subarray(0, 30), () => response.destroy());
    });
    const capture = await openAt(server.url).capture(app, image.layerDescriptor, image.diffId);
    expect(capture.layer).toBe(image.layerDescriptor.digest);
    expect(requests).toBe(3);
  });

  it('ends when nobody listens', async () => {
    const server = await startOddServer(() => undefined);
    await server[Symbol.asyncDispose]();
    await expect(openAt(server.url).resolve(app)).rejects.toThrow(RegistryUnavailableError);
  });
});

describe('answers', () => {
  it('without a digest in HEAD are read', async () => {
    await using server = await startOddServer((_request, response) =>
      response.writeHead(200, { 'content-type': MEDIA_TYPES.ociIndex }).end(manifest),
    );
    const counters = createTransferCounters();
    expect(await openAt(server.url, { counters }).resolve(app)).toEqual({
      digest: digestOf(manifest),
      mediaType: MEDIA_TYPES.ociIndex,
    });
    expect(server.requests.map(({ line }) => line)).toEqual([
      'HEAD /v2/team/app/manifests/v1',
      'GET /v2/team/app/manifests/v1',
    ]);
    expect(counters.content().requests).toBe(0);
  });

  it('whose digest is not that of their bytes are refused', async () => {
    await using server = await startOddServer((request, response) => {
      if (request.method === 'HEAD') response.writeHead(405).end();
      else {
        const headers = {
          'content-type': MEDIA_TYPES.ociIndex,
          'docker-content-digest': digestOf('other'),
        };
        response.writeHead(200, headers).end(manifest);
      }
    });
    await expect(openAt(server.url).resolve(app)).rejects.toThrow(DigestMismatchError);
  });

  it('that page to another host are not followed', async () => {
    await using server = await startOddServer((_request, response) =>
      response
        .writeHead(200, { link: '<http://198.51.100.1/v2/x>; rel="next"' })
        .end('{"tags":["a"]}'),
    );
    await expect(openAt(server.url).tags(app)).rejects.toThrow(RegistryUnavailableError);
    expect(server.requests).toHaveLength(1);
  });

  it('that page in a circle are refused', async () => {
    await using server = await startOddServer((request, response) =>
      response.writeHead(200, { link: `<${request.url}>; rel="next"` }).end('{"tags":["a"]}'),
    );
    await expect(openAt(server.url).tags(app)).rejects.toThrow(/circle/);
  });

  it('of a host without history are no history, and of a broken one an error', async () => {
    await using without = await startOddServer((_request, response) =>
      response.writeHead(404).end('404 page not found'),
    );
    await using broken = await startOddServer((_request, response) =>
      response.end('{"history":[{"updateTimestamp":"yesterday","digest":"sha256:1"}]}'),
    );
    const historyHosts = ['example.com'];
    expect(await openAt(without.url, { historyHosts }).tagHistory(app)).toBeUndefined();
    await expect(openAt(broken.url, { historyHosts }).tagHistory(app)).rejects.toThrow(
      RegistryUnavailableError,
    );
  });

  it('follow the path of an endpoint, and Docker Hub names its own images library', async () => {
    await using server = await startOddServer((_request, response) => response.end(bytes));
    const registry = openAt(server.url, { endpoints: { 'docker.io': `${server.url}/hub/` } });
    await registry.blob({ registry: 'docker.io', repository: 'nginx' }, blob);
    expect(server.requests[0]?.line).toBe(`GET /hub/v2/library/nginx/blobs/${blob.digest}`);
  });
});
