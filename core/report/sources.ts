import type { Run } from '../run/run.ts';
import { type Html, html } from './html.ts';

/** Whose advisories these are; NOTICE.txt beside the page says the same. */
export function sources({ feeds }: Run): Html | null {
  const published = feeds.flatMap(({ name, terms }) => (terms ? [{ name, ...terms }] : []));
  if (published.length === 0) return null;
  return html`<footer><p>Advisories: ${published.map(
    ({ name, title, url }) => html`<a href="${url}">${name}</a> (${title}) `,
  )}· <a href="NOTICE.txt">NOTICE.txt</a></p></footer>`;
}
