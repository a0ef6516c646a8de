import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import * as z from 'zod';
import { Digest } from '../../core/image/digest.ts';

/** What the registry lists about a manifest without reading it again. */
export const ManifestFacts = z.object({
  mediaType: z.string(),
  size: z.number(),
  artifactType: z.string().optional(),
  subject: Digest.optional(),
  annotations: z.record(z.string(), z.string()).optional(),
  /** RFC 3339: when it was first put here. */
  pushedAt: z.string().optional(),
});
export type ManifestFacts = z.infer<typeof ManifestFacts>;

const where = { host: z.string(), repository: z.string() };

/** One change of what the registry holds. */
export const Change = z.discriminatedUnion('do', [
  z.object({ do: z.literal('put-blob'), ...where, digest: Digest }),
  z.object({ do: z.literal('delete-blob'), ...where, digest: Digest }),
  z.object({ do: z.literal('put-manifest'), ...where, digest: Digest, facts: ManifestFacts }),
  z.object({ do: z.literal('delete-manifest'), ...where, digest: Digest }),
  z.object({
    do: z.literal('move-tag'),
    ...where,
    tag: z.string(),
    digest: Digest,
    at: z.string(),
  }),
  z.object({ do: z.literal('delete-tag'), ...where, tag: z.string() }),
]);
export type Change = z.infer<typeof Change>;

/** All changes since the beginning, in order. */
export interface ChangeLog {
  /** What was kept before; read once, at the start. */
  readonly kept: readonly Change[];
  append(change: Change): void;
}

/** A kept change that cannot be read. */
export class MalformedChangeLogError extends Error {
  override readonly name = 'MalformedChangeLogError';
}

/** Forgets everything: the registry's memory is all there is. */
export function createMemoryChangeLog(): ChangeLog {
  return { kept: [], append: () => undefined };
}

/**
 * One change a line, in a file of a folder that is there. A last line without its end was never
 * answered, and goes.
 *
 * @throws MalformedChangeLogError
 */
export function openChangeLog(path: string): ChangeLog {
  writeFileSync(path, '', { flag: 'a' });
  const text = readFileSync(path, 'utf8');
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  if (whole.length < text.length) writeFileSync(path, whole);
  return {
    kept: whole.split('\n').flatMap((line, index) => (line ? [parseChange(line, index + 1)] : [])),
    append(change) {
      appendFileSync(path, `${JSON.stringify(change)}\n`);
    },
  };
}

function parseChange(line: string, number: number): Change {
  try {
    return Change.parse(JSON.parse(line));
  } catch (cause) {
    throw new MalformedChangeLogError(`malformed change in line ${number}`, { cause });
  }
}
