import * as z from 'zod';
import { SEVERITIES } from '../advisory/severity.ts';
import { isSpecific } from './pattern.ts';
import { JUSTIFICATIONS } from './suppression.ts';

/** Entries in a file, at most: each of them is somebody's to judge again. */
export const ENTRIES_AT_MOST = 2000;

/** Days from `created` to `until`, at most. */
export const DAYS_AT_MOST = 366;

const line = (limit: number, description: string) =>
  z
    .string()
    .max(limit, `expected at most ${limit} characters`)
    .regex(/^[^\p{Cc}\p{Zl}\p{Zp}]*\S[^\p{Cc}\p{Zl}\p{Zp}]*$/u, 'expected one line of text')
    .meta({ description });

const pattern = (form: RegExp, what: string) =>
  z
    .string()
    .max(500, 'expected at most 500 characters')
    .regex(form, `expected ${what}, with * for any text`)
    .refine(isSpecific, 'expected something that does not stand for everything');

/** One pattern, or several of which one is enough. */
const patterns = (form: RegExp, what: string) =>
  z.union([pattern(form, what), z.array(pattern(form, what)).min(1).max(50)]).meta({
    description: `${what[0]?.toUpperCase()}${what.slice(1)}; \`*\` stands for any text.`,
  });

/** A day of the calendar, UTC. */
const DAY = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/;

function isDay(text: string): boolean {
  return DAY.test(text) && new Date(`${text}T00:00:00Z`).toISOString().startsWith(text);
}

const Day = z.string().refine(isDay, 'expected a day, YYYY-MM-DD');

/** One entry as the file writes it. */
export const SuppressionEntry = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z0-9](?:[a-z0-9._-]{0,98}[a-z0-9])?$/, 'expected small letters, digits, - . _')
    .meta({ description: 'What the entry is called, once in the file.' }),
  vulnerability: z
    .string()
    .regex(/^[^\s|*]{1,100}$/, 'expected the id of a vulnerability')
    .meta({ description: 'CVE-…, GHSA-… or any other id of it: aliases count.' }),
  package: patterns(/^[^\s|]+$/, 'a package’s name, or its purl').optional(),
  image: patterns(
    /^[a-z0-9*][a-z0-9.*:-]*[.:*][a-z0-9._*/:-]*(?:\|[a-z0-9*-]*)?$/,
    'registry/repository, or registry/repository|channel',
  ).optional(),
  workload: patterns(
    /^[^\s|]+$/,
    'a workload without its container, such as ecs/prod/api',
  ).optional(),
  owner: line(100, 'Who is asked when it ends.'),
  author: line(200, 'Who wrote it.'),
  reason: z.strictObject({
    justification: z.enum(JUSTIFICATIONS).meta({
      description:
        'A justification of VEX, where the vulnerability is not reached; risk_accepted, where it is.',
    }),
    text: line(1000, 'Why, for who reads it a year later.'),
  }),
  created: Day.meta({ description: 'The day (UTC) from which on it holds.' }),
  until: z
    .string()
    .refine((text) => text === 'fix' || text === 'change' || isDay(text), {
      error: 'expected a day (YYYY-MM-DD), fix or change',
    })
    .meta({
      description: `The last day (UTC) on which it holds, at most ${DAYS_AT_MOST} days after \`created\`; \`fix\`: until a version without it is known; \`change\`: until it is rated worse, or known to be exploited.`,
    }),
  judged: z
    .strictObject({ severity: z.enum(SEVERITIES), exploited: z.boolean() })
    .optional()
    .meta({ description: 'With `until: change`: how the vulnerability was rated at that time.' }),
});

export type SuppressionEntry = z.output<typeof SuppressionEntry>;

/** The file; `docs/suppressions.schema.json` is this as JSON Schema. */
export const SuppressionFile = z.strictObject({
  suppressions: z
    .array(SuppressionEntry)
    .max(ENTRIES_AT_MOST, `expected at most ${ENTRIES_AT_MOST} entries`),
});
