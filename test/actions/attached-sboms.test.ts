import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { indexImage, readInventory } from '../../actions/index-image.ts';
import { readAttachedDocuments } from '../../actions/read-attached-documents.ts';
import { findObject } from '../../actions/stored-objects.ts';
import { indexedSbomsKey } from '../../actions/stored-sboms.ts';
import { digestOf } from '../../core/image/digest.ts';
import { AccessDeniedError } from '../../core/image/errors.ts';
import { MEDIA_TYPES } from '../../core/image/manifest.ts';
import { parseReference } from '../../core/image/reference.ts';
import type { BuiltImage } from '../../local/world/build-image.ts';
import { type ArtifactSpec, buildArtifact, dsse, inToto } from '../support/build-artifact.ts';
import { anImageOf, type FakePorts, fakePorts } from '../support/fake-ports.ts';
import { startTestDynamo, type TestDynamo } from '../support/test-dynamo.ts';

const IMAGE = 'registry.example/api:latest';
const REFERENCE = parseReference(IMAGE);
const SPDX_TYPE = 'application/spdx+json';
const CYCLONEDX_TYPE = 'application/vnd.cyclonedx+json';
const STATEMENT = 'application/vnd.in-toto+json';
const ENVELOPE = 'application/vnd.dsse.envelope.v1+json';
const SPDX = 'https://spdx.dev/Document';
const CYCLONEDX = 'https://cyclonedx.org/bom/v1.6';
const SLSA = 'https://slsa.dev/provenance/v1';

let dynamo: TestDynamo;
let ports: FakePorts;
beforeAll(async () => {
  dynamo = await startTestDynamo();
});
afterAll(() => dynamo.stop());
beforeEach(async () => {
  ports = await fakePorts(dynamo);
});

const PURLS = ['pkg:apk/wolfi/openssl@2-r0', 'pkg:apk/wolfi/gone@1'];

function spdx(purls: readonly string[] = PURLS): object {
  return {
    spdxVersion: 'SPDX-2.3',
    name: 'api',
    packages: purls.map((referenceLocator) => ({
      externalRefs: [{ referenceType: 'purl', referenceLocator }],
    })),
  };
}

function cycloneDx(): object {
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    metadata: { component: { name: 'api' } },
    components: PURLS.map((purl) => ({ purl })),
  };
}

async function pushed(): Promise<BuiltImage> {
  const image = await anImageOf({ packages: ['openssl=1-r0', 'zlib=1-r0'] });
  ports.registry.push(IMAGE, image);
  return image;
}

const subjectOf = ({ digest }: BuiltImage) => ({ digest, size: 1 });
const tagOf = ({ digest }: BuiltImage, ending: string) =>
  `registry.example/api:${digest.replace(':', '-')}.${ending}`;

function read(image: BuiltImage, attestations = [] as readonly object[]) {
  return readAttachedDocuments(ports.images, REFERENCE, {
    digests: [image.digest],
    attestations: attestations as never,
  });
}

