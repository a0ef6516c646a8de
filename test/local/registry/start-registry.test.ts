import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { digestOf } from '../../../core/image/digest.ts';
import { MalformedChangeLogError } from '../../../local/registry/change-log.ts';
import { InvalidFaultError } from '../../../local/registry/registry-faults.ts';
import { RegistryRefusalError } from '../../../local/registry/registry-refusal.ts';
import { type EmbeddedRegistry, startRegistry } from '../../../local/registry/start-registry.ts';
import { runProgram } from '../../support/docker-registry.ts';
import {
  anImage,
  type BuiltImage,
  bytesOf,
  descriptorOf,
  pushImage,
} from '../../support/registry-images.ts';
import { hasProgram } from '../../support/umoci.ts';
import { makeUmociImage } from '../../support/umoci-image.ts';

const app = { registry: 'example.com', repository: 'team/app' };
const chunks = ['one', 'two', 'three'].map((text) => new TextEncoder().encode(text));
const whole = new TextEncoder().encode('onetwothree');

let time: number;
const clock = { now: () => new Date(time) };
let registry: EmbeddedRegistry;
let image: BuiltImage;
let folder: string;

beforeEach(async () => {
  time = Date.parse('2026-05-01T00:00:00Z');
  registry = await startRegistry({ clock });
  image = await anImage();
  folder = await mkdtemp(join(tmpdir(), 'embedded-registry-'));
});
afterEach(async () => {
  await registry.close();
  await rm(folder, { recursive: true, force: true });
});

/** Asks the open host. */
function ask(path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(new URL(path, `${registry.endpointFor('example.com')}/`), init);
}

async function startUpload(): Promise<string> {
  const response = await ask('v2/team/app/blobs/uploads/', { method: 'POST' });
  expect(response.status).toBe(202);
  return response.headers.get('location') ?? '';
}

describe('pushing over HTTP', () => {
  it('takes a blob in chunks', async () => {
    let location = await startUpload();
    let sent = 0;
    for (const chunk of chunks) {
      const range = `${sent}-${sent + chunk.byteLength - 1}`;
      const headers = { 'content-range': range };
      const response = await ask(location, { method: 'PATCH', headers, body: chunk });
      expect(response.status).toBe(202);
      sent += chunk.byteLength;
      expect(response.headers.get('range')).toBe(`0-${sent - 1}`);
      location = response.headers.get('location') ?? '';
    }
    expect((await ask(location)).status).toBe(204);
    const done = await ask(`${location}?digest=${digestOf(whole)}`, { method: 'PUT' });
    expect(done.status).toBe(201);
    expect(registry.hasBlob('example.com', 'team/app', digestOf(whole))).toBe(true);
    expect(await (await ask(done.headers.get('location') ?? '')).text()).toBe('onetwothree');
  });

  it('refuses a chunk out of order', async () => {
    const location = await startUpload();
    const headers = { 'content-range': '5-8' };
    const response = await ask(location, { method: 'PATCH', headers, body: chunks[0] ?? null });
    expect(response.status).toBe(416);
  });

  it.each(['POST', 'PUT'])('takes a blob at once with %s', async (method) => {
    const start = method === 'POST' ? 'v2/team/app/blobs/uploads/' : await startUpload();
    const response = await ask(`${start}?digest=${digestOf(whole)}`, { method, body: whole });
    expect(response.status).toBe(201);
    expect(registry.hasBlob('example.com', 'team/app', digestOf(whole))).toBe(true);
  });

  it('refuses a blob that is not what its digest says', async () => {
    const location = await startUpload();
    const response = await ask(`${location}?digest=${digestOf('other')}`, {
      method: 'PUT',
      body: whole,
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ errors: [{ code: 'DIGEST_INVALID' }] });
  });

  it('ends an upload that is given up', async () => {
    const location = await startUpload();
    expect((await ask(location, { method: 'DELETE' })).status).toBe(202);
    expect((await ask(location)).status).toBe(404);
  });

  it('mounts a blob of another repository', async () => {
    const digest = await registry.putBlob('example.com', 'team/base', whole);
    const uploads = 'v2/team/app/blobs/uploads/';
    const mounted = await ask(`${uploads}?mount=${digest}&from=team/base`, { method: 'POST' });
    expect(mounted.status).toBe(201);
    expect(registry.hasBlob('example.com', 'team/app', digest)).toBe(true);
    const absent = await ask(`${uploads}?mount=${digestOf('x')}&from=team/base`, {
      method: 'POST',
    });
    expect(absent.status).toBe(202);
  });

  it('takes a manifest whose blobs are there, by tag and by digest', async () => {
    await registry.putBlob('example.com', 'team/app', image.config);
    const put = (name: string) =>
      ask(`v2/team/app/manifests/${name}`, {
        method: 'PUT',
        headers: { 'content-type': image.mediaType },
        body: Buffer.from(image.manifest),
      });
    expect((await put('v1')).status).toBe(404);
    await registry.putBlob('example.com', 'team/app', image.layer);
    expect((await put(digestOf('other'))).status).toBe(400);
    expect((await put(image.digest)).status).toBe(201);
    expect(registry.tagDigest('example.com', 'team/app', 'v1')).toBeUndefined();
    expect((await put('v1')).headers.get('docker-content-digest')).toBe(image.digest);
    expect(registry.tagDigest('example.com', 'team/app', 'v1')).toBe(image.digest);
  });

  it('refuses what is no manifest', async () => {
    const push = (bytes: Uint8Array) =>
      registry.putManifest('example.com', 'team/app', 'v1', bytes, image.mediaType);
    await expect(push(new TextEncoder().encode('nonsense'))).rejects.toThrow(RegistryRefusalError);
    await expect(push(bytesOf({ mediaType: 'application/other' }))).rejects.toThrow(
      RegistryRefusalError,
    );
  });
});

