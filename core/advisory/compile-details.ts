import * as z from 'zod';
import { plain } from '../alert/compose-alert.ts';
import { cleanId } from './clean-id.ts';
import type { Details } from './details.ts';
import { MalformedAdvisoryError, OsvRecord } from './osv.ts';
import { rate, severityOfScore } from './rate.ts';
import type { Severity } from './severity.ts';

/** Details and when they were last changed (RFC 3339 with milliseconds, or empty). */
export interface CompiledDetails {
  readonly details: Details;
  readonly modified: string;
}

/** Titles are cut to so many characters: some are whole reports. */
const TITLE_LIMIT = 160;

/** Of a description so much is looked at: enough for a title, and some have megabytes. */
const DESCRIPTION_LIMIT = 4 * TITLE_LIMIT;

const CveId = z
  .string()
  .transform(cleanId)
  .pipe(z.string().regex(/^CVE-\d{4}-\d{4,19}$/, 'not a CVE id'));

const Time = z
  .string()
  .refine((text) => !Number.isNaN(Date.parse(text)), { error: 'not an RFC 3339 time' });

/** What cannot be read of a score is no score: the next one counts. */
const Score = z
  .object({ baseScore: z.number().min(0).max(10) })
  .optional()
  .catch(undefined);

const Metrics = z
  .array(z.object({ cvssV4_0: Score, cvssV3_1: Score, cvssV3_0: Score, cvssV2_0: Score }))
  .default([])
  .catch([]);
type Metrics = z.output<typeof Metrics>;

const Cna = z.object({
  title: z.string().optional().catch(undefined),
  descriptions: z
    .array(z.object({ lang: z.string(), value: z.string() }))
    .default([])
    .catch([]),
  metrics: Metrics,
});

const Adp = z.object({
  title: z.string().optional().catch(undefined),
  providerMetadata: z.object({ shortName: z.string().optional() }).optional().catch(undefined),
  metrics: Metrics,
});

/**
 * A record of the CVE list (https://github.com/CVEProject/cve-schema, 5.x): its id and
 * state must be there, what cannot be read of the rest is left out.
 */
const CveRecord = z.object({
  cveMetadata: z.object({
    cveId: CveId,
    state: z.enum(['PUBLISHED', 'REJECTED', 'RESERVED']),
    dateUpdated: Time.optional(),
    datePublished: Time.optional(),
  }),
  containers: z
    .object({ cna: Cna.optional(), adp: z.array(Adp).default([]).catch([]) })
    .default({ adp: [] }),
});
type CveRecord = z.output<typeof CveRecord>;

/** An entry of CISA's catalogue, with the catalogue's own date: https://www.cisa.gov/known-exploited-vulnerabilities-catalog */
const KevEntry = z.object({
  cveID: CveId,
  dateAdded: z.iso.date(),
  vulnerabilityName: z.string().optional().catch(undefined),
  knownRansomwareCampaignUse: z.string().optional().catch(undefined),
  dueDate: z.iso.date().optional().catch(undefined),
  dateReleased: Time,
});
type KevEntry = z.output<typeof KevEntry>;

/**
 * An advisory of GitHub's database, an OSV record (https://github.com/github/advisory-database).
 * What packages it is about is left out: that is for feeds of advisories to say.
 */
const GhsaRecord = OsvRecord.omit({ affected: true }).extend({
  id: z
    .string()
    .transform(cleanId)
    .pipe(z.string().regex(/^GHSA(?:-[23456789cfghjmpqrvwx]{4}){3}$/, 'not a GHSA id')),
  summary: z.string().optional().catch(undefined),
});
type GhsaRecord = z.output<typeof GhsaRecord>;

/**
 * Reduces a record of the CVE list, an entry of the catalogue of exploited vulnerabilities
 * or an advisory of GitHub to what is told of it. One that was rejected or withdrawn says nothing.
 *
 * @throws MalformedAdvisoryError
 */
