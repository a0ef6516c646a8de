import { expect, it } from 'vitest';
import { html } from '../../../core/report/html.ts';

it('escapes all that could be markup, in text and in attributes', () => {
  const evil = `<script>alert("1")</script>&'`;
  expect(html`<p title="${evil}">${evil}</p>`.html).toBe(
    `<p title="&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#39;">&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#39;</p>`,
  );
});

it('keeps markup that it made itself, alone or in a list', () => {
  const items = ['a', '<b>'].map((each) => html`<li>${each}</li>`);
  expect(html`<ul>${items}</ul>${html`<hr>`}`.html).toBe(
    '<ul><li>a</li><li>&lt;b&gt;</li></ul><hr>',
  );
});

it('writes numbers, and nothing for null', () => {
  expect(html`${0} ${null}.`.html).toBe('0 .');
});
