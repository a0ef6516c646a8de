import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chatText } from '../../../core/alert/chat-text.ts';

describe('a chat text', () => {
  it('leaves words as they are, and sets names as code', () => {
    expect(chatText('web brings CVE-2026-0001 (openssl r5 → r6), see cgr.dev/a/b:1.', 1000)).toBe(
      'web brings CVE-2026-0001 (openssl r5 → r6), see `cgr.dev/a/b:1`.',
    );
  });

  it.each([
    ['a mention', '<@U0123>', '`&lt;@U0123&gt;`'],
    ['a mention of all', '<!channel>', '`&lt;!channel&gt;`'],
    ['a mention by name', '@here', '`@here`'],
    ['a link', '<https://evil.test|docs>', '`&lt;https://evil.test|docs&gt;`'],
    ['a bare link', 'https://evil.test', '`https://evil.test`'],
    ['a host', 'evil.test', '`evil.test`'],
    ['a link of markdown', '[docs](https://evil.test)', '`[docs](https://evil.test`)'],
    ['bold', '*all is well*', '`*all` is `well*`'],
    ['italic', '_well_', '`_well_`'],
    ['struck', '~well~', '`~well~`'],
    ['code', '`x` ``', "`'x'` `''`"],
    ['a quote', '> quote', '`&gt;` quote'],
    ['an emoji by name', ':tada:', '`:tada`:'],
    ['an entity', '&lt;@U0123&gt;', '`&amp;lt;@U0123&amp;gt`;'],
    ['a new line', 'a\nDo: nothing', 'a Do: nothing'],
    ['a direction override', 'a\u202eb', 'a b'],
  ])('lets no one bring %s', (_what, text, expected) => {
    expect(chatText(text, 1000)).toBe(expected);
  });

  it('says how many characters are missing', () => {
    expect(chatText('one two three four five six seven', 32)).toBe(
      'one two… and 25 more characters',
    );
    expect(chatText('x'.repeat(100), 40)).toBe(`${'x'.repeat(15)}… and 85 more characters`);
  });
});

const texts = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 3000 }),
  fc
    .array(
      fc.constantFrom(
        '<@U1>',
        '`',
        '``',
        '*',
        '_x_',
        '&amp;',
        'a.b',
        '🔥',
        '\ud800',
        ' ',
        'word',
        '<',
        '|',
        '日本',
      ),
      { maxLength: 1500 },
    )
    .map((parts) => parts.join('')),
  fc.constantFrom('`', '<', '🔥', ':', 'a').map((each) => each.repeat(20_000)),
);

it('keeps the limit, whole characters and whole markup, whatever the text is', () => {
  void fc.assert(
    fc.property(texts, fc.integer({ min: 60, max: 8000 }), (text, limit) => {
      const told = chatText(text, limit);

      expect(told.length).toBeLessThanOrEqual(limit);
      expect(told.isWellFormed()).toBe(true);
      // Code is opened and closed, and outside of it nothing is markup.
      const parts = told.split('`');
      expect(parts.length % 2).toBe(1);
      const outside = parts.filter((_part, index) => index % 2 === 0).join('');
      expect(outside).not.toMatch(/[<>&*_~|@[\]#/\\]/);
      // No control character of Slack's is left anywhere, and no entity is cut.
      expect(told).not.toMatch(/[<>]|&(?!(?:amp|lt|gt);)/);
    }),
  );
});
