import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { indexImage, readInventory } from '../../../actions/index-image.ts';
import { readAttachedVex } from '../../../actions/read-attached-vex.ts';
import { createRegistry } from '../../../adapters/registry/create-registry.ts';
import { digestOf } from '../../../core/image/digest.ts';
import { ImageNotFoundError } from '../../../core/image/errors.ts';
import { MEDIA_TYPES, parseManifest } from '../../../core/image/manifest.ts';
import type { ImageReference } from '../../../core/image/reference.ts';
import { startRegistry } from '../../../local/registry/start-registry.ts';
import {
  aVexDocument,
  type BuiltArtifact,
  buildArtifact,
  dsse,
  inToto,
  OPENVEX,
} from '../../support/build-artifact.ts';
import {
  type DockerRegistry,
  runProgram,
  startDockerRegistry,
} from '../../support/docker-registry.ts';
import { createMemoryObjectStore } from '../../support/memory-object-store.ts';
import { bytesOf, descriptorOf } from '../../support/registry-images.ts';
import { captureImage, hasProgram } from '../../support/umoci.ts';
import { makeUmociImage } from '../../support/umoci-image.ts';

const missing = ['docker-registry', 'skopeo', 'umoci'].filter((program) => !hasProgram(program));
const registry = createRegistry();
const PUSH = ['--insecure-policy', 'copy', '--dest-tls-verify=false'];

async function put(url: string, mediaType: string, body: Uint8Array): Promise<void> {
  const headers = { 'content-type': mediaType };
  const { status } = await fetch(url, { method: 'PUT', headers, body: Buffer.from(body) });
  expect(status).toBe(201);
}

async function putArtifact(place: string, name: string, artifact: BuiltArtifact): Promise<void> {
  for (const [digest, bytes] of artifact.blobs) {
    const upload = await fetch(`${place}/blobs/uploads/`, { method: 'POST' });
    const url = new URL(upload.headers.get('location') ?? '', place);
    url.searchParams.set('digest', digest);
    await put(url.href, 'application/octet-stream', bytes);
  }
  await put(`${place}/manifests/${name}`, artifact.mediaType, artifact.bytes);
}

