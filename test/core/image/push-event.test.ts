import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../core/image/digest.ts';
import { MEDIA_TYPES } from '../../../core/image/manifest.ts';
import {
  MalformedEventError,
  parseAttachmentEvent,
  parsePushEvent,
} from '../../../core/image/push-event.ts';
import { anEcrEvent, aReplicationEvent } from '../../support/ecr-events.ts';

describe('a push', () => {
  it('is a reference with a digest and a time', () => {
    expect(parsePushEvent(anEcrEvent())).toEqual({
      registry: '123456789012.dkr.ecr.eu-west-1.amazonaws.com',
      repository: 'team/web',
      tag: 'v1.2.3',
      digest: digestOf('web'),
      pushedAt: '2026-11-21T10:00:00.000Z',
    });
  });

  it('to China has another domain', () => {
    expect(parsePushEvent(anEcrEvent({ region: 'cn-north-1' }))?.registry).toBe(
      '123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn',
    );
  });

  it.each<[string, object]>([
    ['without media types', { 'manifest-media-type': undefined, 'artifact-media-type': undefined }],
    [
      'of an index',
      { 'manifest-media-type': MEDIA_TYPES.ociIndex, 'artifact-media-type': undefined },
    ],
    [
      'of Docker’s kind',
      {
        'manifest-media-type': MEDIA_TYPES.dockerManifest,
        'artifact-media-type': MEDIA_TYPES.dockerConfig,
      },
    ],
    ['with an empty artifact type', { 'artifact-media-type': '' }],
  ])('%s is one', (_name, detail) => {
    expect(parsePushEvent(anEcrEvent({ detail }))).toBeDefined();
  });
});

describe('a copy from another region or account', () => {
  it('is a push to where it arrived', () => {
    expect(parsePushEvent(aReplicationEvent())).toEqual(parsePushEvent(anEcrEvent()));
  });

  it.each<[string, object]>([
    ['failed', { result: 'FAILED' }],
    ['has no tag', { 'image-tag': '' }],
    ['is called a push', { 'action-type': 'PUSH' }],
  ])('is passed over when it %s', (_name, detail) => {
    expect(parsePushEvent(aReplicationEvent({ detail }))).toBeUndefined();
  });
});

it.each<[string, object]>([
  ['a deletion', { 'action-type': 'DELETE' }],
  [
    'an image put into the archive',
    { 'action-type': 'UPDATE_STORAGE_CLASS', 'target-storage-class': 'ARCHIVE' },
  ],
  [
    'an image taken out of the archive',
    { 'action-type': 'UPDATE_STORAGE_CLASS', 'target-storage-class': 'STANDARD' },
  ],
  ['a push that failed', { result: 'FAILURE' }],
  ['a child of an index', { 'image-tag': '' }],
  ['an image without a tag', { 'image-tag': undefined }],
  ['a signature', { 'artifact-media-type': 'application/vnd.dev.cosign.artifact.sig.v1+json' }],
  ['a signature that looks like an image', { 'image-tag': `sha256-${'a'.repeat(64)}.sig` }],
  ['a list of referrers', { 'image-tag': `sha256-${'a'.repeat(64)}` }],
  [
    'a manifest of another kind',
    { 'manifest-media-type': 'application/vnd.oci.artifact.manifest.v1+json' },
  ],
])('passes over %s', (_name, detail) => {
  expect(parsePushEvent(anEcrEvent({ detail }))).toBeUndefined();
});

it.each<[string, string]>([
  ['no JSON', '<html>'],
  ['nothing', ''],
  ['another JSON', '[]'],
  ['another event of ECR', anEcrEvent({ 'detail-type': 'ECR Image Scan' })],
  ['another source', anEcrEvent({ source: 'aws.ec2' })],
  ['no time', anEcrEvent({ time: 'yesterday' })],
  ['an account that is none', anEcrEvent({ account: 'evil.example/x' })],
  ['a region that is none', anEcrEvent({ region: 'evil.example/' })],
  ['a digest that is none', anEcrEvent({ detail: { 'image-digest': 'sha256:../..' } })],
  ['a tag that nobody can pull', anEcrEvent({ detail: { 'image-tag': 'a'.repeat(300) } })],
  ['a repository that is a way out', anEcrEvent({ detail: { 'repository-name': '../x' } })],
])('refuses %s by name', (_name, body) => {
  expect(() => parsePushEvent(body)).toThrow(MalformedEventError);
});

describe('what is pushed beside an image', () => {
  const to = `sha256:${'a'.repeat(64)}`;

  it.each<[string, object, string | undefined]>([
    ['a document', { 'artifact-media-type': 'application/vnd.openvex+json' }, undefined],
    [
      'an attestation that refers to it',
      {
        'image-tag': '',
        'artifact-media-type': 'application/vnd.dev.sigstore.bundle.v0.3+json',
      },
      undefined,
    ],
    ['attestations under a tag', { 'image-tag': `sha256-${'a'.repeat(64)}.att` }, to],
  ])('may hold VEX: %s', (_name, detail, subject) => {
    const body = anEcrEvent({ detail });
    expect(parsePushEvent(body)).toBeUndefined();
    const { registry, repository, digest } = parsePushEvent(anEcrEvent()) ?? {};
    expect(parseAttachmentEvent(body)).toEqual({ registry, repository, digest, to: subject });
  });

  it.each<[string, object]>([
    ['an image', {}],
    ['a child of an index', { 'image-tag': '' }],
    ['a signature', { 'image-tag': `sha256-${'a'.repeat(64)}.sig` }],
    ['a list of packages', { 'image-tag': '', 'artifact-media-type': 'application/spdx+json' }],
    [
      'one that was deleted',
      { 'action-type': 'DELETE', 'artifact-media-type': 'application/vnd.openvex+json' },
    ],
  ])('may not: %s', (_name, detail) => {
    expect(parseAttachmentEvent(anEcrEvent({ detail }))).toBeUndefined();
  });
});