describe('pulling over HTTP', () => {
  it('gives ranges of a blob', async () => {
    const digest = await registry.putBlob('example.com', 'team/app', whole);
    const get = (range: string) => ask(`v2/team/app/blobs/${digest}`, { headers: { range } });
    expect(await (await get('bytes=3-5')).text()).toBe('two');
    expect(await (await get('bytes=6-')).text()).toBe('three');
    expect(await (await get('bytes=-5')).text()).toBe('three');
    expect((await get('bytes=3-5')).headers.get('content-range')).toBe('bytes 3-5/11');
    expect((await get('bytes=11-')).status).toBe(416);
  });

  it('keeps blobs to their repository and hosts to themselves', async () => {
    const digest = await registry.putBlob('example.com', 'team/app', whole);
    expect((await ask(`v2/team/app/blobs/${digest}`)).status).toBe(200);
    expect((await ask(`v2/team/other/blobs/${digest}`)).status).toBe(404);
    expect((await fetch(`${registry.url}/v2/team/app/blobs/${digest}`)).status).toBe(404);
  });

  it('gives tags a page at a time', async () => {
    for (const tag of ['b', 'c', 'a']) await pushImage(registry, { ...app, tag }, image);
    const first = await ask('v2/team/app/tags/list?n=2');
    expect(await first.json()).toEqual({ name: 'team/app', tags: ['a', 'b'] });
    const next = /<(.+)>; rel="next"/.exec(first.headers.get('link') ?? '')?.[1] ?? '';
    const second = await ask(next);
    expect(await second.json()).toEqual({ name: 'team/app', tags: ['c'] });
    expect(second.headers.get('link')).toBeNull();
  });

  it('answers HEAD with the headers of GET', async () => {
    await pushImage(registry, app, image);
    const response = await ask('v2/team/app/manifests/latest', { method: 'HEAD' });
    expect(response.headers.get('docker-content-digest')).toBe(image.digest);
    expect(response.headers.get('content-length')).toBe(String(image.manifest.byteLength));
  });

  it('knows no other path', async () => {
    expect((await ask('v1/_ping')).status).toBe(404);
    expect((await ask('v2/team/app/tags/list', { method: 'POST' })).status).toBe(405);
  });
});

