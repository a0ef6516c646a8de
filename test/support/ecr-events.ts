import { digestOf } from '../../core/image/digest.ts';
import { MEDIA_TYPES } from '../../core/image/manifest.ts';

interface Overrides {
  readonly detail?: object;
  readonly [field: string]: unknown;
}

/** EventBridge's `ECR Image Action` of a push, as the body of an SQS message. */
export function anEcrEvent({ detail, ...rest }: Overrides = {}): string {
  return envelope({
    'detail-type': 'ECR Image Action',
    detail: {
      result: 'SUCCESS',
      'repository-name': 'team/web',
      'image-digest': digestOf('web'),
      'action-type': 'PUSH',
      'image-tag': 'v1.2.3',
      'manifest-media-type': MEDIA_TYPES.ociManifest,
      'artifact-media-type': MEDIA_TYPES.ociConfig,
      ...detail,
    },
    ...rest,
  });
}

/** `ECR Replication Action`, at the destination: it names no media types, and where the image came from. */
export function aReplicationEvent({ detail, ...rest }: Overrides = {}): string {
  return envelope({
    'detail-type': 'ECR Replication Action',
    resources: ['arn:aws:ecr:eu-west-1:123456789012:repository/team/web'],
    detail: {
      result: 'SUCCESS',
      'repository-name': 'team/web',
      'image-digest': digestOf('web'),
      'source-account': '210987654321',
      'action-type': 'REPLICATE',
      'source-region': 'us-west-2',
      'image-tag': 'v1.2.3',
      ...detail,
    },
    ...rest,
  });
}

function envelope(fields: object): string {
  return JSON.stringify({
    version: '0',
    id: '0b4d1d5c-0000-0000-0000-000000000000',
    source: 'aws.ecr',
    account: '123456789012',
    time: '2026-11-21T10:00:00Z',
    region: 'eu-west-1',
    resources: [],
    ...fields,
  });
}
