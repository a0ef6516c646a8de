import { expect, it } from 'vitest';
import { digestOf } from '../../../core/image/digest.ts';
import { isProvenance, readMaterials } from '../../../core/sbom/read-materials.ts';

const DIGEST = digestOf('base');
const sha256 = DIGEST.slice('sha256:'.length);

it.each([
  [
    'pkg:docker/cgr.dev/chainguard/python@latest?platform=linux%2Famd64',
    'cgr.dev/chainguard/python:latest',
  ],
  ['pkg:docker/python@3.14?platform=linux%2Famd64', 'python:3.14'],
  ['docker-image://docker.io/library/alpine:3.22', 'docker.io/library/alpine:3.22'],
])('reads %s as %s, from both versions of provenance', (uri, name) => {
  const claim = { from: 'provenance', name, digest: DIGEST };
  expect(readMaterials({ materials: [{ uri, digest: { sha256 } }] })).toEqual([claim]);
  const resolvedDependencies = [{ uri, digest: { sha256 } }];
  expect(readMaterials({ buildDefinition: { resolvedDependencies } })).toEqual([claim]);
});

it.each([
  [`pkg:docker/alpine@3.22?digest=${DIGEST}`, 'alpine:3.22'],
  [`pkg:docker/alpine@${DIGEST}`, 'alpine'],
  [`pkg:oci/alpine@${DIGEST}?repository_url=docker.io/library/alpine`, 'docker.io/library/alpine'],
])('reads the digest in %s', (uri, name) => {
  expect(readMaterials({ materials: [{ uri }] })).toEqual([
    { from: 'provenance', name, digest: DIGEST },
  ]);
});

it('leaves out sources, and what a build is made with', () => {
  const uris = [
    'git+https://github.com/a/b',
    'pkg:docker/docker/dockerfile@1',
    'pkg:docker/docker/buildkit-syft-scanner@stable-1',
    'pkg:docker/%',
  ];
  expect(readMaterials({ materials: uris.map((uri) => ({ uri })) })).toEqual([]);
});

it('takes nothing else for provenance', () => {
  expect(readMaterials('text')).toBeUndefined();
  expect(readMaterials({ materials: 'all' })).toBeUndefined();
  expect(isProvenance('https://slsa.dev/provenance/v0.2')).toBe(true);
  expect(isProvenance('https://slsa.dev/provenance/v1')).toBe(true);
  expect(isProvenance('https://slsa.dev/verification_summary/v1')).toBe(false);
});
