import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { assessPush } from '../../actions/assess-push.ts';
import { readChannel } from '../../actions/channel-state.ts';
import { deliverAlerts } from '../../actions/deliver-alerts.ts';
import { indexImage } from '../../actions/index-image.ts';
import { indexPush } from '../../actions/index-push.ts';
import { previewSuppression } from '../../actions/preview-suppressions.ts';
import { readAttachedVex } from '../../actions/read-attached-vex.ts';
import { readAllRows, readCurrentRun } from '../../actions/read-run.ts';
import { readRunningFindings } from '../../actions/running-findings.ts';
import { type Digest, digestOf } from '../../core/image/digest.ts';
import { AccessDeniedError } from '../../core/image/errors.ts';
import { MEDIA_TYPES } from '../../core/image/manifest.ts';
import { parseReference } from '../../core/image/reference.ts';
import { channelOf } from '../../core/lineage/channel.ts';
import { runKeys } from '../../core/run/run.ts';
import { parseOpenVex } from '../../core/suppress/open-vex.ts';
import { suppressionSet } from '../../core/suppress/read-suppression-file.ts';
import type { BuiltImage } from '../../local/world/build-image.ts';
import {
  type ArtifactSpec,
  aVexDocument,
  buildArtifact,
  dsse,
  inToto,
  OPENVEX,
} from '../support/build-artifact.ts';
import { anEcrEvent } from '../support/ecr-events.ts';
import {
  anAdvisory,
  anImageOf,
  deploy,
  type FakePorts,
  fakePorts,
  playNight,
} from '../support/fake-ports.ts';
import { anEntry, aSet } from '../support/suppression-builders.ts';
import { startTestDynamo, type TestDynamo } from '../support/test-dynamo.ts';

const CVE = 'CVE-2026-9000001';
const REPOSITORY = '123456789012.dkr.ecr.eu-west-1.amazonaws.com/api';
const IMAGE = `${REPOSITORY}:latest`;
const ENVELOPE = 'application/vnd.dsse.envelope.v1+json';
const nightOf = (day: number) => new Date(Date.UTC(2026, 10, day, 2)).toISOString();

let dynamo: TestDynamo;
let ports: FakePorts;
beforeAll(async () => {
  dynamo = await startTestDynamo();
});
afterAll(() => dynamo.stop());
beforeEach(async () => {
  ports = await fakePorts(dynamo);
  ports.suppressed = suppressionSet([], { trustAttachedFrom: [REPOSITORY] });
  ports.feed.byId.set(CVE, {
    ...anAdvisory(`CGA-${CVE}`, { name: 'openssl' }),
    upstream: [CVE],
  });
});

const affected = () => anImageOf({ packages: ['openssl=1-r0'] });
const harmless = () => anImageOf({ packages: ['zlib=1-r0'] });

/** A document that refers to an image. */
function referrer(to: { readonly digest: Digest }, document: object = aVexDocument()) {
  return buildArtifact({
    artifactType: OPENVEX,
    subject: { digest: to.digest, size: 1 },
    layers: [{ mediaType: OPENVEX, content: document }],
  });
}

async function run(image: BuiltImage): Promise<void> {
  ports.registry.push(IMAGE, image);
  await deploy(ports, 'ecs/prod/api', IMAGE);
}

/** What the night of a day tells. */
async function tellOf(day: number): Promise<string[]> {
  ports.told.length = 0;
  await playNight(ports, nightOf(day));
  return ports.told.map(({ kind, cause }) => `${kind} by ${cause}`);
}

async function suppressed() {
  const current = await readCurrentRun(ports);
  if (!current) throw new Error('no run');
  const rows = await readAllRows(ports.objects, current);
  const running = await readRunningFindings(ports.objects, current, rows);
  return running.flatMap((each) => each.suppressed ?? []);
}

