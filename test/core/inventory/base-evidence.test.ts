import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../core/image/digest.ts';
import { type ImageConfig, parseImageConfig } from '../../../core/image/manifest.ts';
import { readBaseEvidence } from '../../../core/inventory/base-evidence.ts';
import { normaliseBaseName } from '../../../core/inventory/base-name.ts';

const NAME = 'org.opencontainers.image.base.name';
const DIGEST = 'org.opencontainers.image.base.digest';
const BASE = digestOf('base');

/** A config whose history has these entries; as many layers as are not empty, unless said. */
function aConfig(history: object[], more: object = {}): ImageConfig {
  const layers = history.filter((each) => !('empty_layer' in each)).length;
  const diffIds = Array.from({ length: layers }, (_, index) => digestOf(`layer ${index}`));
  const config = {
    architecture: 'amd64',
    os: 'linux',
    rootfs: { type: 'layers', diff_ids: diffIds },
    history,
    ...more,
  };
  return parseImageConfig(Buffer.from(JSON.stringify(config)));
}

const APKO = {
  created: '2026-08-01T00:00:00Z',
  created_by: 'apko',
  comment: 'python by Chainguard',
};
const COPY = { created: '2026-08-03T00:00:00Z', created_by: 'COPY /app /app # buildkit' };
const ENV = { ...COPY, created_by: 'ENV A=B', empty_layer: true };

describe('the evidence of a base', () => {
  it('is nothing where nothing tells it', () => {
    expect(readBaseEvidence({ config: aConfig([COPY]) })).toBeUndefined();
  });

  it('is what manifest, index and labels say, each by itself', () => {
    const config = aConfig([COPY], { config: { Labels: { [NAME]: 'python:3.14' } } });
    const evidence = readBaseEvidence({
      config,
      annotations: { [NAME]: 'cgr.dev/chainguard/python:latest', [DIGEST]: BASE },
      indexAnnotations: { [DIGEST]: BASE },
    });
    expect(evidence?.claims).toEqual([
      { from: 'manifest', name: 'cgr.dev/chainguard/python:latest', digest: BASE },
      { from: 'index', name: null, digest: BASE },
      { from: 'labels', name: 'python:3.14', digest: null },
    ]);
  });

  it('takes no text for a digest, and no end of names', () => {
    const annotations = { [NAME]: 'x'.repeat(10_000), [DIGEST]: 'sha256:short' };
    const claims = readBaseEvidence({ config: aConfig([COPY]), annotations })?.claims ?? [];
    expect(claims).toEqual([{ from: 'manifest', name: 'x'.repeat(300), digest: null }]);
  });

  it('is the layers that apko made, below those that somebody built on them', () => {
    const config = aConfig([APKO, APKO, APKO, COPY, ENV]);
    expect(readBaseEvidence({ config })?.apko).toEqual({
      layers: 3,
      name: 'python',
      vendor: 'Chainguard',
      created: '2026-08-01T00:00:00Z',
    });
  });

  it('has no names where apko was told none', () => {
    const comment = 'This is an apko single-layer image';
    expect(readBaseEvidence({ config: aConfig([{ ...APKO, comment }]) })?.apko).toMatchObject({
      layers: 1,
      name: null,
      vendor: null,
    });
  });

  it.each([
    [
      'has another number of layers',
      aConfig([APKO, COPY], { rootfs: { type: 'layers', diff_ids: [BASE] } }),
    ],
    ['begins with something else', aConfig([COPY, APKO])],
    ['is not there', aConfig([], { rootfs: { type: 'layers', diff_ids: [BASE] } })],
  ])('is not the history that %s', (_what, config) => {
    expect(readBaseEvidence({ config })).toBeUndefined();
  });
});

it.each([
  ['python', 'docker.io/library/python:latest'],
  ['python:3.14', 'docker.io/library/python:3.14'],
  ['chainguard/python', 'docker.io/chainguard/python:latest'],
  ['docker-image://cgr.dev/chainguard/python', 'cgr.dev/chainguard/python:latest'],
  [`cgr.dev/chainguard/python:latest@${BASE}`, 'cgr.dev/chainguard/python:latest'],
  ['localhost:5000/a:1', 'localhost:5000/a:1'],
  ['no name at all', 'no name at all'],
])('reads the name %s as %s', (name, normalised) => {
  expect(normaliseBaseName(name)).toBe(normalised);
});
