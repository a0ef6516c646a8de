import type { Alert, Told } from './alert.ts';
import { chatText } from './chat-text.ts';
import { cutText, fitLines } from './cut-text.ts';
import type { MessageFrame } from './sender.ts';
import { toldTitle } from './told-title.ts';

/**
 * A custom notification of Amazon Q Developer in chat applications:
 * https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html. What is
 * not of this form is dropped there without a word.
 */
export interface ChatNotification {
  readonly version: '1.0';
  readonly source: 'custom';
  readonly id: string;
  readonly content: {
    readonly textType: 'client-markdown';
    readonly title: string;
    readonly description: string;
    readonly nextSteps?: readonly string[];
    readonly keywords?: readonly string[];
  };
  readonly metadata: {
    /** Messages of one thread are shown as one. */
    readonly threadId?: string;
    /** What is shown of a thread. */
    readonly summary?: string;
    readonly additionalContext: Readonly<Record<string, string>>;
  };
}

/** The service's limits, in characters. */
export const CHAT_LIMITS = { title: 250, description: 8000, nextStep: 350, keyword: 75 } as const;

/** Whose message it is: a stack's name has 128 characters at most. */
const SENDER_LIMIT = 150;

/** One line of the description. */
const LINE_LIMIT = 700;

/** Why and where: told even when details are cut. */
const CLOSING_LIMIT = 2000;

/** Longest value of the context, which no one reads but other programs. */
const CONTEXT_LIMIT = 300;

/**
 * What is told, for Slack or Teams. Amazon Q posts all of an account under its own name, so the title
 * says whose message it is.
 */
export function composeChat(told: Told, { sender, report }: MessageFrame): ChatNotification {
  const prefix = `${chatText(sender, SENDER_LIMIT)} · `;
  const title = `${prefix}${chatText(toldTitle(told), CHAT_LIMITS.title - prefix.length)}`;
  const common = { version: '1.0', source: 'custom', id: told.alertId } as const;
  const content = {
    textType: 'client-markdown',
    title,
    description: describe(told, report) || title,
  } as const;
  if (told.kind === 'notice') {
    const additionalContext = { alertId: told.alertId, kind: told.kind };
    return { ...common, content, metadata: { additionalContext } };
  }
  const { remedy, kind, severity, cause, threadId } = told;
  return {
    ...common,
    content: {
      ...content,
      nextSteps: [chatText(remedy, CHAT_LIMITS.nextStep)],
      keywords: [kind, severity, cause].map((each) => chatText(each, CHAT_LIMITS.keyword)),
    },
    metadata: { threadId, summary: title, additionalContext: contextOf(told) },
  };
}

/** The text without what stands in the title and in the next steps; details as a list. */
function describe(told: Told, report: string | null): string {
  const [first = '', ...rest] = withoutTitle(told).split('\n');
  const lines = (first === told.title ? rest : [first, ...rest]).filter(
    (line) => told.kind === 'notice' || line !== `Do: ${told.remedy}`,
  );
  const [details, closing] = [true, false].map((isDetail) =>
    lines.filter((line) => line.startsWith('- ') === isDetail),
  );
  const closingLines = [
    ...fitLines(
      (closing ?? []).map((line) => chatText(line, LINE_LIMIT)),
      CLOSING_LIMIT,
    ),
    // Ours, and bare: how a link is written differs between clients.
    ...(report === null ? [] : [`Report: ${report}`]),
  ];
  const room = CHAT_LIMITS.description - closingLines.join('\n').length - 1;
  const bullets = (details ?? []).map((line) => `• ${chatText(line.slice(2), LINE_LIMIT)}`);
  return [...fitLines(bullets, room), ...closingLines].join('\n').trim();
}

/** A notice is one line that begins with its title. */
function withoutTitle({ kind, title, message }: Told): string {
  const start = `${title}: `;
  return kind === 'notice' && message.startsWith(start) ? message.slice(start.length) : message;
}

function contextOf({ alertId, kind, severity, cause, subject, count }: Alert) {
  return {
    alertId,
    kind,
    severity,
    cause,
    subject: cutText(subject.toWellFormed(), CONTEXT_LIMIT),
    count: String(count),
  };
}
