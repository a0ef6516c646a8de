import cvss from 'ae-cvss-calculator';
import * as z from 'zod';
import type { OsvAffected, OsvRecord, OsvSeverities } from './osv.ts';
import type { Severity } from './severity.ts';

/** Words of GitHub, Go, PyPI, Debian (`urgency`) and Ubuntu; others (`not yet assigned`) rate nothing. */
const WORDS: Readonly<Record<string, Severity>> = {
  critical: 'critical',
  high: 'high',
  important: 'high',
  moderate: 'medium',
  medium: 'medium',
  low: 'low',
  negligible: 'low',
  unimportant: 'low',
};

/** Newest first: the order in which scores are believed. */
const SCORE_TYPES = ['CVSS_V4', 'CVSS_V3', 'CVSS_V2'] as const;

/** Metrics and values of every version of CVSS look so. */
const VECTOR =
  /^(?:CVSS:(?:3\.[01]|4\.0)\/)?[A-Za-z]{1,3}:[A-Za-z]{1,6}(?:\/[A-Za-z]{1,3}:[A-Za-z]{1,6})*$/;

/** https://github.com/ossf/malicious-packages */
const MALWARE = /^\s*MAL[-\u2010\u2011]/;

/** Whether a record is about a package that is malicious itself: critical by definition. */
export function isMalware(record: string): boolean {
  return MALWARE.test(record);
}

const Score = z.number().min(0).max(10);

/** Millions of records share few thousand vectors, and a score costs 30 µs. */
const ratedVectors = new Map<string, Severity | undefined>();
const RATED_VECTORS_LIMIT = 50_000;

/**
 * The severity of one `affected`: its own score, else the vendor's word, else the record's
 * newest CVSS; `unrated` when there is none that can be read. Malware is critical, whatever
 * anybody says of it.
 */
export function rate(record: OsvRecord, affected: OsvAffected): Severity {
  if (isMalware(record.id)) return 'critical';
  return (
    fromScores(affected.severity) ??
    fromWords(affected.ecosystem_specific) ??
    fromWords(affected.database_specific) ??
    fromUbuntu(record.severity) ??
    fromWords(record.database_specific) ??
    fromScores(record.severity) ??
    'unrated'
  );
}

function fromScores(severities: OsvSeverities): Severity | undefined {
  for (const type of SCORE_TYPES) {
    for (const each of severities ?? []) {
      const severity = each.type === type ? fromScore(type, each.score) : undefined;
      if (severity) return severity;
    }
  }
  return fromUbuntu(severities);
}

function fromUbuntu(severities: OsvSeverities): Severity | undefined {
  return WORDS[severities?.find(({ type }) => type === 'Ubuntu')?.score.toLowerCase() ?? ''];
}

function fromWords(specific: unknown): Severity | undefined {
  // By hand: a schema costs more than the rest of a record, and most lack both words.
  if (typeof specific !== 'object' || specific === null) return undefined;
  const { severity, urgency = '' }: { severity?: unknown; urgency?: unknown } = specific;
  const word = severity ?? urgency;
  if (typeof word !== 'string' || word === '') return undefined;
  // Debian marks an urgency that nobody has confirmed: `medium**`.
  return WORDS[word.toLowerCase().replace(/\*+$/, '')];
}

function fromScore(type: (typeof SCORE_TYPES)[number], score: string): Severity | undefined {
  const key = `${type} ${score}`;
  if (ratedVectors.has(key)) return ratedVectors.get(key);
  if (ratedVectors.size >= RATED_VECTORS_LIMIT) ratedVectors.clear();
  const severity = fromNumber(type, numberOf(score));
  ratedVectors.set(key, severity);
  return severity;
}

/** Real data holds bare numbers and vectors that end in a slash. */
function numberOf(score: string): number | undefined {
  const text = score.trim().replace(/\/+$/, '');
  const number = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : overallOf(text);
  const result = Score.safeParse(number);
  return result.success ? result.data : undefined;
}

function overallOf(vector: string): unknown {
  // The library prints to the console what it cannot read.
  if (!VECTOR.test(vector)) return undefined;
  const parsed = cvss.fromVector(vector);
  // An incomplete vector would score 0, which nobody meant.
  return parsed?.isBaseFullyDefined() ? parsed.calculateScores().overall : undefined;
}

function fromNumber(type: string, score: number | undefined): Severity | undefined {
  return score === undefined ? undefined : severityOfScore(type === 'CVSS_V2' ? 2 : 3, score);
}

/** https://nvd.nist.gov/vuln-metrics/cvss: version 2 has no critical; a score of 0 is still a rating. */
export function severityOfScore(version: 2 | 3, score: number): Severity {
  if (score >= 9 && version !== 2) return 'critical';
  if (score >= 7) return 'high';
  return score >= 4 ? 'medium' : 'low';
}
