import { digestOf } from '../../core/image/digest.ts';
import { MEDIA_TYPES } from '../../core/image/manifest.ts';

/** EventBridge's `ECR Image Action` of a push, as the body of an SQS message. */
export function anEcrEvent(
  overrides: { readonly detail?: object; readonly [field: string]: unknown } = {},
) {
  const { detail, ...rest } = overrides;
  return JSON.stringify({
    version: '0',
    id: '0b4d1d5c-0000-0000-0000-000000000000',
    'detail-type': 'ECR Image Action',
    source: 'aws.ecr',
    account: '123456789012',
    time: '2026-11-21T10:00:00Z',
    region: 'eu-west-1',
    resources: [],
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
