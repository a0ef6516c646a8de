import * as z from 'zod';
import { BUCKET, checked, TABLE, TOPIC } from '../shared/variables.ts';

/** The contract with `lib/`, which sets these variables. */
export const DeliverAlertsEnvironment = z.object({
  ...TABLE,
  ...BUCKET,
  ...TOPIC,
  /** ARNs of the topics that somebody must listen to, `arn,arn`; may be none. */
  SUBSCRIBED_TOPICS: z.string().transform(checked(parseTopics)),
});

export type DeliverAlertsEnvironment = z.input<typeof DeliverAlertsEnvironment>;

function parseTopics(text: string): readonly string[] {
  const arns = text.split(',').filter((each) => each !== '');
  for (const arn of arns) {
    if (!arn.startsWith('arn:')) throw new Error(`no ARN: ${JSON.stringify(arn)}`);
  }
  return arns;
}
