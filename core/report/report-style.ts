import type { Html } from './html.ts';

/** The report's style sheet: readable in light and dark, on paper and on a phone. */
export const REPORT_STYLE: Html = {
  html: `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0; }
main { max-width: 72rem; margin: 0 auto; padding: 1rem; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; }
h2 { font-size: 1.15rem; margin-top: 2rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 0.875rem; }
th, td { text-align: left; vertical-align: top; padding: 0.35rem 0.75rem 0.35rem 0; border-bottom: 1px solid #8886; }
td:not(.short) { min-width: 10rem; }
th, .short { white-space: nowrap; }
.status { padding: 0.5rem 0.75rem; border-left: 0.35rem solid #2a7; }
.status.partial { border-color: #c80; }
.status.failed { border-color: #c33; }
@media (max-width: 66rem) {
  /* Still there for who hears the page. */
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  table, tr { display: block; }
  tbody { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(22rem, 100%), 1fr)); gap: 0.75rem; }
  tr { border: 1px solid #8886; border-radius: 0.25rem; padding: 0.35rem 0.75rem; }
  td { display: grid; grid-template-columns: 6rem minmax(0, 1fr); gap: 0.75rem; border: 0; padding: 0.15rem 0; }
  td, td:not(.short) { min-width: 0; white-space: normal; }
  td::before { content: attr(data-name); font-weight: 600; }
}
`,
};
