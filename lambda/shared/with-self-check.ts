import type { Context } from 'aws-lambda';
import * as z from 'zod';
import { runSelfChecks, type SelfCheck } from '../../actions/self-check.ts';
import type { SelfCheckAnswer } from '../../core/diagnosis/check-line.ts';

/** What the doctor sends; no event of AWS and no step of a night looks like it. */
const SelfCheckEvent = z.strictObject({
  selfCheck: z.strictObject({ images: z.array(z.string()) }),
});

export interface SelfCheckOptions {
  readonly checks: readonly SelfCheck[];
  /** @default none are known */
  readonly sampleImages?: () => Promise<readonly string[]>;
}

/** A handler that also answers the doctor, in the very process and with the very rights that do its work. */
export function withSelfCheck<Event, Result>(
  handler: (event: Event, context: Context) => Promise<Result>,
  { checks, sampleImages }: SelfCheckOptions,
) {
  return async (event: Event, context: Context): Promise<Result | SelfCheckAnswer> => {
    const asked = SelfCheckEvent.safeParse(event);
    if (!asked.success) return handler(event, context);
    return {
      lines: [...(await runSelfChecks(checks, asked.data.selfCheck))],
      images: [...((await sampleImages?.().catch(() => [])) ?? [])],
    };
  };
}
