import * as z from 'zod';

// What the durable execution SDK and Lambda say to each other
// (Lambda API Reference, CheckpointDurableExecution, GetDurableExecutionState).

const ErrorObject = z.looseObject({ ErrorMessage: z.string().optional() });

/** One update of a checkpoint; callbacks are not emulated. */
const Update = z.strictObject({
  Id: z.string(),
  ParentId: z.string().optional(),
  Name: z.string().optional(),
  Type: z.enum(['EXECUTION', 'CONTEXT', 'STEP', 'WAIT', 'CHAINED_INVOKE']),
  SubType: z.string().optional(),
  Action: z.enum(['START', 'SUCCEED', 'FAIL', 'RETRY']),
  Payload: z.string().optional(),
  Error: ErrorObject.optional(),
  ContextOptions: z.object({ ReplayChildren: z.boolean().optional() }).optional(),
  StepOptions: z.object({ NextAttemptDelaySeconds: z.number().optional() }).optional(),
  WaitOptions: z.object({ WaitSeconds: z.number() }).optional(),
  ChainedInvokeOptions: z.object({ FunctionName: z.string() }).optional(),
});
export type Update = z.output<typeof Update>;

export const Checkpoint = z.object({
  CheckpointToken: z.string(),
  Updates: z.array(Update).default([]),
});

/** What a durable function answers to an invocation. */
export const DurableAnswer = z.object({
  Status: z.enum(['SUCCEEDED', 'FAILED', 'PENDING']),
  Result: z.string().optional(),
  Error: ErrorObject.optional(),
});
export type DurableAnswer = z.output<typeof DurableAnswer>;

/** An operation as it is kept; times are seconds since 1970, as on the wire. */
export interface Operation {
  readonly Id: string;
  readonly ParentId?: string | undefined;
  readonly Name?: string | undefined;
  readonly Type: Update['Type'];
  readonly SubType?: string | undefined;
  readonly StartTimestamp: number;
  readonly EndTimestamp?: number;
  readonly Status: 'STARTED' | 'PENDING' | 'READY' | 'SUCCEEDED' | 'FAILED';
  readonly ExecutionDetails?: { readonly InputPayload: string };
  readonly ContextDetails?: object;
  readonly StepDetails?: { readonly Attempt: number };
  readonly WaitDetails?: object;
  readonly ChainedInvokeDetails?: object;
}

/** An operation after an update; `before` is what it was. */
export function updated(before: Operation | undefined, update: Update, now: number): Operation {
  const { Id, ParentId, Name, Type, SubType } = update;
  const common = {
    Id,
    ParentId,
    Name,
    Type,
    SubType,
    StartTimestamp: before?.StartTimestamp ?? now,
  };
  const details = detailsOf(before, update, now);
  if (update.Action === 'START') return { ...common, Status: 'STARTED', ...details };
  if (update.Action === 'RETRY') return { ...common, Status: 'PENDING', ...details };
  const Status = update.Action === 'SUCCEED' ? 'SUCCEEDED' : 'FAILED';
  return { ...common, EndTimestamp: now, Status, ...details };
}

function detailsOf(before: Operation | undefined, update: Update, now: number): object {
  const { Payload, Error: Failure } = update;
  const outcome = {
    ...(Payload !== undefined && { Result: Payload }),
    ...(Failure && { Error: Failure }),
  };
  switch (update.Type) {
    case 'CONTEXT':
      return { ContextDetails: { ...update.ContextOptions, ...outcome } };
    case 'STEP': {
      const attempt = (before?.StepDetails?.Attempt ?? 0) + (update.Action === 'START' ? 1 : 0);
      const delay = update.StepOptions?.NextAttemptDelaySeconds ?? 0;
      return { StepDetails: { Attempt: attempt, NextAttemptTimestamp: now + delay, ...outcome } };
    }
    case 'WAIT':
      return {
        WaitDetails: { ScheduledEndTimestamp: now + (update.WaitOptions?.WaitSeconds ?? 0) },
      };
    case 'CHAINED_INVOKE':
      return { ChainedInvokeDetails: {} };
    case 'EXECUTION':
      return {};
  }
}

/** An operation with its times as the invocation's event writes them. */
export function inEvent(operation: Operation): object {
  const text = (seconds: number) => new Date(seconds * 1000).toISOString();
  return JSON.parse(JSON.stringify(operation), (key, value) =>
    key.endsWith('Timestamp') && typeof value === 'number' ? text(value) : value,
  );
}