async function pageOf(day: number): Promise<string> {
  const bytes = await ports.objects.get(runKeys.report(nightOf(day)));
  return Buffer.from(bytes ?? '').toString();
}

/** Tells of a push by day, as queue and functions would. */
async function pushByDay(image: BuiltImage): Promise<string[]> {
  ports.told.length = 0;
  ports.registry.push(IMAGE, image);
  const { registry, repository, tag = '' } = parseReference(IMAGE);
  await indexImage(ports, { reference: { registry, repository, tag }, digest: image.digest });
  const pushedAt = '2026-11-05T12:00:00.000Z';
  await assessPush(ports, { registry, repository, tag, digest: image.digest, pushedAt });
  await deliverAlerts(ports);
  return ports.told.map(({ kind, cause }) => `${kind} by ${cause}`);
}

describe('what an image of a trusted repository carries', () => {
  it('silences its findings at night, with author and digest of the document', async () => {
    const image = await affected();
    const document = aVexDocument();
    ports.registry.attach(referrer(image, document));
    await run(image);
    await playNight(ports, nightOf(2));

    expect(await suppressed()).toEqual([
      {
        entry: `vex https://vex.example/attached ${CVE}`,
        version: digestOf(JSON.stringify(document)),
        owner: 'The Builder',
        author: 'The Builder',
        reason: 'not_affected: vulnerable_code_not_present',
        until: 'until it says otherwise',
        via: 'vex',
      },
    ]);
    expect(await pageOf(2)).not.toContain('Attached to images and not applied');
  });

  it('silences them by day, and the night after has nothing to add', async () => {
    await run(await harmless());
    await playNight(ports, nightOf(2));
    const image = await affected();
    // Written after the last night: it counts all the same, as the image itself does.
    ports.registry.attach(referrer(image, aVexDocument({ timestamp: '2026-11-05T11:00:00.000Z' })));
    expect(await pushByDay(image)).toEqual([]);
    const { rows } = await readChannel(ports, channelOf(parseReference(IMAGE)));
    expect(rows).toMatchObject([{ items: [], suppressed: [{ suppressed: { via: 'vex' } }] }]);
    await deploy(ports, 'ecs/prod/api', IMAGE);
    expect(await tellOf(6)).toEqual([]);
    expect(await suppressed()).toMatchObject([{ author: 'The Builder' }]);
  });

  it('is told by day where nothing says so, or nobody who is trusted', async () => {
    await run(await harmless());
    await playNight(ports, nightOf(2));
    expect(await pushByDay(await affected())).toEqual(['regression by image']);

    ports.suppressed = suppressionSet([], { trustAttachedFrom: [`${REPOSITORY}/other`] });
    await playNight(ports, nightOf(3));
    const image = await anImageOf({ packages: ['openssl=1-r0', 'zlib=1-r0'] });
    await pushByDay(await harmless());
    ports.registry.attach(referrer(image));
    expect(await pushByDay(image)).toEqual(['regression by image']);
  });

  it('silences nothing of another image, though it names the package alone', async () => {
    const products = [{ '@id': 'pkg:apk/wolfi/openssl' }];
    const image = await affected();
    ports.registry.attach(referrer(image, aVexDocument({}, { products })));
    ports.registry.push(`${REPOSITORY}:other`, image);
    await deploy(ports, 'ecs/prod/other', `${REPOSITORY}:other`);
    await run(await anImageOf({ packages: ['openssl=1-r0', 'zlib=1-r0'] }));
    await playNight(ports, nightOf(2));

    const rows = await readAllRows(ports.objects, (await readCurrentRun(ports)) ?? never());
    const silent = rows.filter((row) => row.kind === 'workload' && row.suppressed);
    expect(silent.map(({ lineage }) => lineage.split('|')[0])).toEqual(['ecs/prod/other']);
  });

  it('is silent where our own documents say otherwise', async () => {
    const image = await affected();
    ports.registry.attach(referrer(image));
    const products = [{ '@id': 'pkg:apk/wolfi/openssl' }];
    const ours = aVexDocument(
      { '@id': 'ours', timestamp: '2020-01-01T00:00:00Z' },
      { products, status: 'affected' },
    );
    ports.suppressed = suppressionSet([], {
      statements: parseOpenVex(ours),
      trustAttachedFrom: [REPOSITORY],
    });
    await run(image);
    await playNight(ports, nightOf(2));
    expect(await suppressed()).toEqual([]);
  });

  it('comes to an end with the trust', async () => {
    const image = await affected();
    ports.registry.attach(referrer(image));
    await run(image);
    await playNight(ports, nightOf(2));
    ports.suppressed = undefined;
    expect(await tellOf(3)).toEqual(['disclosed by suppression']);
    expect(await pageOf(3)).toContain(
      `${REPOSITORY}@${image.digest}: the image carries VEX that is not trusted: 1 statement`,
    );
  });
});

