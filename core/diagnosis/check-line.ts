import * as z from 'zod';

/** What one check of the installation found: a line of `tidewatch doctor`. */
export const CheckLine = z.object({
  /** What was tried: `state table`, `tag cgr.dev/chainguard/python:latest`, `ecs/eu-west-1/harbour`. */
  subject: z.string(),
  ok: z.boolean(),
  /** What was seen, or what is wrong. */
  detail: z.string(),
  /** What to do about it; `null` where nothing is wrong. */
  remedy: z.string().nullable(),
});
export type CheckLine = Readonly<z.output<typeof CheckLine>>;

/** What a function answers the doctor. */
export const SelfCheckAnswer = z.object({
  lines: z.array(CheckLine),
  /** Images that run, for functions that are examined later: `registry/repository:tag@digest`. */
  images: z.array(z.string()),
});
export type SelfCheckAnswer = z.output<typeof SelfCheckAnswer>;

/** What the doctor found, function by function, each with that function's own rights. */
export const Diagnosis = z.object({
  functions: z.array(
    z.object({
      /** `list-deployments` */
      function: z.string(),
      lines: z.array(CheckLine),
    }),
  ),
});
export type Diagnosis = z.output<typeof Diagnosis>;
export type FunctionDiagnosis = Diagnosis['functions'][number];

/** A line about something that works. */
export function passed(subject: string, detail: string): CheckLine {
  return { subject, ok: true, detail, remedy: null };
}

/** A line about something that does not. */
export function failed(subject: string, detail: string, remedy: string): CheckLine {
  return { subject, ok: false, detail, remedy };
}
