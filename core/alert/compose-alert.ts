import { describeLineage } from '../lineage/channel.ts';
import { ALERT_LINEAGES, type Alert } from './alert.ts';

/** An alert as its maker words it: everything but ids and counts. */
export interface AlertText
  extends Omit<Alert, 'alertId' | 'threadId' | 'count' | 'lineages' | 'message'> {
  readonly lineages: Iterable<string>;
  /** Lines of detail, one fact each. */
  readonly details: readonly string[];
}

/** Longest title (characters), as Slack's custom notifications have it. */
const TITLE_LIMIT = 250;
/** Details told; more are counted. */
const DETAIL_LIMIT = 30;

/** Words of the causes, for people. */
const CAUSES: Readonly<Record<Alert['cause'], string>> = {
  image: 'a new image brought it',
  deployment: 'a deployment brought it',
  advisory: 'an advisory appeared or changed',
  feed: 'a feed changed',
  engine: 'Tidewatch itself changed',
  suppression: 'a suppression changed',
  inventory: 'what is known of the image changed',
};

/** What a baseline is, by its cause. */
const BASELINES: Partial<typeof CAUSES> = {
  deployment: 'the first night: what is there is known from now on',
  feed: 'a feed is read for the first time: what it says is known from now on',
};

/** What ended a matter, by its cause. */
const ENDINGS: typeof CAUSES = {
  image: 'a new image ended it',
  deployment: 'what runs changed',
  advisory: 'an advisory changed',
  feed: 'the feed is read again, or was taken out of the configuration',
  engine: 'Tidewatch itself changed',
  suppression: 'it is suppressed',
  inventory: 'it can be seen again',
};

/** Puts an alert together: cut to limits with counts, free of control characters. */
export function composeAlert(alertId: string, threadId: string, text: AlertText): Alert {
  const { lineages, details, ...rest } = text;
  const all = [...new Set(lineages)].sort();
  const title = cut(plain(text.title), TITLE_LIMIT);
  const remedy = plain(text.remedy);
  return {
    alertId,
    threadId,
    ...rest,
    title,
    remedy,
    subject: plain(text.subject),
    count: all.length,
    lineages: all.slice(0, ALERT_LINEAGES),
    message: [
      title,
      ...limited(details.map(plain), DETAIL_LIMIT).map((line) => `- ${line}`),
      `Why: ${whyOf(text)}.`,
      ...(all.length > 0
        ? [`Where: ${limited(all.map(describeLineage).map(plain), 10).join(', ')}.`]
        : []),
      `Do: ${remedy}`,
    ].join('\n'),
  };
}

function whyOf({ kind, cause }: AlertText): string {
  if (kind === 'support') return 'the day has come that its makers published';
  if (kind === 'resolved') return ENDINGS[cause];
  return (kind === 'baseline' ? BASELINES[cause] : undefined) ?? CAUSES[cause];
}

/** The first `limit` lines, and how many more there are. */
export function limited(lines: readonly string[], limit: number): string[] {
  const rest = lines.length - limit;
  return rest > 0 ? [...lines.slice(0, limit), `and ${rest} more`] : [...lines];
}

function cut(text: string, limit: number): string {
  if (text.length <= limit) return text;
  // Never between the halves of a surrogate pair.
  return `${text.slice(0, limit - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

/** Names come out of images: nothing in them may break a line, a terminal or a direction of text. */
export function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ').trim();
}

/** `1 finding`, `2 findings`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