it('is shown and never applied where the repository is not trusted', async () => {
  ports.suppressed = suppressionSet([], { trustAttachedFrom: ['registry.example/*'] });
  const image = await affected();
  ports.registry.attach(referrer(image));
  await run(image);
  await playNight(ports, nightOf(2));
  expect(await suppressed()).toEqual([]);
  expect(await pageOf(2)).toContain(
    `${REPOSITORY}@${image.digest}: the image carries VEX that is not trusted: 1 statement`,
  );
});

describe('what is attached later', () => {
  async function pushed(artifact: ReturnType<typeof buildArtifact>, tag: string) {
    ports.registry.attach(artifact, tag ? `${REPOSITORY}:${tag}` : undefined);
    const { registry, repository } = parseReference(IMAGE);
    const [account = '', , , region = ''] = registry.split('.');
    const body = anEcrEvent({
      account,
      region,
      detail: {
        'repository-name': repository,
        'image-digest': artifact.digest,
        'image-tag': tag,
        'artifact-media-type': artifact.artifactType ?? MEDIA_TYPES.ociConfig,
      },
    });
    await indexPush(ports, { body, attempt: 0 });
    return body;
  }

  it('counts from the next night on, and ends what was told', async () => {
    const image = await affected();
    await run(await harmless());
    await playNight(ports, nightOf(2));
    expect(await pushByDay(image)).toEqual(['regression by image']);
    await deploy(ports, 'ecs/prod/api', IMAGE);
    const body = await pushed(referrer(image), '');
    // Events come twice.
    await indexPush(ports, { body, attempt: 0 });

    ports.registry.calls.length = 0;
    expect(await tellOf(6)).toEqual(['resolved by suppression']);
    expect(await suppressed()).toMatchObject([{ author: 'The Builder' }]);
    expect(ports.registry.calls.filter((call) => !call.startsWith('resolve'))).toEqual([]);
    expect(await tellOf(7)).toEqual([]);
  });

  it('is what a preview of an entry counts, before the next night and after it', async () => {
    const [entry] = aSet(anEntry({ vulnerability: CVE, until: 'fix' })).entries;
    if (!entry) throw new Error('no entry');
    const preview = () => previewSuppression(ports, entry, nightOf(4));
    const image = await affected();
    await run(image);
    await playNight(ports, nightOf(2));
    const silenced = [{ finding: { id: CVE }, workloads: ['ecs/prod/api|app|linux/amd64'] }];
    expect(await preview()).toMatchObject({ silenced, already: [] });

    await pushed(referrer(image), '');
    const already = [{ ...silenced[0], suppressed: { author: 'The Builder', via: 'vex' } }];
    expect(await preview()).toMatchObject({ silenced: [], already });
    await playNight(ports, nightOf(3));
    expect(await preview()).toMatchObject({ silenced: [], already });
  });

  it('is no part of a preview where nobody trusts it', async () => {
    const [entry] = aSet(anEntry({ vulnerability: CVE, until: 'fix' })).entries;
    if (!entry) throw new Error('no entry');
    ports.suppressed = undefined;
    const image = await affected();
    await run(image);
    await playNight(ports, nightOf(2));
    await pushed(referrer(image), '');
    expect(await previewSuppression(ports, entry, nightOf(4))).toMatchObject({
      silenced: [{ finding: { id: CVE } }],
      already: [],
    });
  });

  it('is found under cosign’s tag', async () => {
    const image = await affected();
    await run(image);
    await playNight(ports, nightOf(2));
    const attested = dsse(inToto(aVexDocument(), [image.digest]));
    const layers = [{ mediaType: ENVELOPE, content: attested }];
    await pushed(buildArtifact({ layers }), `${image.digest.replace(':', '-')}.att`);
    await playNight(ports, nightOf(3));
    expect(await suppressed()).toMatchObject([{ author: 'The Builder' }]);
    expect(ports.queued).toEqual([]);
  });

  it('comes again when the registry does not answer now', async () => {
    ports.registry.unreachable.add(parseReference(IMAGE).registry);
    await pushed(referrer(await affected()), '');
    expect(ports.putOff).toMatchObject([{ attempt: 1 }]);
  });
});

