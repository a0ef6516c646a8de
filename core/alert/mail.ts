import type { Told } from './alert.ts';
import { plain } from './compose-alert.ts';
import { cutText, fitLines, wholeStart } from './cut-text.ts';
import type { MessageFrame } from './sender.ts';
import { toldTitle } from './told-title.ts';

/** A mail in plain text. */
export interface Mail {
  readonly subject: string;
  readonly text: string;
}

/** SNS: fewer than 100 characters, without line breaks and control characters. */
export const SUBJECT_LIMIT = 99;

/** Of a subject, a long stack's name leaves more than half to what is told. */
const SENDER_LIMIT = 40;

/** Three bytes a UTF-16 unit at most, six where JSON escapes it: far below what SNS takes. */
export const MAIL_LIMIT = 30_000;

/** What is told, for who reads mail. */
export function composeMail(told: Told, { sender, report }: MessageFrame): Mail {
  const lines = told.message.toWellFormed().split('\n').map(plain);
  const footer =
    told.kind === 'notice'
      ? `${sender} · ${told.alertId}`
      : `${sender} · alert ${told.alertId} · thread ${told.threadId}`;
  const closing = [...(report === null ? [] : [`Report: ${report}`]), footer].join('\n');
  const body = fitLines(
    lines.map((line) => cutText(line, MAIL_LIMIT / 10)),
    MAIL_LIMIT - closing.length - 2,
  );
  return {
    subject: subjectOf(told, sender),
    text: [...body, '', closing].join('\n'),
  };
}

/** What a subject leaves out stands in the text. */
function subjectOf(told: Told, sender: string): string {
  const subject = plain(`[${wholeStart(sender, SENDER_LIMIT)}] ${toldTitle(told)}`).toWellFormed();
  return subject.length <= SUBJECT_LIMIT ? subject : `${wholeStart(subject, SUBJECT_LIMIT - 1)}…`;
}
