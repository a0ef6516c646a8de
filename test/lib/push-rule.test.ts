import { describe, expect, it } from 'vitest';
import { MEDIA_TYPES } from '../../core/image/manifest.ts';
import { parsePushEvent } from '../../core/image/push-event.ts';
import { anEcrEvent, aReplicationEvent } from '../support/ecr-events.ts';
import { synthesize } from '../support/function-rights.ts';

/** An EventBridge pattern of texts, which is all that ours is made of. */
interface Pattern {
  readonly [field: string]: readonly string[] | Pattern;
}

const [rule] = Object.values(synthesize().template.findResources('AWS::Events::Rule'));
const pattern: Pattern = rule?.Properties.EventPattern;

// In the shapes of https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-eventbridge.html.
const PUSHES: readonly [string, string][] = [
  ['a push', anEcrEvent()],
  [
    'a push as the guide shows it, without media types',
    anEcrEvent({
      detail: { 'manifest-media-type': undefined, 'artifact-media-type': undefined },
    }),
  ],
  [
    'a push of an index',
    anEcrEvent({
      detail: { 'manifest-media-type': MEDIA_TYPES.dockerIndex, 'artifact-media-type': undefined },
    }),
  ],
  ['a copy that arrived', aReplicationEvent()],
];

const OTHERS: readonly [string, string][] = [
  ['a deletion', anEcrEvent({ detail: { 'action-type': 'DELETE' } })],
  [
    'an image put into the archive',
    anEcrEvent({
      detail: { 'action-type': 'UPDATE_STORAGE_CLASS', 'target-storage-class': 'ARCHIVE' },
    }),
  ],
  ['a referrer out of the archive', anEcrEvent({ 'detail-type': 'ECR Referrer Action' })],
  [
    'a scan',
    anEcrEvent({ 'detail-type': 'ECR Image Scan', detail: { 'scan-status': 'COMPLETE' } }),
  ],
  ['a pull-through cache', anEcrEvent({ 'detail-type': 'ECR Pull Through Cache Action' })],
  ['a copy that failed', aReplicationEvent({ detail: { result: 'FAILED' } })],
  ['a push that failed', anEcrEvent({ detail: { result: 'FAILURE' } })],
  ['a push to somebody else’s service', anEcrEvent({ source: 'custom.ecr' })],
];

describe('the rule for pushed images', () => {
  it.each(PUSHES)('lets through %s, and it is understood', (_what, event) => {
    expect(matches(pattern, JSON.parse(event))).toBe(true);
    expect(parsePushEvent(event)).toMatchObject({ repository: 'team/web', tag: 'v1.2.3' });
  });

  it.each(OTHERS)('holds back %s', (_what, event) => {
    expect(matches(pattern, JSON.parse(event))).toBe(false);
  });
});

function matches(wanted: Pattern, event: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(wanted).every(([field, expected]) => {
    const value = event[field];
    return Array.isArray(expected)
      ? expected.includes(value)
      : matches(expected as Pattern, value as Record<string, unknown>);
  });
}
