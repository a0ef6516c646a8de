import * as z from 'zod';

/** RFC 3339; names the night, so that starting it again goes on with the same one. */
const ScheduledTime = z.iso.datetime({ offset: true });

/** What the night is given; and what the schedule, or whoever starts a night by hand, says. */
const NightEvent = z.object({ scheduledTime: ScheduledTime });

const NightStart = z.strictObject({
  scheduledTime: ScheduledTime,
  /** Raised by whoever starts a night again that has failed. */
  attempt: z.int().min(1).max(999).default(1),
});

/** An event that names no night. */
export class MalformedNightEventError extends Error {
  override readonly name = 'MalformedNightEventError';
}

/** The night of an event. @throws MalformedNightEventError */
export function parseNightEvent(event: unknown): { readonly runId: string } {
  return { runId: runIdOf(parse(NightEvent, event).scheduledTime) };
}

/** A night that is to be started, and the how manieth time. @throws MalformedNightEventError */
export function parseNightStart(event: unknown): {
  readonly runId: string;
  readonly attempt: number;
} {
  const { scheduledTime, attempt } = parse(NightStart, event);
  return { runId: runIdOf(scheduledTime), attempt };
}

function parse<Schema extends z.ZodType>(schema: Schema, event: unknown): z.output<Schema> {
  const night = schema.safeParse(event);
  if (!night.success) {
    throw new MalformedNightEventError(`no night: ${z.prettifyError(night.error)}`);
  }
  return night.data;
}

/** Run ids are compared as text: always milliseconds and UTC. */
function runIdOf(scheduledTime: string): string {
  return new Date(scheduledTime).toISOString();
}
