import * as z from 'zod';

const PushEvent = z.looseObject({ detail: z.looseObject({}) });

/** Events that are like a push but for one thing: no rule of ours may take them. */
export function decoysOf(push: string): readonly string[] {
  const event = PushEvent.parse(JSON.parse(push));
  const withDetail = (detail: object) => ({ ...event, detail: { ...event.detail, ...detail } });
  return [
    withDetail({ 'action-type': 'DELETE' }),
    withDetail({ result: 'FAILURE' }),
    { ...event, source: 'com.example.other' },
    { ...event, 'detail-type': 'ECR Image Scan' },
  ].map((decoy) => JSON.stringify(decoy));
}
