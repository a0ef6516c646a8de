import * as z from 'zod';
import type { Alert } from '../../core/alert/alert.ts';

const text = (description: string) => z.string().meta({ description });

const FIELDS = {
  alertId: text('The same however often, and by whichever way, it comes: drop a double.'),
  threadId: text('alertId of the first alert of the matter; what is resolved comes under it.'),
  kind: z.enum([
    'baseline',
    'new-workload',
    'disclosed',
    'regression',
    'drift',
    'resolved',
    'feed',
    'problem',
    'support',
    'suppression',
  ]),
  severity: z.enum(['critical', 'high', 'medium', 'low', 'unrated', 'none']),
  cause: z.enum(['image', 'deployment', 'advisory', 'feed', 'engine', 'suppression', 'inventory']),
  title: text('At most 250 characters.'),
  remedy: text('What to do, in a sentence or a few.'),
  subject: text('What it is about: an image, a vulnerability, a feed.'),
  count: z.number().meta({ description: 'How many lineages are concerned.' }),
  lineages: z.array(z.string()).meta({ description: 'Ids of the first 50 of them, sorted.' }),
  message: text('The whole text for people.'),
};

/** An alert as it lies in the table, and as a subscriber reads it. */
export const AlertMessage: z.ZodType<Alert> = z.object(FIELDS);

/** Raised when a reader of the messages would have to change. A new field is no such change. */
const ALERT_SCHEMA = 'tidewatch.alert/1';

/** The message of the machine topic; `docs/alert.schema.json` is this as JSON Schema. */
export const PublishedAlert = z.object({
  schema: z.literal(ALERT_SCHEMA),
  ...FIELDS,
  report: z.string().optional().meta({
    description:
      'URL of the report of the night that tells it, for who may read the bucket; written within minutes. Not of what is told by day.',
  }),
});

/**
 * Bytes of JSON in one message. SNS takes 262,144 with the attributes, whose names and
 * values we keep below the rest (https://docs.aws.amazon.com/general/latest/gr/sns.html).
 */
export const ALERT_MESSAGE_BYTES = 260_000;

/** Characters that a short field keeps when even an empty text did not make the message fit. */
const SHORT_FIELD = 1000;

/** The alert as JSON within `ALERT_MESSAGE_BYTES`: what is cut says how many characters are missing. */
export function formatAlertMessage(told: Alert, report: string | null): string {
  const alert: z.output<typeof PublishedAlert> = {
    schema: ALERT_SCHEMA,
    ...told,
    lineages: [...told.lineages],
    ...(report !== null && { report }),
  };
  const json = JSON.stringify(alert);
  if (fits(json)) return json;

  const withoutText = JSON.stringify({ ...alert, message: cut(alert.message, 0) });
  if (fits(withoutText)) return cutText(alert);

  return cutText({
    ...alert,
    title: cut(alert.title, SHORT_FIELD),
    remedy: cut(alert.remedy, SHORT_FIELD),
    subject: cut(alert.subject, SHORT_FIELD),
    // `count` still says how many there were.
    lineages: [],
  });
}

/** Keeps as much of the text as fits; JSON grows with each character, so halving finds it. */
function cutText(alert: z.output<typeof PublishedAlert>): string {
  const withText = (kept: number) =>
    JSON.stringify({ ...alert, message: cut(alert.message, kept) });
  let low = 0;
  let high = alert.message.length;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(withText(middle))) low = middle;
    else high = middle - 1;
  }
  return withText(low);
}

function cut(text: string, kept: number): string {
  if (text.length <= kept) return text;
  // Never between the halves of a surrogate pair.
  const end = /[\uD800-\uDBFF]/.test(text[kept - 1] ?? '') ? kept - 1 : kept;
  return `${text.slice(0, end)}… (${text.length - end} more characters)`;
}

function fits(json: string): boolean {
  return Buffer.byteLength(json) <= ALERT_MESSAGE_BYTES;
}