export function compileDetails(json: unknown): CompiledDetails {
  if (typeof json === 'object' && json !== null) {
    if ('cveID' in json) return fromKev(parse(KevEntry, json));
    if ('id' in json) return fromGhsa(parse(GhsaRecord, json));
  }
  return fromCve(parse(CveRecord, json));
}

function parse<Schema extends z.ZodType>(schema: Schema, json: unknown): z.output<Schema> {
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  const issues = result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new MalformedAdvisoryError(`malformed details: ${issues.join('; ')}`);
}

function fromKev(entry: KevEntry): CompiledDetails {
  const { cveID, dateAdded, vulnerabilityName, dueDate: due, dateReleased } = entry;
  const ransomware = entry.knownRansomwareCampaignUse === 'Known';
  return {
    details: {
      id: cveID,
      title: titleOf(vulnerabilityName),
      severity: 'unrated',
      ratedBy: null,
      exploited: { since: dateAdded, ransomware, ...(due && { due }) },
    },
    // An entry may be taken out again: only the catalogue's own date never goes back.
    modified: new Date(dateReleased).toISOString(),
  };
}

function fromGhsa(record: GhsaRecord): CompiledDetails {
  const { id, modified, withdrawn, summary } = record;
  const time = modified ? new Date(modified).toISOString() : '';
  const nothing: Details = { id, title: null, severity: 'unrated', ratedBy: null, exploited: null };
  if (withdrawn) return { details: nothing, modified: time };
  const severity = rate(record, {});
  const ratedBy = severity === 'unrated' ? null : 'GitHub';
  return { details: { ...nothing, title: titleOf(summary), severity, ratedBy }, modified: time };
}

function fromCve({ cveMetadata, containers: { cna, adp } }: CveRecord): CompiledDetails {
  const { cveId: id, state, dateUpdated, datePublished } = cveMetadata;
  const time = dateUpdated ?? datePublished;
  const modified = time === undefined ? '' : new Date(time).toISOString();
  const nothing: Details = { id, title: null, severity: 'unrated', ratedBy: null, exploited: null };
  if (state !== 'PUBLISHED') return { details: nothing, modified };
  const english = cna?.descriptions.find(({ lang }) => /^en\b/i.test(lang));
  const title = titleOf(cna?.title) ?? titleOf(english?.value);
  return { details: { ...nothing, title, ...rateCve(cna, adp) }, modified };
}

/** The word of whoever numbered it counts before that of CISA, who adds what is missing. */
function rateCve(
  cna: CveRecord['containers']['cna'],
  adp: CveRecord['containers']['adp'],
): Pick<Details, 'severity' | 'ratedBy'> {
  const byCna = fromMetrics(cna?.metrics ?? []);
  if (byCna) return { severity: byCna, ratedBy: 'the CVE record' };
  // https://github.com/cisagov/vulnrichment
  const cisa = adp.find(
    ({ title, providerMetadata }) =>
      providerMetadata?.shortName === 'CISA-ADP' || title === 'CISA ADP Vulnrichment',
  );
  const byCisa = fromMetrics(cisa?.metrics ?? []);
  return byCisa ? { severity: byCisa, ratedBy: 'CISA' } : { severity: 'unrated', ratedBy: null };
}

/** Newest version of CVSS first. */
const VERSIONS = ['cvssV4_0', 'cvssV3_1', 'cvssV3_0', 'cvssV2_0'] as const;

function fromMetrics(metrics: Metrics): Severity | undefined {
  for (const version of VERSIONS) {
    for (const { [version]: score } of metrics) {
      if (score) return severityOfScore(version === 'cvssV2_0' ? 2 : 3, score.baseScore);
    }
  }
  return undefined;
}

function titleOf(text: string | undefined): string | null {
  const line = plain((text ?? '').slice(0, DESCRIPTION_LIMIT)).replace(/\s+/g, ' ');
  if (line === '') return null;
  if (line.length <= TITLE_LIMIT) return line.toWellFormed();
  return `${line
    .slice(0, TITLE_LIMIT - 1)
    .replace(/\s\S*$/, '')
    .toWellFormed()}…`;
}