describe.skipIf(missing.length > 0)(
  `docker-registry (missing: ${missing.join() || 'none'})`,
  () => {
    let docker: DockerRegistry;
    let folder: string;
    let source: string;
    beforeAll(async () => {
      docker = await startDockerRegistry();
      folder = await mkdtemp(join(tmpdir(), 'umoci-image-'));
      source = await makeUmociImage(folder);
    });
    afterAll(async () => {
      await docker[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    });

    async function push(repository: string, tag: string, ...options: string[]) {
      const target = { registry: docker.host, repository, tag };
      const destination = `docker://${docker.host}/${repository}:${tag}`;
      await runProgram('skopeo', [...PUSH, ...options, source, destination]);
      return target;
    }

    /** What the product itself makes of an image, from nothing. */
    async function inventoryOf(reference: ImageReference, digest: string) {
      const objects = createMemoryObjectStore();
      const log = { info: () => undefined, warn: () => undefined };
      const image = await indexImage({ images: registry, objects, log }, { reference, digest });
      const [platform] = image.platforms;
      return platform && readInventory(objects, platform.digest);
    }

    it('gives what the embedded registry gives', async () => {
      const embedded = await startRegistry({ clock: { now: () => new Date(0) } });
      try {
        const ours = { registry: new URL(embedded.url).host, repository: 'team/app', tag: 'v1' };
        await runProgram('skopeo', [...PUSH, source, `docker://${ours.registry}/team/app:v1`]);
        const theirs = await push('team/app', 'v1');

        const [a, b] = [await registry.resolve(ours), await registry.resolve(theirs)];
        expect(a).toEqual(b);
        expect(await registry.manifest(ours, a.digest)).toEqual(
          await registry.manifest(theirs, b.digest),
        );
        const captures = await captureImage(registry, theirs);
        expect(captures).toEqual(await captureImage(registry, ours));
        expect(captures.flatMap(({ files }) => Object.keys(files))).toEqual([
          'etc/os-release',
          'etc/passwd',
          'usr/lib/apk/db/installed',
        ]);
        const inventory = await inventoryOf(theirs, b.digest);
        expect(inventory).toEqual(await inventoryOf(ours, a.digest));
        expect(inventory?.packages.map(({ purl }) => purl)).toEqual([
          'pkg:apk/wolfi/zlib@1.3.1-r51?arch=x86_64&distro=wolfi',
        ]);
      } finally {
        await embedded.close();
      }
    });

    it("gives Docker's media types", async () => {
      const target = await push('team/docker', 'v1', '--format', 'v2s2');
      const { digest, mediaType } = await registry.resolve(target);
      expect(mediaType).toBe(MEDIA_TYPES.dockerManifest);
      const manifest = parseManifest((await registry.manifest(target, digest)).bytes, mediaType);
      expect(manifest).toMatchObject({
        kind: 'image',
        config: { mediaType: MEDIA_TYPES.dockerConfig },
      });
      expect(await captureImage(registry, target)).toHaveLength(3);
    });

    it('lists its tags', async () => {
      await push('team/tags', 'v2');
      const target = await push('team/tags', 'v1');
      expect(await registry.tags(target)).toEqual(['v1', 'v2']);
    });

    it('names what is not there', async () => {
      const nothing = { registry: docker.host, repository: 'team/nothing', tag: 'v1' };
      await expect(registry.resolve(nothing)).rejects.toThrow(ImageNotFoundError);
      await expect(registry.tags(nothing)).rejects.toThrow(ImageNotFoundError);
      await expect(registry.manifest(nothing, digestOf('x'))).rejects.toThrow(ImageNotFoundError);
    });

    it('has no referrers API: the tag schema tells', async () => {
      const target = await push('team/signed', 'v1');
      const { digest } = await registry.resolve(target);
      expect(await registry.referrers(target, digest)).toEqual([]);

      const child = (await registry.manifest(target, digest)).bytes;
      const manifests = [descriptorOf(MEDIA_TYPES.ociManifest, child)];
      const index = bytesOf({ schemaVersion: 2, mediaType: MEDIA_TYPES.ociIndex, manifests });
      const url = `http://${docker.host}/v2/team/signed/manifests/${digest.replace(':', '-')}`;
      const headers = { 'content-type': MEDIA_TYPES.ociIndex };
      expect((await fetch(url, { method: 'PUT', headers, body: index })).status).toBe(201);
      expect(await registry.referrers(target, digest)).toEqual(manifests);
    });

    it('keeps VEX under the tag of referrers, and under cosign’s', async () => {
      const target = await push('team/vex', 'v1');
      const { digest } = await registry.resolve(target);
      const place = `http://${docker.host}/v2/team/vex`;
      const { bytes } = await registry.manifest(target, digest);
      const referring = buildArtifact({
        artifactType: OPENVEX,
        subject: { digest, size: bytes.byteLength },
        layers: [{ mediaType: OPENVEX, content: aVexDocument({ author: 'By referrer' }) }],
      });
      const attested = buildArtifact({
        layers: [
          {
            mediaType: 'application/vnd.dsse.envelope.v1+json',
            content: dsse(inToto(aVexDocument({ author: 'By cosign' }), [digest])),
          },
        ],
      });
      const tag = digest.replace(':', '-');
      await putArtifact(place, referring.digest, referring);
      await putArtifact(place, `${tag}.att`, attested);
      const { mediaType, artifactType } = referring;
      const manifests = [{ ...descriptorOf(mediaType, referring.bytes), artifactType }];
      const index = bytesOf({ schemaVersion: 2, mediaType: MEDIA_TYPES.ociIndex, manifests });
      await put(`${place}/manifests/${tag}`, MEDIA_TYPES.ociIndex, index);

      const read = await readAttachedVex(registry, target, { digests: [digest], attestations: [] });
      expect(read?.problems).toEqual([]);
      const from = `${docker.host}/team/vex`;
      expect(read?.statements).toMatchObject([
        { author: 'By referrer', attached: { to: digest, from } },
        { author: 'By cosign', attached: { to: digest, from } },
      ]);
    });
  },
);