describe('permission', () => {
  it('of cgr.dev is a token for that repository, for a while', async () => {
    await pushImage(registry, { registry: 'cgr.dev', repository: 'chainguard/python' }, image);
    const base = registry.endpointFor('cgr.dev');
    const manifest = `${base}/v2/chainguard/python/manifests/latest`;
    const challenged = await fetch(manifest);
    expect(challenged.status).toBe(401);
    expect(challenged.headers.get('www-authenticate')).toBe(
      `Bearer realm="${base}/token",service="cgr.dev",scope="repository:chainguard/python:pull"`,
    );

    const tokenFor = async (scope: string) => {
      const response = await fetch(`${base}/token?scope=${scope}`);
      return { authorization: `Bearer ${((await response.json()) as { token: string }).token}` };
    };
    const headers = await tokenFor('repository:chainguard/python:pull');
    expect((await fetch(manifest, { headers })).status).toBe(200);
    expect((await fetch(manifest, { headers, method: 'DELETE' })).status).toBe(401);
    const other = await tokenFor('repository:chainguard/node:pull');
    expect((await fetch(manifest, { headers: other })).status).toBe(401);
    time += 300_000;
    expect((await fetch(manifest, { headers })).status).toBe(401);
  });
});

describe('history', () => {
  const other = () => anImage({ 'etc/passwd': 'root\n' });
  const history = () =>
    registry.history('example.com', 'team/app', 'latest').map(({ at, digest }) => [at, digest]);

  it('has a move for each change of the tag, and none for a push of the same', async () => {
    const next = await other();
    await pushImage(registry, app, image);
    time += 1000;
    await pushImage(registry, app, image);
    time += 1000;
    await pushImage(registry, app, next);
    expect(history()).toEqual([
      ['2026-05-01T00:00:00.000Z', image.digest],
      ['2026-05-01T00:00:02.000Z', next.digest],
    ]);
  });

  it('outlives the tag and the manifest', async () => {
    await pushImage(registry, app, image);
    expect(registry.deleteTag('example.com', 'team/app', 'latest')).toBe(true);
    expect(registry.deleteTag('example.com', 'team/app', 'latest')).toBe(false);
    expect(registry.tagDigest('example.com', 'team/app', 'latest')).toBeUndefined();
    await pushImage(registry, app, image);
    expect(registry.deleteManifest('example.com', 'team/app', image.digest)).toBe(true);
    expect(registry.tagDigest('example.com', 'team/app', 'latest')).toBeUndefined();
    expect((await ask('v2/team/app/manifests/latest')).status).toBe(404);
    expect(history()).toHaveLength(2);
  });

  it('is served a page at a time, from and to a time', async () => {
    const images = [image, await other()];
    for (let move = 0; move < 1003; move += 1) {
      const next = images[move % 2];
      if (next) await pushImage(registry, app, next);
      time += 1000;
    }
    const page = async (query: string) => {
      const response = await ask(`v2/team/app/_chainguard/history/latest${query}`);
      return ((await response.json()) as { history: { updateTimestamp: string }[] }).history;
    };
    const first = await page('');
    expect(first).toHaveLength(1000);
    const boundary = first.at(-1)?.updateTimestamp;
    const second = await page(`?start=${boundary}`);
    expect(second).toHaveLength(4);
    expect(second[0]).toEqual(first.at(-1));
    expect(await page(`?start=${boundary}&end=${boundary}`)).toHaveLength(1);
  });
});

describe('a folder', () => {
  it('keeps everything from one start to the next', async () => {
    const first = await startRegistry({ clock, folder });
    await pushImage(first, app, image);
    await pushImage(first, { ...app, tag: 'gone' }, image);
    first.deleteTag('example.com', 'team/app', 'gone');
    await first.close();
    // What a crash leaves: a change that was never answered.
    await appendFile(join(folder, 'changes.ndjson'), '{"do":"delete-tag","host":"exam');

    const second = await startRegistry({ clock, folder });
    try {
      expect(second.tagDigest('example.com', 'team/app', 'latest')).toBe(image.digest);
      expect(second.tagDigest('example.com', 'team/app', 'gone')).toBeUndefined();
      expect(second.history('example.com', 'team/app', 'gone')).toHaveLength(1);
      const blob = `${second.endpointFor('example.com')}/v2/team/app/blobs/`;
      const response = await fetch(blob + image.layerDescriptor.digest);
      expect(digestOf(new Uint8Array(await response.arrayBuffer()))).toBe(
        image.layerDescriptor.digest,
      );
    } finally {
      await second.close();
    }
  });

  it('with a line that cannot be read is refused', async () => {
    await appendFile(join(folder, 'changes.ndjson'), 'nonsense\n');
    await expect(startRegistry({ clock, folder })).rejects.toThrow(MalformedChangeLogError);
  });
});