describe('is read', () => {
  const REFERENCE = parseReference(IMAGE);

  async function readFrom(image: BuiltImage, spec: ArtifactSpec, tag?: string) {
    ports.registry.attach(buildArtifact(spec), tag);
    return readAttachedVex(ports.images, REFERENCE, { digests: [image.digest], attestations: [] });
  }

  const subjectOf = ({ digest }: BuiltImage) => ({ digest, size: 1 });
  const BUNDLE = 'application/vnd.dev.sigstore.bundle.v0.3+json';

  it.each<[string, (image: BuiltImage) => ArtifactSpec]>([
    [
      'a referrer of its type, whatever its layer’s is',
      (image) => ({
        artifactType: OPENVEX,
        subject: subjectOf(image),
        layers: [{ mediaType: 'application/octet-stream', content: aVexDocument() }],
      }),
    ],
    [
      'a layer of its type, whatever the referrer’s is',
      (image) => ({
        artifactType: 'application/vnd.example',
        subject: subjectOf(image),
        layers: [{ mediaType: OPENVEX, content: aVexDocument() }],
      }),
    ],
    [
      'a bundle of Sigstore',
      (image) => ({
        artifactType: BUNDLE,
        subject: subjectOf(image),
        layers: [
          {
            mediaType: BUNDLE,
            content: { dsseEnvelope: dsse(inToto(aVexDocument(), [image.digest])) },
          },
        ],
      }),
    ],
    [
      'a statement of in-toto, of any 0.2',
      (image) => ({
        artifactType: 'application/vnd.in-toto+json',
        subject: subjectOf(image),
        layers: [
          {
            mediaType: 'application/vnd.in-toto+json',
            content: inToto(aVexDocument(), [image.digest], 'https://openvex.dev/ns'),
            annotations: { 'in-toto.io/predicate-type': 'https://openvex.dev/ns' },
          },
        ],
      }),
    ],
  ])('from %s', async (_name, specOf) => {
    const image = await affected();
    const read = await readFrom(image, specOf(image));
    expect(read).toMatchObject({ statements: [{ author: 'The Builder' }], problems: [] });
  });

  it('from cosign’s tag, between attestations of other kinds that are not fetched', async () => {
    const image = await affected();
    const layerOf = (statement: object, predicateType: string) => ({
      mediaType: ENVELOPE,
      content: dsse(statement),
      annotations: { predicateType },
    });
    const spdx = layerOf({ big: 1 }, 'https://spdx.dev/Document');
    const vex = layerOf(inToto(aVexDocument(), [image.digest]), 'https://openvex.dev/ns/v0.2.0');
    const tag = `${REPOSITORY}:${image.digest.replace(':', '-')}.att`;
    expect(await readFrom(image, { layers: [spdx, vex] }, tag)).toMatchObject({
      statements: [{ author: 'The Builder', attached: { to: image.digest, from: REPOSITORY } }],
      problems: [],
    });
    expect(ports.registry.calls.filter((call) => call.startsWith('blob'))).toHaveLength(1);
  });

  it('from the index itself, trusted as the image is', async () => {
    const image = await affected();
    const artifact = buildArtifact({
      layers: [
        {
          mediaType: 'application/vnd.in-toto+json',
          content: inToto(aVexDocument(), [image.digest]),
          annotations: { 'in-toto.io/predicate-type': 'https://openvex.dev/ns/v0.2.0' },
        },
      ],
    });
    ports.registry.attach(artifact);
    const annotations = { 'vnd.docker.reference.digest': image.digest };
    const child = { mediaType: MEDIA_TYPES.ociManifest, size: 1, digest: artifact.digest };
    const attestations = [{ ...child, annotations }];
    const digests = [image.digest];
    expect(await readAttachedVex(ports.images, REFERENCE, { digests, attestations })).toMatchObject(
      {
        statements: [{ attached: { to: image.digest, from: null } }],
      },
    );
  });

  it.each<[string, unknown, string]>([
    ['no JSON', '{', 'expected JSON'],
    ['no document', {}, '@context: '],
    ['a document of nobody', aVexDocument({ author: '' }), 'author: '],
    [
      'an attestation of something else',
      inToto(aVexDocument(), [digestOf('another')]),
      'subject: expected sha256:',
    ],
    ['an envelope of something else', { payloadType: 'text/plain', payload: '' }, 'payloadType: '],
  ])('not from %s: a problem beside an image that stands', async (_name, content, problem) => {
    const image = await affected();
    const layers = [{ mediaType: OPENVEX, content }];
    ports.registry.attach(
      buildArtifact({ artifactType: OPENVEX, subject: subjectOf(image), layers }),
    );
    await run(image);
    await playNight(ports, nightOf(2));
    expect((await readCurrentRun(ports))?.failed).toEqual([]);
    expect(await suppressed()).toEqual([]);
    expect(await pageOf(2)).toContain(problem);
  });

  it('not from what is too large to be fetched', async () => {
    const image = await affected();
    const content = ' '.repeat(3 * 1024 * 1024 + 1);
    const spec = { subject: subjectOf(image), layers: [{ mediaType: OPENVEX, content }] };
    const read = await readFrom(image, { artifactType: OPENVEX, ...spec });
    expect(read?.problems).toEqual([
      { path: digestOf(content), reason: expect.stringContaining('bytes are more than') },
    ]);
    expect(ports.registry.calls.filter((call) => call.startsWith('blob'))).toEqual([]);
  });

  it('not from what the registry lists and the manifest does not say', async () => {
    const image = await affected();
    const other = buildArtifact({
      artifactType: OPENVEX,
      subject: { digest: digestOf('another'), size: 1 },
      layers: [{ mediaType: OPENVEX, content: aVexDocument() }],
    });
    ports.registry.attach({ ...other, subject: image.digest });
    const read = await readAttachedVex(ports.images, REFERENCE, {
      digests: [image.digest],
      attestations: [],
    });
    expect(read).toMatchObject({ statements: [], problems: [{ path: other.digest }] });
  });

  it('nowhere where the registry refuses to list; the image stands', async () => {
    const image = await affected();
    ports.registry.referrers = async () => {
      throw new AccessDeniedError('referrers: HTTP 401');
    };
    await run(image);
    await playNight(ports, nightOf(2));
    const current = await readCurrentRun(ports);
    expect(current).toMatchObject({ failed: [], scanned: 1 });
    expect(await pageOf(2)).toContain('referrers: HTTP 401');
  });
});

function never(): never {
  throw new Error('no run');
}
