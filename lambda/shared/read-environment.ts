import * as z from 'zod';

/** Environment variables that are missing or wrong; names all of them at once. */
export class BadEnvironmentError extends Error {
  override readonly name = 'BadEnvironmentError';
}

/** Parses `process.env` once, at cold start. @throws BadEnvironmentError */
export function readEnvironment<Schema extends z.ZodType>(schema: Schema): z.output<Schema> {
  const result = schema.safeParse(process.env);
  if (!result.success) {
    throw new BadEnvironmentError(`bad environment:\n${z.prettifyError(result.error)}`);
  }
  return result.data;
}
