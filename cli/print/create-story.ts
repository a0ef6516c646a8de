import { plain } from '../../core/alert/compose-alert.ts';
import type { PlayOptions } from '../../local/player/play-world.ts';
import { createEventDescriber } from './describe-event.ts';
import { formatDay, formatTime } from './format-time.ts';
import type { Page } from './page.ts';
import { alertBlock } from './print-alert.ts';
import { describeNight, describeOutcome } from './print-night.ts';
import type { NameShortener } from './shorten-names.ts';
import { hangText } from './wrap-text.ts';

/** Under the sentence that an event is told in: time and word stand before it. */
const INDENT = ' '.repeat('  07:30  advisory  '.length);

/** Alerts stand under the word: their longest lines are names that nobody wants broken. */
const ALERT_INDENT = ' '.repeat('  07:30  '.length);

/** Tells a play as a story: a heading a day, a line an event, a block an alert. */
export function createStory(page: Page, { shorten }: NameShortener): PlayOptions {
  const { paint, width } = page;
  const describe = createEventDescriber();
  const threads = new Map<string, string>();
  let day = '';

  function tell(at: string, word: string, sentences: readonly string[]): void {
    const first = `  ${formatTime(at)}  ${word.padEnd(8)}  `;
    for (const [index, sentence] of sentences.entries()) {
      const label = index === 0 ? first : INDENT;
      const [line = '', ...more] = hangText(label, shorten(plain(sentence)), width);
      page.print(paint('dim', line.slice(0, label.length)) + line.slice(label.length));
      for (const each of more) page.print(each);
    }
  }

  return {
    onEvent(event) {
      const today = formatDay(event.at);
      if (today !== day) {
        page.gap();
        page.print(paint('bold', today));
        page.gap();
      }
      day = today;
      if (event.do === 'night') return;
      const { word, text } = describe(event);
      tell(event.at, word, [text]);
    },

    onNight(runId, run, traffic) {
      tell(runId, 'night', run ? describeNight(run, traffic) : ['This night failed.']);
      if (run) page.print(INDENT + paint('bold', describeOutcome(run)));
    },

    onAlert(alert, at) {
      const opened = threads.get(alert.threadId) ?? null;
      if (opened === null) threads.set(alert.threadId, `${formatDay(at)}, ${formatTime(at)}`);
      page.gap();
      const style = { paint, width, indent: ALERT_INDENT, shorten };
      for (const line of alertBlock(alert, opened, style)) page.print(line);
      page.gap();
    },
  };
}
