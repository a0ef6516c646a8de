import { plain } from './compose-alert.ts';
import { missingNote, wholeStart } from './cut-text.ts';

/** What cannot be read as markup, wherever it stands in a word. */
const PLAIN_WORD = /^[\p{L}\p{M}\p{N}'"’“”(),;!?%+=≥≤→…–—-]*$/u;

/** Punctuation around a word is no part of a name. */
const AROUND = /^(?<before>['"(“]*)(?<word>.*?)(?<after>[.,;:!?)'"”…]*)$/su;

/**
 * Plain text in a chat client's markdown, within `limit` UTF-16 units.
 *
 * Names and texts come out of images and feeds. Each word that could be more than a word (a
 * link, a mention, a format) stands as code, where nothing of that is read; Slack's three
 * control characters are escaped (https://docs.slack.dev/messaging/formatting-message-text/#escaping).
 * What is too long is cut between or inside words, never inside of what a word was turned into.
 */
export function chatText(text: string, limit: number): string {
  const clean = plain(text).replaceAll(/\s+/gu, ' ').toWellFormed();
  // No word becomes shorter: what lies beyond the limit is cut in any case.
  const words = wholeStart(clean, limit).split(' ');
  const whole = words.map(chatWord).join(' ');
  if (clean.length <= limit && whole.length <= limit) return whole;

  const room = limit - missingNote(clean.length).length;
  let kept = '';
  let used = 0;
  for (const word of words) {
    const next = kept === '' ? chatWord(word) : `${kept} ${chatWord(word)}`;
    if (next.length > room) break;
    kept = next;
    used += word.length + 1;
  }
  if (kept === '') {
    const [start, length] = startOfWord(words[0] ?? '', room);
    kept = start;
    used = length;
  }
  return `${kept}${missingNote(clean.length - used)}`;
}

/** One word, as code unless it is nothing but a word. */
function chatWord(word: string): string {
  const { before = '', word: inner = '', after = '' } = AROUND.exec(word)?.groups ?? {};
  return PLAIN_WORD.test(inner) ? word : `${before}${code(inner)}${after}`;
}

/** As much of a word's start as fits, turned whole; with how much of it that is. */
function startOfWord(word: string, room: number): [start: string, length: number] {
  for (let length = Math.min(word.length, room); length > 0; length--) {
    const start = wholeStart(word, length);
    const turned = PLAIN_WORD.test(start) ? start : code(start);
    if (start !== '' && turned.length <= room) return [turned, start.length];
  }
  return ['', 0];
}

function code(text: string): string {
  return `\`${escapeControl(text.replaceAll('`', "'"))}\``;
}

function escapeControl(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
