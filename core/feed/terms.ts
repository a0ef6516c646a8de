import type { FeedState, FeedTerms } from '../run/run.ts';

/** The terms of each source of osv.dev's exports, by ecosystem. */
const OSV_SOURCES = 'https://google.github.io/osv.dev/data/#current-data-sources';

const CHAINGUARD: FeedTerms = {
  title: 'Chainguard and Wolfi security advisories',
  url: 'https://github.com/wolfi-dev/advisories/blob/main/LICENSE',
};

const CVE_LIST: FeedTerms = {
  title: 'CVE List of the CVE Program, with additions by CISA',
  url: 'https://www.cve.org/Legal/TermsOfUse',
};

const GHSA: FeedTerms = {
  title: 'GitHub Advisory Database',
  url: 'https://github.com/github/advisory-database/blob/main/LICENSE.md',
};

const KEV: FeedTerms = {
  title: 'CISA, catalogue of known exploited vulnerabilities',
  url: 'https://www.cisa.gov/sites/default/files/licenses/kev/license.txt',
};

const EPSS: FeedTerms = {
  title: 'FIRST, Exploit Prediction Scoring System (EPSS)',
  url: 'https://www.first.org/epss/',
};

const AMAZON: FeedTerms = {
  title: 'Amazon Linux Security Center (ALAS)',
  url: 'https://aws.amazon.com/terms/',
};

/** Whose data a feed of the configuration is; `undefined` for a name that is none of them. */
export function termsOf(feed: string): FeedTerms | undefined {
  if (feed === 'chainguard') return CHAINGUARD;
  if (feed === 'cve') return CVE_LIST;
  if (feed === 'ghsa') return GHSA;
  if (feed === 'kev') return KEV;
  if (feed === 'epss') return EPSS;
  if (feed.startsWith('amazon-')) return AMAZON;
  if (!feed.startsWith('osv-')) return undefined;
  return { title: `osv.dev, its export of ${feed.slice('osv-'.length)}`, url: OSV_SOURCES };
}

/** What has to be said of where a night's advisories come from; empty where they are nobody's. */
export function noticeOf(feeds: readonly FeedState[]): string {
  const lines = feeds.flatMap(({ name, terms }) =>
    terms ? [`${name}: ${terms.title}`, `    terms: ${terms.url}`] : [],
  );
  if (lines.length === 0) return '';
  return [
    'Tidewatch matched with advisories of these publishers. They were fetched by whoever runs it, on',
    'the terms of each; none of them stands behind what is said here.',
    '',
    ...lines,
    '',
  ].join('\n');
}