describe('a bill of materials is read', () => {
  it.each<[string, 'spdx' | 'cyclonedx', (image: BuiltImage) => ArtifactSpec]>([
    [
      'a referrer of its type',
      'spdx',
      (image) => ({
        artifactType: SPDX_TYPE,
        subject: subjectOf(image),
        layers: [{ mediaType: 'application/octet-stream', content: spdx() }],
      }),
    ],
    [
      'a layer of its type',
      'cyclonedx',
      (image) => ({
        artifactType: 'application/vnd.example',
        subject: subjectOf(image),
        layers: [{ mediaType: CYCLONEDX_TYPE, content: cycloneDx() }],
      }),
    ],
    [
      'a signed statement',
      'spdx',
      (image) => ({
        artifactType: ENVELOPE,
        subject: subjectOf(image),
        layers: [{ mediaType: ENVELOPE, content: dsse(inToto(spdx(), [image.digest], SPDX)) }],
      }),
    ],
    [
      'a statement that says beside its layer what it is',
      'cyclonedx',
      (image) => ({
        artifactType: STATEMENT,
        subject: subjectOf(image),
        layers: [
          {
            mediaType: STATEMENT,
            content: inToto(cycloneDx(), [image.digest], CYCLONEDX),
            annotations: { 'in-toto.io/predicate-type': CYCLONEDX },
          },
        ],
      }),
    ],
    [
      'a statement of cosign 1, which wrapped the document once more',
      'spdx',
      (image) => ({
        artifactType: ENVELOPE,
        subject: subjectOf(image),
        layers: [
          { mediaType: ENVELOPE, content: dsse(inToto({ Data: spdx() }, [image.digest], SPDX)) },
        ],
      }),
    ],
  ])('from %s', async (_what, format, specOf) => {
    const image = await pushed();
    ports.registry.attach(buildArtifact(specOf(image)));
    expect(await read(image)).toMatchObject({
      sboms: [
        {
          to: image.digest,
          source: { where: 'referrer' },
          document: { format, name: 'api', packages: [{ name: 'openssl' }, { name: 'gone' }] },
        },
      ],
      problems: [],
    });
  });

  it.each([
    ['att', ENVELOPE, (image: BuiltImage) => dsse(inToto(spdx(), [image.digest], SPDX))],
    ['sbom', 'text/spdx+json', () => spdx()],
  ])('from cosign’s tag .%s', async (ending, mediaType, contentOf) => {
    const image = await pushed();
    const layers = [{ mediaType, content: contentOf(image) }];
    ports.registry.attach(buildArtifact({ layers }), tagOf(image, ending));
    expect(await read(image)).toMatchObject({
      sboms: [{ source: { where: 'tag' } }],
      problems: [],
    });
  });

  it('from the index, for the platform that it is about', async () => {
    const image = await pushed();
    const artifact = buildArtifact({
      layers: [
        {
          mediaType: STATEMENT,
          content: inToto(spdx(), [image.digest], SPDX),
          annotations: { 'in-toto.io/predicate-type': SPDX },
        },
      ],
    });
    ports.registry.attach(artifact);
    const child = (digest: string) => ({
      mediaType: MEDIA_TYPES.ociManifest,
      size: 1,
      digest: artifact.digest,
      annotations: { 'vnd.docker.reference.digest': digest },
    });
    const { sboms } = await read(image, [child(image.digest), child(digestOf('another'))]);
    expect(sboms).toMatchObject([{ to: image.digest, source: { where: 'index' } }]);
  });

  it('not from statements of other kinds, whose bytes are not even fetched where they say so', async () => {
    const image = await pushed();
    const layers = [
      {
        mediaType: STATEMENT,
        content: inToto({}, [image.digest], 'https://example.com/scan/v1'),
        annotations: { 'in-toto.io/predicate-type': 'https://example.com/scan/v1' },
      },
    ];
    ports.registry.attach(
      buildArtifact({ artifactType: STATEMENT, subject: subjectOf(image), layers }),
    );
    expect(await read(image)).toMatchObject({ sboms: [], problems: [] });
    expect(ports.registry.calls.filter((call) => call.startsWith('blob'))).toEqual([]);
  });

  it.each([
    ['no JSON', SPDX_TYPE, '{', 'expected JSON'],
    ['tags and values', 'text/spdx', 'SPDXVersion: SPDX-2.3', 'expected JSON'],
    ['another format', 'application/vnd.syft+json', '{}', 'neither SPDX nor CycloneDX'],
    ['another version', SPDX_TYPE, '{"spdxVersion":"SPDX-3.0"}', 'expected SPDX-2.2 or SPDX-2.3'],
    ['an image of another', SPDX_TYPE, inToto(spdx(), [digestOf('x')], SPDX), 'its subject is not'],
    ['too much', SPDX_TYPE, ' '.repeat(8 * 1024 * 1024 + 1), 'bytes are more than 8388608'],
  ])('not from %s: a problem with its name', async (_what, mediaType, content, reason) => {
    const image = await pushed();
    const layers = [{ mediaType, content }];
    const artifact = buildArtifact({ artifactType: mediaType, subject: subjectOf(image), layers });
    ports.registry.attach(artifact);
    const { sboms, problems } = await read(image);
    expect(sboms).toEqual([]);
    expect(problems).toEqual([
      { path: expect.stringMatching(/^sha256:/), reason: expect.stringContaining(reason) },
    ]);
  });

  it('up to 32 of them', async () => {
    const image = await pushed();
    const layers = Array.from({ length: 40 }, (_, index) => ({
      mediaType: SPDX_TYPE,
      content: spdx([`pkg:apk/wolfi/p${index}@1`]),
    }));
    ports.registry.attach(
      buildArtifact({ artifactType: SPDX_TYPE, subject: subjectOf(image), layers }),
    );
    const { sboms, problems } = await read(image);
    expect(sboms).toHaveLength(32);
    expect(problems).toMatchObject([{ reason: 'more than 32 documents about one image' }]);
  });
});