describe('faults', () => {
  it.each(['registry:GET nothing', 'registry:get blob', 'sns:Publish'])('refuses %j', (call) => {
    expect(() => registry.setFault({ call, times: 1, error: 'server' })).toThrow(InvalidFaultError);
  });

  it('keep a call from being done, or only its answer', async () => {
    const put = (name: string) =>
      ask(`v2/team/app/manifests/${name}`, {
        method: 'PUT',
        headers: { 'content-type': image.mediaType },
        body: Buffer.from(image.manifest),
      });
    await pushImage(registry, app, image);
    registry.setFault({ call: 'registry:PUT manifest', times: 1, error: 'timeout' });
    await expect(put('v1')).rejects.toThrow();
    expect(registry.tagDigest('example.com', 'team/app', 'v1')).toBeUndefined();
    registry.setFault({ call: 'registry:*', times: 1, error: 'lost-response' });
    await expect(put('v2')).rejects.toThrow();
    expect(registry.tagDigest('example.com', 'team/app', 'v2')).toBe(image.digest);
  });

  it('can be taken back', async () => {
    registry.setFault({ call: 'registry:*', times: 5, error: 'server' });
    registry.clearFaults();
    expect((await ask('v2/')).status).toBe(200);
    expect((await ask('v2/team/app/tags/list')).status).toBe(404);
  });
});

it('tells of each call that took effect, before its answer', async () => {
  const calls: string[] = [];
  const watched = await startRegistry({ clock, afterCall: (call) => void calls.push(call) });
  try {
    await pushImage(watched, app, image);
    const base = watched.endpointFor('example.com');
    await fetch(`${base}/v2/team/app/manifests/latest`, { method: 'HEAD' });
    await fetch(`${base}/v2/team/app/blobs/${image.layerDescriptor.digest}`);
    expect(calls).toEqual(['registry:HEAD manifest', 'registry:GET blob']);
  } finally {
    await watched.close();
  }
});

it('lists by subject what refers to an image', async () => {
  const digest = await pushImage(registry, app, image);
  const config = descriptorOf('application/vnd.oci.empty.v1+json', bytesOf({}));
  await registry.putBlob('example.com', 'team/app', bytesOf({}));
  const subject = descriptorOf(image.mediaType, image.manifest);
  const signature = bytesOf({ schemaVersion: 2, config, layers: [], subject });
  const response = await ask(`v2/team/app/manifests/${digestOf(signature)}`, {
    method: 'PUT',
    headers: { 'content-type': image.mediaType },
    body: Buffer.from(signature),
  });
  expect(response.headers.get('oci-subject')).toBe(digest);
  const list = await ask(
    `v2/team/app/referrers/${digest}?artifactType=${encodeURIComponent(config.mediaType)}`,
  );
  expect(list.headers.get('oci-filters-applied')).toBe('artifactType');
  expect(await list.json()).toMatchObject({ manifests: [{ digest: digestOf(signature) }] });
  const none = await ask(`v2/team/app/referrers/${digest}?artifactType=other`);
  expect(await none.json()).toMatchObject({ manifests: [] });
});

const missing = ['skopeo', 'umoci'].filter((program) => !hasProgram(program));

describe.skipIf(missing.length > 0)(`skopeo (missing: ${missing.join() || 'none'})`, () => {
  it('pushes and pulls the same image', async () => {
    const source = await makeUmociImage(folder);
    const remote = `docker://${new URL(registry.url).host}/team/app:v1`;
    const skopeo = (...options: string[]) =>
      runProgram('skopeo', ['--insecure-policy', 'copy', ...options]);
    await skopeo('--dest-tls-verify=false', source, remote);
    const digest = registry.tagDigest('localhost', 'team/app', 'v1');
    const copy = join(folder, 'copy');
    await skopeo('--src-tls-verify=false', remote, `oci:${copy}:v1`);
    const { stdout } = await runProgram('skopeo', ['inspect', '--raw', `oci:${copy}:v1`]);
    expect(digestOf(stdout)).toBe(digest);
  });
});
