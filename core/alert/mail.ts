import type { Told } from './alert.ts';
import { plain } from './compose-alert.ts';
import { cutText, fitLines } from './cut-text.ts';

/** A mail in plain text. */
export interface Mail {
  readonly subject: string;
  readonly text: string;
}

/** SNS: fewer than 100 characters, without line breaks and control characters. */
export const SUBJECT_LIMIT = 99;

/** Three bytes a UTF-16 unit at most, six where JSON escapes it: far below what SNS takes. */
export const MAIL_LIMIT = 30_000;

/** What is told, for who reads mail. */
export function composeMail(told: Told): Mail {
  const lines = told.message.toWellFormed().split('\n').map(plain);
  const about =
    told.kind === 'quiet' || told.severity === 'none' ? told.kind : `${told.severity} ${told.kind}`;
  const footer =
    told.kind === 'quiet'
      ? `Tidewatch · ${told.alertId}`
      : `Tidewatch · alert ${told.alertId} · thread ${told.threadId}`;
  const body = fitLines(
    lines.map((line) => cutText(line, MAIL_LIMIT / 10)),
    MAIL_LIMIT - footer.length - 2,
  );
  return {
    subject: cutText(plain(`[Tidewatch] ${about}: ${told.title}`).toWellFormed(), SUBJECT_LIMIT),
    text: [...body, '', footer].join('\n'),
  };
}