describe('an image that is indexed', () => {
  it('keeps what is attached beside what its layers say', async () => {
    const image = await pushed();
    const layers = [{ mediaType: SPDX_TYPE, content: spdx() }];
    ports.registry.attach(
      buildArtifact({ artifactType: SPDX_TYPE, subject: subjectOf(image), layers }),
    );
    await indexImage(ports, { reference: REFERENCE, digest: image.digest });
    expect(
      await findObject(ports.objects, 'attached-sboms/1', indexedSbomsKey(image.digest)),
    ).toMatchObject({
      platforms: [
        {
          digest: image.digest,
          comparisons: [
            {
              packages: 2,
              same: 0,
              otherVersion: { first: [{ package: 'apk openssl', sbom: '2-r0', layers: '1-r0' }] },
              onlyInSbom: { first: ['apk gone 1'] },
              onlyInLayers: { first: ['apk zlib 1-r0'] },
            },
          ],
          problems: [],
        },
      ],
    });
  });

  it('keeps nothing where nothing is attached, and asks for each thing once', async () => {
    const image = await pushed();
    await indexImage(ports, { reference: REFERENCE, digest: image.digest });
    expect(
      await findObject(ports.objects, 'attached-sboms/1', indexedSbomsKey(image.digest)),
    ).toBeUndefined();
    expect(new Set(ports.registry.calls).size).toBe(ports.registry.calls.length);
  });

  it('knows what its provenance says that it was built from', async () => {
    const image = await pushed();
    const base = digestOf('base');
    const predicate = {
      buildDefinition: {
        resolvedDependencies: [
          {
            uri: 'pkg:docker/cgr.dev/chainguard/python@latest?platform=linux%2Famd64',
            digest: { sha256: base.slice('sha256:'.length) },
          },
        ],
      },
    };
    const layers = [
      {
        mediaType: STATEMENT,
        content: inToto(predicate, [image.digest], SLSA),
        annotations: { 'in-toto.io/predicate-type': SLSA },
      },
    ];
    ports.registry.attach(
      buildArtifact({ artifactType: STATEMENT, subject: subjectOf(image), layers }),
    );
    await indexImage(ports, { reference: REFERENCE, digest: image.digest });
    expect((await readInventory(ports.objects, image.digest)).baseEvidence?.claims).toEqual([
      { from: 'provenance', name: 'cgr.dev/chainguard/python:latest', digest: base },
    ]);
  });

  it('stands where the registry refuses to say what is attached', async () => {
    const image = await pushed();
    ports.registry.referrers = async () => {
      throw new AccessDeniedError('refused');
    };
    await indexImage(ports, { reference: REFERENCE, digest: image.digest });
    expect((await readInventory(ports.objects, image.digest)).packages).toHaveLength(2);
  });
});
